// Invariants of the page frame database: lists, counts, and the way back to the PTE.
#include <fmt/format.h>

#include "debugger/vmm_check.hpp"

namespace faultline {

using arch::u32;

namespace {

constexpr const char* list_names[] = {
    "zeroed", "free", "standby", "modified", "modified no-write", "bad", "modified mapped"};
constexpr u32 modified_mapped = 6;  // a modified list, too

/// Follows one list; marks where each frame was met.
void follow_list(const VmmSnapshot& vmm, u32 number, std::vector<bool>& listed,
                 VmmViolations& found) {
  const PageListView& list = vmm.lists[number];
  u32 length = 0, before = VmmSnapshot::no_frame, frame = list.flink;
  const auto report = [&](u32 at, std::string expected) {
    found.push_back(
        {"page lists", {}, 0, 0, at, fmt::format("{} list: {}", list_names[number], expected)});
  };
  for (; frame != VmmSnapshot::no_frame; ++length) {
    if (frame >= vmm.frames.size()) return report(frame, "there is no such frame");
    const FrameView& pfn = vmm.frames[frame];
    if (listed[frame]) return report(frame, "the frame is on a list already");
    listed[frame] = true;
    if (pfn.location != (number == modified_mapped ? page_location::modified : number)) {
      return report(frame, fmt::format("the frame's location is {}", pfn.location));
    }
    if (pfn.share_count != before) {
      report(frame, fmt::format("Blink {:X}, expected {:X}", pfn.share_count, before));
    }
    if (pfn.reference_count != 0) {
      report(frame, fmt::format("reference count {}, expected 0", pfn.reference_count));
    }
    before = frame;
    frame = pfn.link;
  }
  if (list.blink != before) {
    report(before, fmt::format("the head's Blink is {:X}, expected {:X}", list.blink, before));
  }
  if (list.total != length) {
    report(0, fmt::format("Total {}, but {} frames", list.total, length));
  }
}

bool is_shared_user_data(const VmmSnapshot& vmm, const PteView& pte) {
  return pte.address == vmm.layout.shared_user_data;
}

/// Calls with every valid entry, those of directories too, and the process's name.
template <class Action>
void for_each_valid(const VmmSnapshot& vmm, Action action) {
  for (const AddressSpaceView& space : vmm.spaces) {
    for (const PteView& pde : space.tables) {
      if (pde.entry().present) action(pde, space.process.name);
    }
    for (const PteView& pte : space.pages) {
      if (pte.entry().present && !is_shared_user_data(vmm, pte)) action(pte, space.process.name);
    }
  }
  for (const PteView& pte : vmm.kernel_pages) {
    if (pte.entry().present) action(pte, std::string());
  }
}

}  // namespace

/// Every frame is on exactly one list, in use, or on its way; totals and links agree.
void check_page_lists(const VmmSnapshot& vmm, VmmViolations& found) {
  std::vector<bool> listed(vmm.frames.size());
  for (u32 number = 0; number < vmm.lists.size(); ++number) {
    follow_list(vmm, number, listed, found);
  }
  for (u32 frame = 0; frame < vmm.frames.size(); ++frame) {
    const FrameView& pfn = vmm.frames[frame];
    if (pfn.location < modified_mapped && !listed[frame]) {
      found.push_back({"page lists",
                       {},
                       0,
                       0,
                       frame,
                       fmt::format("location {}, but not on that list", pfn.location)});
    }
    if (pfn.location == page_location::transition && pfn.reference_count == 0) {
      found.push_back({"page lists", {}, 0, 0, frame, "in transition without a reference"});
    }
  }
}

/// A valid entry's frame is active and points back at it.
void check_valid_ptes(const VmmSnapshot& vmm, VmmViolations& found) {
  for_each_valid(vmm, [&](const PteView& pte, const std::string& process) {
    const u32 frame = pte.entry().frame;
    const auto report = [&](std::string expected) {
      found.push_back({"valid PTE", process, pte.address, pte.pte, frame, std::move(expected)});
    };
    if (frame >= vmm.frames.size()) return report("there is no such frame");
    const FrameView& pfn = vmm.frames[frame];
    if (pfn.location != page_location::active) {
      return report(fmt::format("frame location {}, expected active and valid", pfn.location));
    }
    if (pfn.reference_count == 0) report("reference count 0");
    if (const PteView* prototype = vmm.prototype_at(pfn.pte_address)) {
      if (!prototype->entry().present || prototype->entry().frame != frame) {
        report(fmt::format("the prototype PTE at {:08X} is {:08X}, expected valid, this frame",
                           prototype->pte_address, prototype->pte));
      }
    } else if (pfn.pte_address != pte.pte_address || pfn.pte_frame != pte.table) {
      report(fmt::format("PteAddress {:08X} PteFrame {:X}, expected {:08X} {:X}", pfn.pte_address,
                         pfn.pte_frame, pte.pte_address, pte.table));
    }
  });
}

/// An active frame's share count: one for each valid entry that maps it, one for each valid or
/// transition entry in it if it is a page table, one for being a directory or the kernel's from
/// boot on.
void check_share_counts(const VmmSnapshot& vmm, VmmViolations& found) {
  std::vector<u32> shares(vmm.frames.size());
  std::vector<PteView> mapped_by(vmm.frames.size());
  const auto share = [&](u32 frame) {
    if (frame < shares.size()) ++shares[frame];
  };
  for_each_valid(vmm, [&](const PteView& pte, const std::string&) {
    const u32 frame = pte.entry().frame;
    share(frame);
    share(pte.table);
    if (frame < mapped_by.size()) mapped_by[frame] = pte;
  });
  for (const AddressSpaceView& space : vmm.spaces) {
    for (const PteView& pde : space.tables) {
      if (vmm.in_transition(pde)) share(pde.table);
    }
    for (const PteView& pte : space.pages) {
      const bool shared_data = is_shared_user_data(vmm, pte) && pte.entry().present;
      if (shared_data || vmm.in_transition(pte)) share(pte.table);
    }
  }
  for (const SegmentView& segment : vmm.segments) {
    for (const PteView& pte : segment.prototypes) {
      if (pte.entry().present || vmm.in_transition(pte)) share(pte.table);
    }
  }
  for (u32 frame = 0; frame < vmm.frames.size(); ++frame) {
    const FrameView& pfn = vmm.frames[frame];
    if (pfn.location != page_location::active) continue;
    const u32 expected = shares[frame] + (pfn.pte_address == 0 || pfn.pte_frame == frame ? 1 : 0);
    if (pfn.share_count == expected) continue;
    const PteView& pte = mapped_by[frame];
    found.push_back({"share count",
                     {},
                     pte.address,
                     pte.pte,
                     frame,
                     fmt::format("share count {}, expected {}", pfn.share_count, expected)});
  }
}

/// A transition entry's frame waits on standby or modified, or for its I/O, and points back; and
/// whatever frame waits is pointed at by such an entry.
void check_transition_ptes(const VmmSnapshot& vmm, VmmViolations& found) {
  std::vector<bool> wanted(vmm.frames.size());
  const auto check = [&](const PteView& pte, const std::string& process) {
    if (!vmm.in_transition(pte)) return;
    const u32 frame = pte.entry().frame;
    const auto report = [&](std::string expected) {
      found.push_back(
          {"transition PTE", process, pte.address, pte.pte, frame, std::move(expected)});
    };
    if (frame >= vmm.frames.size()) return report("there is no such frame");
    wanted[frame] = true;
    const FrameView& pfn = vmm.frames[frame];
    if (pfn.location != page_location::standby && pfn.location != page_location::modified &&
        pfn.location != page_location::transition) {
      report(fmt::format("frame location {}, expected standby or modified", pfn.location));
    }
    if (pfn.pte_address != pte.pte_address || pfn.pte_frame != pte.table) {
      report(fmt::format("PteAddress {:08X} PteFrame {:X}, expected {:08X} {:X}", pfn.pte_address,
                         pfn.pte_frame, pte.pte_address, pte.table));
    }
  };
  for (const AddressSpaceView& space : vmm.spaces) {
    for (const PteView& pde : space.tables) check(pde, space.process.name);
    for (const PteView& pte : space.pages) check(pte, space.process.name);
  }
  for (const SegmentView& segment : vmm.segments) {
    for (const PteView& pte : segment.prototypes) check(pte, {});
  }
  for (u32 frame = 0; frame < vmm.frames.size(); ++frame) {
    const u32 location = vmm.frames[frame].location;
    const bool waits = location == page_location::standby || location == page_location::modified;
    if (waits && !wanted[frame]) {
      found.push_back({"transition PTE", {}, 0, 0, frame, "no transition PTE points here"});
    }
  }
}

/// A page table leaves its process only when no entry in it is valid or in transition.
void check_page_tables(const VmmSnapshot& vmm, VmmViolations& found) {
  for (const AddressSpaceView& space : vmm.spaces) {
    for (const PteView& pte : space.waiting_pages) {
      if (!pte.entry().present && !vmm.in_transition(pte)) continue;
      // A table that is still being read holds what its frame held before.
      if (vmm.frames[pte.table].location == page_location::transition) continue;
      found.push_back({"page table", space.process.name, pte.address, pte.pte, pte.table,
                       "the page table is in transition, but the entry holds a frame"});
    }
  }
}

}  // namespace faultline
