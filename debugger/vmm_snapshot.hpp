// What the guest's memory manager has in memory at one moment, decoded: the material of the checks.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "arch/paging_selected.hpp"
#include "debugger/kernel_objects.hpp"

namespace faultline {

namespace page_location {
inline constexpr arch::u32 zeroed = 0, free = 1, standby = 2, modified = 3, bad = 5, active = 6,
                           transition = 7;
}

struct FrameView {
  arch::u32 link = 0;         // on a list: the next frame; valid: index in the working-set list
  arch::u32 pte_address = 0;  // through the self-map; 0: the kernel's since boot, or nobody's
  arch::u32 share_count = 0;  // on a list: the frame before
  arch::u32 reference_count = 0, location = 0, original_pte = 0, pte_frame = 0;
  bool reading = false;  // a disk fills it
  arch::u32 flags = 0;   // MemoryManagerData::pfn_xxx
};

struct PageListView {
  arch::u32 total = 0, flink = ~0u, blink = ~0u;
};

/// An entry that is not zero, of a page table or of a directory.
struct PteView {
  arch::u32 address = 0;  // first byte of what it maps
  arch::u32 pte_address = 0, pte = 0;
  arch::u32 table = 0;  // the frame the entry lies in
  arch::PageEntry entry() const { return arch::Paging::decode(pte); }
};

/// One MMVAD: pages first to last.
struct RegionView {
  arch::u32 first = 0, last = 0, commit_charge = 0;
  arch::u32 area = 0, first_prototype = 0;  // of a view: the control area; 0 in private memory
  arch::u32 address = 0;                    // of the MMVAD
  arch::u32 flags = 0;                      // MemoryManagerData::vad_xxx
  arch::u32 level = 0;                      // in the tree; 0 is its root
};

/// A control area and the prototype PTEs of its segment, or of a part of it.
struct SegmentView {
  arch::u32 area = 0, views = 0, committed = 0;
  arch::u32 first = 0, count = 0;   // address of the first prototype PTE, how many
  std::vector<PteView> prototypes;  // those that are not zero; their address is 0
  bool part = false;                // of a data file: one of its subsections
};

/// A bit a page: in use. Sizes count pages.
struct PagingFileView {
  arch::u32 size = 0, free_space = 0;
  std::vector<arch::u32> bitmap;
  bool used(arch::u32 page) const { return (bitmap[page / 32] >> page % 32 & 1) != 0; }
};

/// A process that has a working set; or the system, whose pages are those of paged pool.
struct AddressSpaceView {
  ProcessView process;
  bool system = false;
  arch::u32 directory = 0;  // frame
  arch::u32 commit_charge = 0, committed_minimum = 0;
  arch::u32 working_set_size = 0, first_free = 0, locked_pages = 0;
  std::vector<arch::u32> working_set;  // MMWSLEs
  std::vector<RegionView> regions;
  std::vector<PteView> tables;         // directory entries of the user half
  std::vector<PteView> pages;          // entries of the resident page tables
  std::vector<PteView> waiting_pages;  // of page tables in transition
  arch::u32 absent_entries = 0;        // in use, of page tables that a disk has or is reading
  std::vector<PteView> kernel_half;    // the directory's other entries
};

/// An entry of the processor's TLB, and what the page tables say of its page now.
struct TranslationView {
  arch::u32 page = 0, frame = 0;
  bool dirty = false, user = false, writable = false;
  arch::u32 pde = 0, pte = 0;  // the PTE is 0 where the PDE is not present
};

/// Is it an invalid entry whose frame still holds the page?
bool in_transition(const arch::MemoryManagerData& layout, arch::u32 pte);

struct VmmSnapshot {
  static constexpr arch::u32 no_frame = ~0u, no_slot = 0xFFFFF;
  arch::MemoryManagerData layout{};
  std::vector<FrameView> frames;
  std::array<PageListView, arch::MemoryManagerData::list_count> lists{};
  std::vector<AddressSpaceView> spaces;
  std::vector<PteView> kernel_pages;  // pool and kernel stacks
  std::vector<SegmentView> segments;
  std::vector<PagingFileView> paging_files;
  std::vector<TranslationView> translations;
  arch::u32 committed_pages = 0, lost_page_file_pages = 0;

  /// The prototype PTE at an address of the kernel's; null: there is none, or it is zero.
  const PteView* prototype_at(arch::u32 address) const;
  /// Does the frame hold a page of a section? Then its PFN leads to a prototype PTE.
  bool shared(arch::u32 frame) const {
    return frame < frames.size() && prototype_at(frames[frame].pte_address) != nullptr;
  }
  /// Slot of the page in the working-set list, or no_slot.
  static arch::u32 slot_of(const AddressSpaceView& space, arch::u32 page);
  /// Is it an invalid entry whose frame still holds the page?
  bool in_transition(const PteView& pte) const;
  arch::u32 protection_of(arch::u32 invalid_pte) const {
    return invalid_pte >> layout.pte_protection_shift & 0x1F;
  }
};

/// Nothing when memory does not hold what the kernel's data block says. Without translations.
std::optional<VmmSnapshot> take_vmm_snapshot(const GuestMemory& memory, arch::u32 data_block);

}  // namespace faultline
