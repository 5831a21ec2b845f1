// The memory manager's invariants on a small consistent system, and each of them broken in turn.
#include "debugger/vmm_check.hpp"

#include <gtest/gtest.h>

#include "kernel/mm/pfn_list.hpp"
#include "kernel/mm/pte_alpha.hpp"
#include "kernel/mm/pte_i386.hpp"
#include "kernel/mm/vad.hpp"
#include "kernel/mm/working_set_list.hpp"

namespace faultline::tests {
namespace {

using PageGeometry = arch::Geometry<arch::Paging>;
using Format = PteFormat<arch::Paging>;
constexpr u32 read_write = 4;

constexpr u32 page(u32 vpn) { return vpn << PageGeometry::page_shift; }
u32 valid_entry(u32 frame, bool writable) {
  return arch::Paging::encode({true, writable, true, true, writable, frame});
}

/// Frame 1 is the directory, 2 a page table, 3 the page 10h, valid; 4 the page 11h, in transition
/// on standby; 0 the kernel's; 5 and 6 are free.
VmmSnapshot small_system() {
  VmmSnapshot vmm;
  vmm.layout.pte_prototype = Format::Prototype;
  vmm.layout.pte_transition = Format::Transition;
  vmm.layout.pte_protection_shift = Format::protection_shift;
  vmm.layout.shared_user_data = 0x7FFE0000;
  vmm.layout.pte_page_file_low_shift = Format::page_file_low_shift;
  vmm.layout.pte_page_file_high_shift = Format::page_file_high_shift;
  const u32 protection = read_write << Format::protection_shift;
  const u32 at_10 = PageGeometry::pte_address(page(0x10)), at_11 = at_10 + 4;
  const u32 none = VmmSnapshot::no_frame;
  vmm.frames = {
      {0, 0, 1, 1, page_location::active, 0, 0},
      {0, PageGeometry::pde_address(PageGeometry::directory_base), 2, 1, page_location::active, 0,
       1},
      {2, PageGeometry::pde_address(0), 3, 1, page_location::active, 0, 1},
      {0, at_10, 1, 1, page_location::active, protection, 2},
      {none, at_11, none, 0, page_location::standby, protection, 2},
      {6, 0, none, 0, page_location::free, 0, 0},
      {none, 0, 5, 0, page_location::free, 0, 0},
  };
  vmm.lists[page_location::free] = {2, 5, 6};
  vmm.lists[page_location::standby] = {1, 4, 4};
  AddressSpaceView space;
  space.process.name = "TEST.EXE";
  space.directory = 1;
  space.regions = {{0x10, 0x1F, 2}};
  space.tables = {{0, PageGeometry::pde_address(0), valid_entry(2, true), 1}};
  space.pages = {{page(0x10), at_10, valid_entry(3, true), 2},
                 {page(0x11), at_11, Format::Transition | protection | 4u << Format::pfn_shift, 2}};
  space.commit_charge = 3;
  const u32 table_page = PageGeometry::page_of(PageGeometry::pte_address(0));
  space.working_set = {0x10u << 12 | 1, VmmSnapshot::no_slot << 12, table_page << 12 | 1};
  space.first_free = 1;
  space.working_set_size = 2;
  vmm.spaces = {space};
  vmm.committed_pages = 4;
  vmm.translations = {
      {page(0x10), 3, true, true, true, valid_entry(2, true), valid_entry(3, true)}};
  return vmm;
}

/// Something is found, and all of it under this name.
void expect_only(const VmmSnapshot& vmm, const std::string& invariant) {
  const VmmViolations found = check_vmm(vmm);
  EXPECT_FALSE(found.empty()) << invariant;
  for (const VmmViolation& violation : found) {
    EXPECT_EQ(violation.invariant, invariant) << to_text(violation);
  }
}

TEST(VmmCheck, AConsistentSystemIsClean) {
  for (const VmmViolation& violation : check_vmm(small_system()))
    ADD_FAILURE() << to_text(violation);
}

u32 page_file_entry(u32 file, u32 number) {
  return read_write << Format::protection_shift | file << Format::page_file_low_shift |
         number << Format::page_file_high_shift;
}

/// Page 12h is on page 5 of file 1; the page 11h on standby has a copy on page 3 of file 0.
VmmSnapshot paged_system() {
  VmmSnapshot vmm = small_system();
  vmm.paging_files = {{8, 6, {1u | 1u << 3}}, {8, 6, {1u | 1u << 5}}};
  vmm.spaces[0].pages.push_back(
      {page(0x12), PageGeometry::pte_address(page(0x12)), page_file_entry(1, 5), 2});
  vmm.frames[4].original_pte = page_file_entry(0, 3);
  vmm.spaces[0].regions[0].commit_charge = 2;
  return vmm;
}

TEST(VmmCheck, PagingFilesWithAnOwnerForEachPageAreClean) {
  for (const VmmViolation& violation : check_vmm(paged_system()))
    ADD_FAILURE() << to_text(violation);
}

TEST(VmmCheck, APageOfAPagingFileThatIsFreeInUseOrOwnedTwice) {
  VmmSnapshot vmm = paged_system();
  vmm.paging_files[1].bitmap[0] = 1;  // freed too early
  vmm.paging_files[1].free_space = 7;
  expect_only(vmm, "paging file");
  vmm = paged_system();
  vmm.spaces[0].pages.back().pte = page_file_entry(0, 3);  // and page 5 of file 1 is leaked
  expect_only(vmm, "paging file");
  vmm = paged_system();
  vmm.paging_files[0].bitmap[0] |= 1u << 6;  // leaked
  vmm.paging_files[0].free_space = 5;
  expect_only(vmm, "paging file");
  vmm.lost_page_file_pages = 1;
  EXPECT_TRUE(check_vmm(vmm).empty());
  vmm.lost_page_file_pages = 0;
  vmm.spaces[0].absent_entries = 1;
  EXPECT_TRUE(check_vmm(vmm).empty());
  vmm = paged_system();
  vmm.paging_files[0].free_space = 5;  // miscounted
  expect_only(vmm, "paging file");
  vmm = paged_system();
  vmm.spaces[0].pages.back().pte = page_file_entry(2, 5);  // no such file
  vmm.lost_page_file_pages = 1;
  expect_only(vmm, "paging file");
}

/// Two processes: at C0000000 each has its own directory, at 80000000 both have the kernel's table.
VmmSnapshot two_kernel_halves() {
  VmmSnapshot vmm = small_system();
  const auto entry = [](u32 address, u32 frame) {
    const u32 pte = arch::Paging::encode({true, true, false, true, true, frame});
    return PteView{address, PageGeometry::pde_address(address), pte, 1};
  };
  AddressSpaceView& space = vmm.spaces[0];
  space.kernel_half = {entry(0x80000000, 7), entry(PageGeometry::page_table_base, 1)};
  AddressSpaceView other;
  other.process.name = "OTHER.EXE";
  other.directory = 8;
  other.first_free = VmmSnapshot::no_slot;
  other.kernel_half = {entry(0x80000000, 7), entry(PageGeometry::page_table_base, 8)};
  vmm.frames.push_back({0, 0, 1, 1, page_location::active, 0, 0});
  vmm.frames.push_back({0, PageGeometry::pde_address(PageGeometry::directory_base), 1, 1,
                        page_location::active, 0, 8});
  ++vmm.committed_pages;
  vmm.spaces.push_back(other);
  return vmm;
}

TEST(VmmCheck, TheKernelHalfIsTheSameInEveryProcess) {
  VmmSnapshot vmm = two_kernel_halves();
  for (const VmmViolation& violation : check_vmm(vmm)) ADD_FAILURE() << to_text(violation);
  vmm.spaces[1].kernel_half[0].pte = arch::Paging::encode({true, true, false, true, true, 6});
  expect_only(vmm, "kernel half");
  vmm.spaces[1].kernel_half[0].pte = 0;
  expect_only(vmm, "kernel half");
  vmm = two_kernel_halves();
  vmm.spaces[1].kernel_half[1].pte = vmm.spaces[0].kernel_half[1].pte;  // another's page tables
  expect_only(vmm, "kernel half");
  vmm = two_kernel_halves();
  for (AddressSpaceView& space : vmm.spaces) {
    space.kernel_half[0].pte = arch::Paging::encode({true, true, true, true, true, 7});
  }
  expect_only(vmm, "kernel half");
}

TEST(VmmCheck, AShareCountOffByOne) {
  for (const u32 frame : {0u, 1u, 2u, 3u}) {
    VmmSnapshot vmm = small_system();
    ++vmm.frames[frame].share_count;
    expect_only(vmm, "share count");
  }
}

TEST(VmmCheck, AFrameOnTwoListsOrOnNone) {
  VmmSnapshot vmm = small_system();
  vmm.lists[page_location::zeroed] = {1, 6, 6};
  expect_only(vmm, "page lists");
  vmm = small_system();
  vmm.lists[page_location::free] = {1, 5, 5};
  expect_only(vmm, "page lists");
  vmm = small_system();
  vmm.frames[6].share_count = 4;  // Blink
  expect_only(vmm, "page lists");
  vmm = small_system();
  vmm.lists[page_location::free].total = 3;
  expect_only(vmm, "page lists");
}

TEST(VmmCheck, AValidPteWhoseFrameBelongsToAnother) {
  VmmSnapshot vmm = small_system();
  vmm.frames[3].pte_address += 4;
  expect_only(vmm, "valid PTE");
}

TEST(VmmCheck, AStandbyFrameThatNobodyWantsOrThatPointsElsewhere) {
  VmmSnapshot vmm = small_system();
  vmm.frames[4].pte_address += 4;
  expect_only(vmm, "transition PTE");
  vmm = small_system();
  vmm.spaces[0].pages.pop_back();
  vmm.frames[2].share_count = 2;
  expect_only(vmm, "transition PTE");
}

/// Frame 5 is a page table on standby, frame 6 a page that its only entry still holds.
TEST(VmmCheck, APageTableThatLeftBeforeItsPages) {
  VmmSnapshot vmm = small_system();
  const u32 base = PageGeometry::bytes_per_table, none = VmmSnapshot::no_frame;
  const u32 protection = read_write << Format::protection_shift;
  const u32 pde = PageGeometry::pde_address(base), pte = PageGeometry::pte_address(base);
  vmm.frames[5] = {none, pde, 4, 0, page_location::standby, protection, 1};
  vmm.frames[4].link = 5;
  vmm.lists[page_location::standby] = {2, 4, 5};
  vmm.frames[6].share_count = none;
  vmm.lists[page_location::free] = {1, 6, 6};
  ++vmm.frames[1].share_count;
  AddressSpaceView& space = vmm.spaces[0];
  space.tables.push_back({base, pde, Format::Transition | protection | 5u << Format::pfn_shift, 1});
  ++space.commit_charge;
  ++vmm.committed_pages;
  for (const VmmViolation& violation : check_vmm(vmm)) ADD_FAILURE() << to_text(violation);
  space.waiting_pages = {{base, pte, protection | 7u << Format::page_file_high_shift, 5}};
  vmm.paging_files = {{8, 6, {1u | 1u << 7}}};
  for (const VmmViolation& violation : check_vmm(vmm)) ADD_FAILURE() << to_text(violation);
  vmm.paging_files.clear();
  space.waiting_pages = {{base, pte, valid_entry(6, true), 5}};
  expect_only(vmm, "page table");
  space.waiting_pages = {{base, pte, Format::Transition | 6u << Format::pfn_shift, 5}};
  expect_only(vmm, "page table");
  space.waiting_pages.clear();
  vmm.frames[5].pte_address += 4;
  expect_only(vmm, "transition PTE");
}

/// The page 12h is a view of a section's first page, in frame 5; its second waits in frame 6. The
/// prototype PTEs lie in frame 0, the kernel's.
VmmSnapshot system_with_section() {
  VmmSnapshot vmm = small_system();
  const u32 prototypes = 0xF0000100, protection = read_write << Format::protection_shift;
  AddressSpaceView& space = vmm.spaces[0];
  vmm.frames[5] = {1, prototypes, 1, 1, page_location::active, protection, 0};
  vmm.frames[6] = {VmmSnapshot::no_frame,  prototypes + 4, 4, 0,
                   page_location::standby, protection,     0};
  vmm.frames[4].link = 6;
  vmm.lists[page_location::free] = {};
  vmm.lists[page_location::standby] = {2, 4, 6};
  vmm.frames[0].share_count += 2;
  vmm.frames[2].share_count += 1;
  vmm.segments = {
      {0x1000,
       1,
       2,
       prototypes,
       2,
       {{0, prototypes, valid_entry(5, true), 0},
        {0, prototypes + 4, Format::Transition | protection | 6u << Format::pfn_shift, 0}}}};
  space.regions = {{0x10, 0x11, 2}, {0x12, 0x13, 0, 0x1000, prototypes}};
  space.pages.push_back(
      {page(0x12), PageGeometry::pte_address(page(0x12)), valid_entry(5, true), 2});
  space.working_set[1] = 0x12u << 12 | read_write << 3 | 1;
  space.first_free = VmmSnapshot::no_slot;
  space.working_set_size = 3;
  vmm.committed_pages += 2;
  return vmm;
}

TEST(VmmCheck, AConsistentSectionIsClean) {
  for (const VmmViolation& violation : check_vmm(system_with_section()))
    ADD_FAILURE() << to_text(violation);
}

TEST(VmmCheck, ASectionsPageMappedOnceTooOften) {
  VmmSnapshot vmm = system_with_section();
  ++vmm.frames[5].share_count;
  expect_only(vmm, "share count");
}

TEST(VmmCheck, APrototypePteThatForgotItsPage) {
  VmmSnapshot vmm = system_with_section();
  vmm.segments[0].prototypes[0].pte = valid_entry(3, true);
  const VmmViolations found = check_vmm(vmm);
  ASSERT_FALSE(found.empty());
  for (const VmmViolation& violation : found) {
    EXPECT_TRUE(violation.invariant == "section" || violation.invariant == "valid PTE")
        << to_text(violation);
  }
  vmm = system_with_section();
  vmm.segments[0].prototypes.pop_back();
  --vmm.frames[0].share_count;
  expect_only(vmm, "transition PTE");
}

TEST(VmmCheck, AViewThatIsNotCountedOrTooLong) {
  VmmSnapshot vmm = system_with_section();
  ++vmm.segments[0].views;
  expect_only(vmm, "section");
  vmm = system_with_section();
  ++vmm.spaces[0].regions[1].last;
  expect_only(vmm, "section");
}

TEST(VmmCheck, ASharedPageWritableAgainstItsView) {
  VmmSnapshot vmm = system_with_section();
  vmm.spaces[0].working_set[1] = 0x12u << 12 | 1u << 3 | 1;
  expect_only(vmm, "protection");
}

TEST(VmmCheck, ASectionsCommitmentThatWasLost) {
  VmmSnapshot vmm = system_with_section();
  vmm.segments[0].committed = 1;
  expect_only(vmm, "commit charge");
}

TEST(VmmCheck, APageOutsideEveryRegion) {
  VmmSnapshot vmm = small_system();
  vmm.spaces[0].regions[0].first = 0x11;
  expect_only(vmm, "region");
}

TEST(VmmCheck, AWritablePageWhoseProtectionIsReadOnly) {
  VmmSnapshot vmm = small_system();
  vmm.frames[3].original_pte = 1u << Format::protection_shift;
  expect_only(vmm, "protection");
}

TEST(VmmCheck, AWorkingSetThatMissesAPage) {
  VmmSnapshot vmm = small_system();
  vmm.spaces[0].working_set[0] = 0x12u << 12 | 1;
  expect_only(vmm, "working set");
  vmm = small_system();
  ++vmm.spaces[0].working_set_size;
  expect_only(vmm, "working set");
}

TEST(VmmCheck, ALockedPageThatIsNotCounted) {
  VmmSnapshot vmm = small_system();
  vmm.spaces[0].working_set[0] |= arch::MemoryManagerData::wsle_locked;
  expect_only(vmm, "working set");
  vmm.spaces[0].locked_pages = 1;
  expect_only(vmm, "working set");  // nothing is guaranteed
  vmm.spaces[0].committed_minimum = 1;
  ++vmm.committed_pages;
  for (const VmmViolation& violation : check_vmm(vmm)) ADD_FAILURE() << to_text(violation);
}

TEST(VmmCheck, ATlbMorePermissiveThanThePageTables) {
  VmmSnapshot vmm = small_system();
  vmm.translations[0].pte = valid_entry(3, false);
  expect_only(vmm, "TLB");
  vmm.translations[0].pte = valid_entry(4, true);
  expect_only(vmm, "TLB");
  vmm.translations[0].pte = 0;
  expect_only(vmm, "TLB");
}

TEST(VmmCheck, ACommitChargeOffByOne) {
  VmmSnapshot vmm = small_system();
  ++vmm.committed_pages;
  expect_only(vmm, "commit charge");
  vmm = small_system();
  ++vmm.spaces[0].regions[0].commit_charge;
  expect_only(vmm, "commit charge");
}

/// The bit fields that the data block cannot give an offset of.
TEST(VmmCheck, BitFieldsAreWhereTheKernelHasThem) {
  using Layout = arch::MemoryManagerData;
  MMPFN pfn{};
  pfn.PageLocation = Layout::pfn_location_mask;
  u16 flags;
  std::memcpy(&flags, reinterpret_cast<const u8*>(&pfn) + offsetof(MMPFN, ReferenceCount) + 2, 2);
  EXPECT_EQ(flags, Layout::pfn_location_mask << Layout::pfn_location_shift);
  pfn.PageLocation = 0;
  pfn.ReadInProgress = 1;
  std::memcpy(&flags, reinterpret_cast<const u8*>(&pfn) + offsetof(MMPFN, ReferenceCount) + 2, 2);
  EXPECT_EQ(flags, Layout::pfn_read_in_progress);
  MMVAD vad{};
  vad.VadFlags.CommitCharge = Layout::vad_commit_mask;
  u32 raw;
  std::memcpy(&raw, &vad.VadFlags, sizeof raw);
  EXPECT_EQ(raw, Layout::vad_commit_mask);
  MMWSLE entry{};
  entry.Valid = 1;
  entry.LockedInWs = 1;
  entry.Protection = 0x15;
  entry.VirtualPageNumber = 0xABCDE;
  std::memcpy(&raw, &entry, sizeof raw);
  EXPECT_EQ(raw, 0xABCDEu << Layout::wsle_page_shift | 0x15u << Layout::wsle_protection_shift |
                     Layout::wsle_locked | Layout::wsle_valid);
}

}  // namespace
}  // namespace faultline::tests
