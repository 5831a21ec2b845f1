// Invariants of processes: regions, protections, working sets, commitment.
#include <fmt/format.h>

#include <algorithm>

#include "debugger/vmm_check.hpp"

namespace faultline {

using arch::PageEntry;
using arch::u32;

namespace {

using PageGeometry = arch::Geometry<arch::Paging>;

// The access part of a protection code: NT's 0 to 7, and guard. [docs/kernel.md, "Mm"]
constexpr u32 access_mask = 7, read_write = 4, write_copy = 5, execute_write_copy = 7, guard = 0x10;

constexpr bool store_allowed(u32 code) {
  const u32 access = code & access_mask;
  return access >= read_write && access != write_copy && access != execute_write_copy;
}

bool in_a_region(const AddressSpaceView& space, u32 page) {
  const auto after = std::upper_bound(space.regions.begin(), space.regions.end(), page,
                                      [](u32 p, const RegionView& r) { return p < r.first; });
  return after != space.regions.begin() && page <= std::prev(after)->last;
}

/// The protection code of a valid page: a shared one's is the process's own.
u32 protection_here(const VmmSnapshot& vmm, const AddressSpaceView& space, const PteView& pte) {
  const u32 frame = pte.entry().frame;
  if (!vmm.shared(frame)) return vmm.protection_of(vmm.frames[frame].original_pte);
  const u32 slot = VmmSnapshot::slot_of(space, PageGeometry::page_of(pte.address));
  if (slot == VmmSnapshot::no_slot) return 0;
  return space.working_set[slot] >> arch::MemoryManagerData::wsle_protection_shift & 0x1F;
}

bool in_paged_pool(const VmmSnapshot& vmm, const PteView& pde) {
  return pde.address - vmm.layout.paged_pool < vmm.layout.paged_pool_size;
}

/// Paged pool is charged with its page tables.
u32 paged_pool_charge(const VmmSnapshot& vmm, const AddressSpaceView& system) {
  const auto tables = std::count_if(
      system.kernel_half.begin(), system.kernel_half.end(),
      [&](const PteView& pde) { return pde.entry().present && in_paged_pool(vmm, pde); });
  return static_cast<u32>(tables) + static_cast<u32>(system.pages.size());
}

}  // namespace

/// The upper half is the same in every process and never for user mode; only the entry for the page
/// tables themselves leads to the process's own directory.
void check_kernel_half(const VmmSnapshot& vmm, VmmViolations& found) {
  if (vmm.spaces.empty()) return;
  const auto system = std::find_if(vmm.spaces.begin(), vmm.spaces.end(),
                                   [](const AddressSpaceView& space) { return space.system; });
  const AddressSpaceView& model = system != vmm.spaces.end() ? *system : vmm.spaces.front();
  for (const AddressSpaceView& space : vmm.spaces) {
    const auto& first = model.kernel_half;
    for (std::size_t i = 0; i < space.kernel_half.size() && i < first.size(); ++i) {
      const PteView& pde = space.kernel_half[i];
      const bool own = pde.address == PageGeometry::page_table_base;
      const PageEntry here = pde.entry(), there = first[i].entry();
      const auto report = [&](std::string expected) {
        found.push_back({"kernel half", space.process.name, pde.address, pde.pte, here.frame,
                         std::move(expected)});
      };
      if (!here.present && in_paged_pool(vmm, pde)) continue;  // it comes with a fault
      if (here.present && here.user) report("a directory entry that user mode may use");
      if (own) {
        if (!here.present || here.frame != space.directory) {
          report(fmt::format("expected the directory, frame {:X}", space.directory));
        }
      } else if (here.present != there.present || here.frame != there.frame ||
                 here.writable != there.writable) {
        report(fmt::format("{} has {:08X}", model.process.name, first[i].pte));
      }
    }
  }
}

/// Views of a control area: as many as it counts, each within its segment.
void check_views(const VmmSnapshot& vmm, VmmViolations& found) {
  for (const SegmentView& segment : vmm.segments) {
    u32 views = 0;
    for (const AddressSpaceView& space : vmm.spaces) {
      for (const RegionView& region : space.regions) {
        if (region.area != segment.area) continue;
        ++views;
        const u32 index = (region.first_prototype - segment.first) / PageGeometry::entry_size;
        if (segment.part) continue;
        if (index < segment.count && region.last - region.first < segment.count - index) continue;
        found.push_back({"section", space.process.name, region.first << PageGeometry::page_shift, 0,
                         0, "the view reaches beyond the segment's prototype PTEs"});
      }
    }
    if (views != segment.views) {
      found.push_back({"section",
                       {},
                       segment.area,
                       0,
                       0,
                       fmt::format("NumberOfMappedViews {}, but {} views", segment.views, views)});
    }
    for (const PteView& pte : segment.prototypes) {
      const u32 frame = pte.entry().frame;
      if (!pte.entry().present) continue;
      const bool back = frame < vmm.frames.size() &&
                        vmm.frames[frame].location == page_location::active &&
                        vmm.frames[frame].pte_address == pte.pte_address &&
                        vmm.frames[frame].pte_frame == pte.table;
      if (!back) {
        found.push_back({"section",
                         {},
                         pte.pte_address,
                         pte.pte,
                         frame,
                         "a valid prototype PTE, but its frame is not active or points elsewhere"});
      }
    }
  }
}

/// The tree is in order and without overlap, and every entry in use lies in a region.
void check_regions(const VmmSnapshot& vmm, VmmViolations& found) {
  for (const AddressSpaceView& space : vmm.spaces) {
    u32 next = 0;
    for (const RegionView& region : space.regions) {
      if (region.first < next || region.last < region.first) {
        found.push_back({"region", space.process.name, region.first << PageGeometry::page_shift, 0,
                         0, "regions overlap or are out of order"});
      }
      next = region.last + 1;
    }
    if (space.system) continue;
    for (const PteView& pte : space.pages) {
      if (pte.address == vmm.layout.shared_user_data ||
          in_a_region(space, PageGeometry::page_of(pte.address))) {
        continue;
      }
      found.push_back({"region", space.process.name, pte.address, pte.pte, pte.entry().frame,
                       "a PTE in use, but no region there"});
    }
  }
}

/// A valid user PTE lets user mode in, is for a page that may be touched at all, and allows stores
/// only where the page's protection does.
void check_protections(const VmmSnapshot& vmm, VmmViolations& found) {
  for (const AddressSpaceView& space : vmm.spaces) {
    for (const PteView& pte : space.pages) {
      const arch::PageEntry entry = pte.entry();
      if (!entry.present || entry.frame >= vmm.frames.size()) continue;
      const auto report = [&](const char* expected) {
        found.push_back(
            {"protection", space.process.name, pte.address, pte.pte, entry.frame, expected});
      };
      if (entry.user == space.system) report("U on a user page, and not on a page of pool");
      if (pte.address == vmm.layout.shared_user_data) {
        if (entry.writable) report("the shared user data must not be writable");
        continue;
      }
      const u32 code = protection_here(vmm, space, pte);
      if ((code & access_mask) == 0) report("valid, but its protection is no access");
      if ((code & guard) != 0) report("valid, but its protection is guard");
      if (entry.writable && !store_allowed(code)) report("writable against its protection");
    }
  }
}

/// The working-set list is the list of the valid PTEs and page tables; size, indices and free slots
/// agree.
void check_working_sets(const VmmSnapshot& vmm, VmmViolations& found) {
  using Layout = arch::MemoryManagerData;
  for (const AddressSpaceView& space : vmm.spaces) {
    const auto report = [&](const PteView& pte, std::string expected) {
      found.push_back({"working set", space.process.name, pte.address, pte.pte, pte.entry().frame,
                       std::move(expected)});
    };
    u32 valid = 0;
    const auto look_up = [&](const PteView& pte, u32 address) {
      const arch::PageEntry entry = pte.entry();
      if (!entry.present) return;
      ++valid;
      if (entry.frame >= vmm.frames.size()) return;
      const u32 index = vmm.shared(entry.frame)
                            ? VmmSnapshot::slot_of(space, PageGeometry::page_of(pte.address))
                            : vmm.frames[entry.frame].link;
      const bool there =
          index < space.working_set.size() &&
          (space.working_set[index] & Layout::wsle_valid) != 0 &&
          space.working_set[index] >> Layout::wsle_page_shift == PageGeometry::page_of(address);
      if (!there) report(pte, fmt::format("slot {} does not name the page", index));
    };
    for (const PteView& pde : space.tables) {
      look_up(pde, PageGeometry::pte_address(pde.address));
    }
    for (const PteView& pte : space.pages) {
      if (pte.address != vmm.layout.shared_user_data) look_up(pte, pte.address);
    }
    const auto used = std::count_if(space.working_set.begin(), space.working_set.end(),
                                    [](u32 entry) { return (entry & Layout::wsle_valid) != 0; });
    if (valid != used || valid != space.working_set_size) {
      report({}, fmt::format("WorkingSetSize {}, {} entries, {} valid pages",
                             space.working_set_size, used, valid));
    }
    const auto locked =
        std::count_if(space.working_set.begin(), space.working_set.end(), [](u32 entry) {
          return (entry & Layout::wsle_valid) != 0 && (entry & Layout::wsle_locked) != 0;
        });
    if (locked != space.locked_pages || space.locked_pages > space.committed_minimum) {
      report({}, fmt::format("{} pages locked, {} entries are, {} pages are guaranteed",
                             space.locked_pages, locked, space.committed_minimum));
    }
    std::size_t free = 0;
    for (u32 slot = space.first_free; slot < space.working_set.size(); ++free) {
      if (free > space.working_set.size() || (space.working_set[slot] & Layout::wsle_valid) != 0) {
        report({}, fmt::format("free slot {} is in use, or the free slots are a ring", slot));
        break;
      }
      slot = space.working_set[slot] >> Layout::wsle_page_shift;
    }
    if (free + static_cast<std::size_t>(used) != space.working_set.size()) {
      report({}, fmt::format("{} slots, {} in use, {} free", space.working_set.size(), used, free));
    }
  }
}

/// What is charged: each process its regions and page tables; each directory; each page of the
/// pool and of kernel stacks; the working sets' minimum where the kernel commits it.
void check_commitment(const VmmSnapshot& vmm, VmmViolations& found) {
  u32 sum = static_cast<u32>(vmm.kernel_pages.size());
  for (const AddressSpaceView& space : vmm.spaces) {
    u32 charge = static_cast<u32>(space.tables.size());
    if (space.system) charge = paged_pool_charge(vmm, space);
    for (const RegionView& region : space.regions) charge += region.commit_charge;
    if (charge != space.commit_charge) {
      found.push_back({"commit charge", space.process.name, 0, 0, 0,
                       fmt::format("the process is charged {}, its regions and page tables are {}",
                                   space.commit_charge, charge)});
    }
    sum += space.commit_charge + space.committed_minimum;
  }
  for (const SegmentView& segment : vmm.segments) sum += segment.committed;
  for (u32 frame = 0; frame < vmm.frames.size(); ++frame) {
    const FrameView& pfn = vmm.frames[frame];
    if (pfn.location == page_location::active && pfn.pte_frame == frame && frame != 0) ++sum;
  }
  if (sum != vmm.committed_pages) {
    found.push_back(
        {"commit charge",
         {},
         0,
         0,
         0,
         fmt::format("MmTotalCommittedPages {}, expected {}", vmm.committed_pages, sum)});
  }
}

}  // namespace faultline
