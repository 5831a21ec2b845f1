// With paging on: linear peeks, page faults, TLB counters and entries. For either page size.
#include <optional>

#include "arch/paging_selected.hpp"
#include "tests/unit/api/embedded.hpp"

namespace faultline::test {
namespace {

using arch::Paging;
using Geometry = arch::Geometry<Paging>;

constexpr uint32_t page = Geometry::page_size, directory = 0x40000, table = 0x44000;
constexpr uint32_t mapped = 40 * page, absent = 41 * page, read_only = 42 * page,
                   no_table = uint32_t{1} << 30;

class Paged : public Embedded {
 protected:
  void SetUp() override {
    Embedded::SetUp();
    set_dword(directory, entry(table));
    for (uint32_t i = 0; i * page < table + 0x4000; ++i) map(i * page, i * page);
    map(mapped, 0x60000);
    map(read_only, 0x64000, false);
    map(absent, 0, true, false);
    set(FAULTLINE_CR3, directory);
    set(FAULTLINE_CR0, 0x80010001);
  }
  static uint32_t entry(uint32_t frame, bool writable = true, bool present = true) {
    arch::PageEntry e{};
    e.present = present;
    e.writable = writable;
    e.user = true;
    e.accessed = e.dirty = false;
    e.frame = frame / page;
    return Paging::encode(e);
  }
  void map(uint32_t linear, uint32_t frame, bool writable = true, bool present = true) {
    set_dword(table + Geometry::table_index(linear) * 4, entry(frame, writable, present));
  }
  uint32_t entry_of(uint32_t linear) { return dword(table + Geometry::table_index(linear) * 4); }
};

TEST_F(Paged, PageSizeIsTheBuilds) { EXPECT_EQ(faultline_page_size(), page); }

TEST_F(Paged, LinearViewsGoThroughThePageTables) {
  set_dword(0x60000, 0x600DCAFE);
  uint32_t value = 0, physical = 0;
  EXPECT_EQ(faultline_read_linear(engine, mapped, &value, 4), FAULTLINE_OK);
  EXPECT_EQ(value, 0x600DCAFEu);
  EXPECT_EQ(faultline_translate(engine, mapped + 5, &physical), FAULTLINE_OK);
  EXPECT_EQ(physical, 0x60005u);
  value = 0x01020304;
  EXPECT_EQ(faultline_write_linear(engine, read_only, &value, 4), FAULTLINE_OK);
  EXPECT_EQ(dword(0x64000), 0x01020304u);
}

TEST_F(Paged, LinearViewsHaveNoSideEffects) {
  const uint32_t before = entry_of(mapped);
  const auto counted = counters();
  uint32_t value = 1;
  EXPECT_EQ(faultline_write_linear(engine, mapped, &value, 4), FAULTLINE_OK);
  EXPECT_EQ(faultline_read_linear(engine, mapped, &value, 4), FAULTLINE_OK);
  EXPECT_EQ(faultline_read_linear(engine, absent, &value, 4), FAULTLINE_ERROR_NOT_PRESENT);
  EXPECT_EQ(entry_of(mapped), before);
  EXPECT_EQ(get(FAULTLINE_CR2), 0u);
  EXPECT_EQ(counters().tlb_misses, counted.tlb_misses);
  EXPECT_EQ(counters().clocks, counted.clocks);
}

TEST_F(Paged, LinearWritesAreAllOrNothing) {
  uint32_t value = 0x55555555;
  EXPECT_EQ(faultline_write_linear(engine, absent - 2, &value, 4), FAULTLINE_ERROR_NOT_PRESENT);
  EXPECT_EQ(dword(0x60000 + page - 4), 0u);
  EXPECT_EQ(faultline_read_linear(engine, no_table, &value, 4), FAULTLINE_ERROR_NOT_PRESENT);
  EXPECT_EQ(faultline_translate(engine, no_table, &value), FAULTLINE_ERROR_NOT_PRESENT);
  map(absent, 0x40000000);
  EXPECT_EQ(faultline_read_linear(engine, absent, &value, 4), FAULTLINE_ERROR_UNMAPPED);
  EXPECT_EQ(faultline_read_linear(engine, 0, nullptr, 4), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_write_linear(engine, 0, nullptr, 4), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_linear(nullptr, 0, &value, 4), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_translate(engine, 0, nullptr), FAULTLINE_ERROR_ARGUMENT);
}

TEST_F(Paged, CountsHitsAndMisses) {
  place({0xA1, 0, 0, 0, 0, 0xA1, 0, 0, 0, 0, 0xF4});  // twice: mov eax, [mapped]
  EXPECT_EQ(faultline_write_physical(engine, code_at + 1, &mapped, 4), FAULTLINE_OK);
  EXPECT_EQ(faultline_write_physical(engine, code_at + 6, &mapped, 4), FAULTLINE_OK);
  const auto before = counters();
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  const auto after = counters();
  EXPECT_EQ(after.tlb_misses - before.tlb_misses, 1u);
  EXPECT_EQ(after.tlb_hits - before.tlb_hits, 1u);
  EXPECT_EQ(after.tlb_instruction_misses - before.tlb_instruction_misses, 1u);
}

TEST_F(Paged, TheTlbCanBeLookedAt) {
  place({0xA1, 0, 0, 0, 0, 0xF4});
  EXPECT_EQ(faultline_write_physical(engine, code_at + 1, &mapped, 4), FAULTLINE_OK);
  run();
  faultline_tlb shape{};
  ASSERT_EQ(faultline_read_tlb(engine, FAULTLINE_TLB_DATA, &shape), FAULTLINE_OK);
  EXPECT_EQ(shape.sets * shape.ways, 32u);
  std::optional<faultline_tlb_entry> found;
  for (uint32_t set = 0; set < shape.sets; ++set) {
    uint32_t victim = shape.ways;
    EXPECT_EQ(faultline_read_tlb_victim(engine, FAULTLINE_TLB_DATA, set, &victim), FAULTLINE_OK);
    EXPECT_LT(victim, shape.ways);
    for (uint32_t way = 0; way < shape.ways; ++way) {
      faultline_tlb_entry e{};
      EXPECT_EQ(faultline_read_tlb_entry(engine, FAULTLINE_TLB_DATA, set, way, &e), FAULTLINE_OK);
      if (e.valid && e.page == mapped) found = e;
    }
  }
  ASSERT_TRUE(found);
  EXPECT_EQ(found->frame, 0x60000u);
  EXPECT_EQ(found->user, 1);
  EXPECT_EQ(found->writable, 1);
  // Only read; but where software keeps D, these tables have it set.
  EXPECT_EQ(found->dirty, arch::Paging::hardware_accessed_dirty ? 0 : 1);
  faultline_tlb_entry e{};
  uint32_t way = 0;
  EXPECT_EQ(faultline_read_tlb_entry(engine, FAULTLINE_TLB_DATA, shape.sets, 0, &e),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_tlb_entry(engine, FAULTLINE_TLB_DATA, 0, shape.ways, &e),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_tlb_victim(engine, FAULTLINE_TLB_DATA, shape.sets, &way),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_tlb(engine, 7, &shape), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_tlb(engine, FAULTLINE_TLB_DATA, nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_tlb_entry(nullptr, 0, 0, 0, &e), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_tlb_victim(engine, 0, 0, nullptr), FAULTLINE_ERROR_ARGUMENT);
  const int second = faultline_read_tlb(engine, FAULTLINE_TLB_INSTRUCTION, &shape);
  EXPECT_EQ(second, page == 8192 ? FAULTLINE_OK : FAULTLINE_ERROR_ARGUMENT);
}

TEST_F(Paged, AFaultIsToldWithItsCauseAndCanBeResolved) {
  place({0xC6, 0x05, 0, 0, 0, 0, 0x5A, 0xF4});  // mov byte [absent], 5Ah; hlt
  EXPECT_EQ(faultline_write_physical(engine, code_at + 2, &absent, 4), FAULTLINE_OK);
  std::vector<faultline_page_fault> faults;
  faultline_hook told = 0, taken = 0;
  ASSERT_EQ(faultline_hook_fault(
                engine, FAULTLINE_EVERYWHERE,
                [](faultline_engine*, const faultline_page_fault* fault, void* user) {
                  static_cast<std::vector<faultline_page_fault>*>(user)->push_back(*fault);
                },
                &faults, &told),
            FAULTLINE_OK);
  // The handler makes the page present and lets the instruction run again.
  ASSERT_EQ(
      faultline_hook_interrupt(
          engine,
          [](faultline_engine* e, const faultline_interrupt* interrupt, uint32_t*, void* user) {
            EXPECT_EQ(interrupt->vector, 14);
            EXPECT_EQ(interrupt->has_error_code, 1);
            auto& all = *static_cast<std::vector<faultline_page_fault>*>(user);
            arch::PageEntry pte = Paging::decode(Paged::entry(0x68000));
            pte.dirty = true;
            const uint32_t raw = Paging::encode(pte);
            EXPECT_EQ(faultline_write_physical(e, all.back().pte_address, &raw, 4), FAULTLINE_OK);
            return 1;
          },
          &faults, &taken),
      FAULTLINE_OK);
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(dword(0x68000), 0x5Au);
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].cr2, absent);
  EXPECT_EQ(faults[0].error_code, 2u);
  EXPECT_EQ(faults[0].kind, uint32_t{FAULTLINE_WRITE});
  EXPECT_EQ(faults[0].cause, uint32_t{FAULTLINE_CAUSE_TABLE});
  EXPECT_EQ(faults[0].pde_address, directory);
  EXPECT_EQ(faults[0].pte_address, table + Geometry::table_index(absent) * 4);
  EXPECT_EQ(get(FAULTLINE_CR2), absent);
}

TEST_F(Paged, ADirectoryEntryAndRightsAreOtherCauses) {
  std::vector<uint32_t> causes;
  faultline_hook hook = 0;
  ASSERT_EQ(faultline_hook_fault(
                engine, FAULTLINE_EVERYWHERE,
                [](faultline_engine*, const faultline_page_fault* fault, void* user) {
                  static_cast<std::vector<uint32_t>*>(user)->push_back(fault->cause);
                },
                &causes, &hook),
            FAULTLINE_OK);
  for (uint32_t at : {no_table, read_only}) {
    place({0xC6, 0x05, 0, 0, 0, 0, 0x5A, 0xF4});
    EXPECT_EQ(faultline_write_physical(engine, code_at + 2, &at, 4), FAULTLINE_OK);
    EXPECT_EQ(run(), FAULTLINE_STOP_SHUTDOWN);
  }
  ASSERT_EQ(causes.size(), 2u);
  EXPECT_EQ(causes[0], uint32_t{FAULTLINE_CAUSE_DIRECTORY});
  EXPECT_EQ(causes[1], uint32_t{FAULTLINE_CAUSE_PROTECTION});
}

TEST_F(Paged, AContextHoldsTheTlb) {
  place({0xA1, 0, 0, 0, 0, 0xF4});
  EXPECT_EQ(faultline_write_physical(engine, code_at + 1, &mapped, 4), FAULTLINE_OK);
  run();
  faultline_context* context = nullptr;
  ASSERT_EQ(faultline_context_alloc(engine, &context), FAULTLINE_OK);
  const auto saved = counters();
  set(FAULTLINE_CR3, directory);  // flushes
  run();
  EXPECT_EQ(counters().tlb_misses, saved.tlb_misses + 1);
  ASSERT_EQ(faultline_context_restore(engine, context), FAULTLINE_OK);
  run();
  EXPECT_EQ(counters().tlb_misses, saved.tlb_misses);
  EXPECT_EQ(counters().tlb_hits, saved.tlb_hits + 1);
  EXPECT_EQ(faultline_context_free(context), FAULTLINE_OK);
}

}  // namespace
}  // namespace faultline::test
