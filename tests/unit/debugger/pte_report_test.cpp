// !pte of a page in every state, against the golden transcript of the page size.
#include "debugger/nt/pte_report.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/unit/debugger/nt_guest.hpp"

namespace faultline::tests {
namespace {

using namespace nt;
using Layout = arch::MemoryManagerData;

constexpr u32 read_only = 1, read_write = 4, write_copy = 5, execute_write_copy = 7, guard = 0x10,
              decommitted = 0x10, no_access = 0x18;

PteReport report_of(const NtGuest& guest, u32 address) {
  return report_pte(NtSystem(guest, NtGuest::block), address);
}

/// Sixteen pages, each in another state, in a private region and in three views.
struct Sample {
  const char* what;
  u32 page;
};
constexpr Sample samples[] = {
    {"valid and dirty", 0},
    {"valid, clean, copy on write", 9},
    {"demand zero with its region", 1},
    {"demand zero by its own entry", 2},
    {"transition", 3},
    {"on its way from the disk", 4},
    {"in a paging file", 5},
    {"a guard page", 6},
    {"no access", 7},
    {"decommitted", 8},
    {"shared: the VAD leads to a prototype PTE that is valid", 10},
    {"shared: nothing in the page table, the page in its file", 11},
    {"shared: the entry bears the prototype PTE's address", 12},
    {"shared: reserved only", 13},
    {"reserved", 14},
    {"free", 15},
};

void fill(NtGuest& guest) {
  const u32 active = page_location::active, standby = page_location::standby;
  const u32 rw = NtGuest::protect(read_write);
  guest.add({.first_page = 0,
             .pages = 9,
             .commit = 9,
             .flags = Layout::vad_private | Layout::vad_mem_commit});
  guest.add({.first_page = 9,
             .pages = 3,
             .protection = execute_write_copy,
             .flags = Layout::vad_image << Layout::vad_type_shift,
             .area = NtGuest::area,
             .first_prototype = NtGuest::prototypes});
  guest.add({.first_page = 12,
             .pages = 2,
             .flags = 0,
             .area = NtGuest::area,
             .first_prototype = NtGuest::prototypes + 0x40});
  guest.add({.first_page = 14, .pages = 1});
  guest.control_area("\\TEST.EXE");

  guest.pte(guest.page(0)) = NtGuest::valid(0x123, true, true);
  guest.pfn(0x123, {.location = active,
                    .share_count = 1,
                    .reference_count = 1,
                    .pte_address = PageGeometry::pte_address(guest.page(0)),
                    .original_pte = rw});
  guest.pte(guest.page(2)) = rw;
  guest.pte(guest.page(3)) = NtGuest::transition(0x124, read_write);
  guest.pfn(
      0x124,
      {.location = page_location::modified, .flags = Layout::pfn_modified, .original_pte = rw});
  guest.pte(guest.page(4)) = NtGuest::transition(0x125, read_only);
  guest.pfn(0x125, {.location = page_location::transition,
                    .reference_count = 1,
                    .flags = Layout::pfn_read_in_progress,
                    .original_pte = rw});
  guest.pte(guest.page(5)) = NtGuest::paged_out(2, 0x1C2B, read_write);
  guest.pte(guest.page(6)) = NtGuest::protect(read_write | guard);
  guest.pte(guest.page(7)) = NtGuest::paged_out(0, 0x77, no_access);
  guest.pte(guest.page(8)) = NtGuest::protect(decommitted);

  guest.pte(guest.page(9)) = NtGuest::valid(0x200, true, false, false) | Format::CopyOnWrite;
  guest.pfn(0x200, {.location = active,
                    .share_count = 1,
                    .reference_count = 1,
                    .flags = Layout::pfn_prototype,
                    .pte_address = NtGuest::prototypes,
                    .original_pte = NtGuest::subsection(0xF0000440, execute_write_copy)});
  guest.working_set(guest.page(9), write_copy);
  guest.dword(NtGuest::prototypes, NtGuest::valid(0x200, false, false, false));
  guest.pte(guest.page(10)) = NtGuest::look_in_vad(execute_write_copy);
  guest.dword(NtGuest::prototypes + 4, NtGuest::valid(0x201, false, false, false));
  guest.pfn(0x201, {.location = active,
                    .share_count = 2,
                    .reference_count = 1,
                    .flags = Layout::pfn_prototype,
                    .pte_address = NtGuest::prototypes + 4,
                    .original_pte = NtGuest::subsection(0xF0000440, execute_write_copy)});
  guest.dword(NtGuest::prototypes + 8, NtGuest::subsection(0xF0000440, execute_write_copy));
  guest.pte(guest.page(12)) = NtGuest::of_prototype(0xF0000900);
  guest.dword(0xF0000900, NtGuest::transition(0x202, write_copy));
  guest.pfn(0x202, {.location = standby,
                    .flags = Layout::pfn_prototype | Layout::pfn_clone,
                    .pte_address = 0xF0000900,
                    .original_pte = rw});
  guest.dword(NtGuest::prototypes + 0x44, 0);
}

TEST(PteReport, OfEveryStateIsAsTheGoldenTranscriptSays) {
  NtGuest guest;
  fill(guest);
  std::string told;
  for (const Sample& sample : samples) {
    told += std::string("# ") + sample.what + '\n' +
            to_text(report_of(guest, guest.page(sample.page) + 0x20)) + '\n';
  }
  guest.pde(0x7F000000) = NtGuest::paged_out(1, 0x33, read_write);
  told += "# a page table that is in a paging file\n" + to_text(report_of(guest, 0x7F001000));
  const std::string path = std::string(FAULTLINE_GOLDEN) + "pte." + arch::Paging::name + ".txt";
  std::ifstream file(path);
  std::ostringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(told, golden.str()) << path;
}

TEST(PteReport, JsonHasTheSameFacts) {
  NtGuest guest;
  fill(guest);
  const NtSystem system(guest, NtGuest::block);
  const auto paged_out = to_json(report_pte(system, guest.page(5)), system.mm());
  EXPECT_EQ(paged_out["pte"]["state"], "page file");
  EXPECT_EQ(paged_out["pte"]["paging_file"], 2);
  EXPECT_EQ(paged_out["pte"]["page"], 0x1C2B);
  EXPECT_EQ(paged_out["protection"], "PAGE_READWRITE");
  EXPECT_EQ(paged_out["vad"]["kind"], "private");
  EXPECT_EQ(paged_out["process"]["image"], "TEST.EXE");
  const auto valid = to_json(report_pte(system, guest.page(9)), system.mm());
  EXPECT_EQ(valid["pte"]["frame"], 0x200);
  EXPECT_EQ(valid["pte"]["copy_on_write"], true);
  EXPECT_EQ(valid["prototype"]["at"], "0xf0000800");
  EXPECT_EQ(valid["vad"]["file"], "\\TEST.EXE");
  EXPECT_EQ(valid["protection"], "PAGE_WRITECOPY");  // of this process, by its working set
}

/// Memory may be in any disorder: an answer all the same.
TEST(PteReport, StructuresThatLeadNowhereAreTold) {
  NtGuest guest;
  guest.add({.first_page = 0, .flags = 0, .area = 0xDEAD0000, .first_prototype = 0xDEAD1000});
  guest.pte(guest.page(0)) = NtGuest::transition(0xFFFFF & (~0u >> Format::pfn_shift), read_write);
  const PteReport report = report_of(guest, guest.page(0));
  EXPECT_FALSE(report.page.frame);
  EXPECT_FALSE(to_text(report).empty());
  guest.dword(NtGuest::process_object + 0x60, 0x00000001);
  EXPECT_FALSE(report_of(guest, guest.page(0)).page.vad);
}

TEST(NtSystem, NeedsAKernel) {
  FakeGuest guest;
  EXPECT_THROW(NtSystem(guest, FakeGuest::block + 4), NtError);
}

/// Bit fields have no offset to be exported.
TEST(Layout, FlagsAreWhereTheKernelHasThem) {
  MMPFN pfn{};
  const auto flags = [&] {
    u16 raw;
    std::memcpy(&raw, reinterpret_cast<const u8*>(&pfn) + offsetof(MMPFN, ReferenceCount) + 2, 2);
    const u32 result = raw;
    pfn = {};
    return result;
  };
  pfn.Modified = 1;
  EXPECT_EQ(flags(), Layout::pfn_modified);
  pfn.WriteInProgress = 1;
  EXPECT_EQ(flags(), Layout::pfn_write_in_progress);
  pfn.PrototypePte = 1;
  EXPECT_EQ(flags(), Layout::pfn_prototype);
  pfn.ClonePte = 1;
  EXPECT_EQ(flags(), Layout::pfn_clone);
  MMVAD vad{};
  const auto vad_flags = [&] {
    u32 raw;
    std::memcpy(&raw, &vad.VadFlags, sizeof raw);
    vad = {};
    return raw;
  };
  vad.VadFlags.NoChange = 1;
  EXPECT_EQ(vad_flags(), Layout::vad_no_change);
  vad.VadFlags.VadType = VadImageMap;
  EXPECT_EQ(vad_flags(), Layout::vad_image << Layout::vad_type_shift);
  vad.VadFlags.MemCommit = 1;
  EXPECT_EQ(vad_flags(), Layout::vad_mem_commit);
  vad.VadFlags.Protection = 0x15;
  EXPECT_EQ(vad_flags(), 0x15u << Layout::vad_protection_shift);
  vad.VadFlags.PrivateMemory = 1;
  EXPECT_EQ(vad_flags(), Layout::vad_private);
}

}  // namespace
}  // namespace faultline::tests
