// The dry run against the processor: what `walk` says is what the next access meets.
#include "debugger/explain/translation.hpp"

#include "debugger/explain/tlb_report.hpp"
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

const std::vector<u8> load{0xA1, 0x00, 0xC0, 0x00, 0x00}, store{0xA3, 0x00, 0xC0, 0x00, 0x00};

/// Every right of the page, in the tables and in the TLB (none, or the one that an access left with
/// those rights), every access.
TEST(Translate, SaysWhatTheProcessorDoes) {
  unsigned faults = 0, stale = 0;
  for (u32 rights = 0; rights < 8; ++rights)
    for (u32 cached = 0; cached < 9; ++cached)
      for (const bool write : {false, true})
        for (const unsigned cpl : {0u, 3u}) {
          ProtectedMachine m;
          m.enable_paging();
          m.set_dword(entry_at(data), raw_entry(data, cached & 7));
          m.enter(0);
          if (cached != 8) m.run_program(cached & 2 ? store : load);
          m.s.halted = false;
          m.set_dword(entry_at(data), raw_entry(data, rights));
          m.enter(cpl);
          const Translation said =
              translate(m.context, data, write ? AccessKind::Write : AccessKind::Read, cpl == 3);
          stale += said.allowed && !said.tlb.stale.empty();
          m.place(program, write ? store : load);
          m.step();
          const bool faulted = m.s.eip == ProtectedMachine::handler(PF);
          ASSERT_EQ(said.allowed, !faulted)
              << rights << ' ' << cached << ' ' << write << ' ' << cpl;
          if (!faulted) {
            EXPECT_EQ(said.physical, data);
            continue;
          }
          ++faults;
          EXPECT_EQ(said.error_code,
                    *Peek<Paging>(m.context.mmu.registers, m.memory).read<u32>({m.s.general[ESP]}));
          EXPECT_NE(said.reason, "");
        }
  EXPECT_GT(faults, 50u);
  EXPECT_GT(stale, 10u);
}

TEST(Translate, GivesTheReason) {
  ProtectedMachine m;
  m.enable_paging();
  m.page_bits(data, 5);
  const std::string bit = i386_paging ? "R/W" : "Dirty", owner = i386_paging ? "U/S" : "Owner";
  EXPECT_EQ(translate(m.context, data, AccessKind::Write, true).reason,
            "a write, and " + bit + " is clear in the PTE");
  m.page_bits(data, 3);
  EXPECT_EQ(translate(m.context, data, AccessKind::Read, true).reason,
            "user mode, and " + owner + " is clear in the PTE");
  m.page_bits(data, 0);
  EXPECT_EQ(translate(m.context, data, AccessKind::Read, false).reason, "the PTE is not present");
  EXPECT_EQ(translate(m.context, 0x80000000, AccessKind::Read, false).reason,
            "the directory entry is not present");
}

/// A page moved without INVLPG: the processor uses the old frame, and the report says so.
TEST(TlbReport, MarksTheStaleEntry) {
  ProtectedMachine m;
  m.enable_paging();
  m.run_program(load);
  EXPECT_EQ(report_tlb(m.context).stale, 0u);
  m.set_dword(entry_at(data), raw_entry(0x30000, 7));
  TlbReport report = report_tlb(m.context);
  ASSERT_EQ(report.stale, 1u);
  const Translation walk = translate(m.context, data + 4, AccessKind::Read, false);
  EXPECT_EQ(walk.physical, data + 4);
  EXPECT_EQ(walk.tlb.stale, "the page is at 00030000");
  EXPECT_NE(stale_text(report).find("in memory the page is at 00030000"), std::string::npos);
  EXPECT_EQ(to_json(report)["stale"], 1);
  keep_set(report, 6);
  EXPECT_EQ(report.stale, i386_paging ? 0u : 1u);
}

}  // namespace
}  // namespace faultline::test
