// Invariants of the paging files: who owns each page that is in use.
#include <fmt/format.h>

#include <map>

#include "debugger/vmm_check.hpp"

namespace faultline {

using arch::u32;

namespace {

struct Place {
  u32 file = 0, page = 0;  // page 0: nowhere
  auto operator<=>(const Place&) const = default;
};

/// Where in the paging files an entry, or a frame's OriginalPte, says that its page is.
Place place_of(const VmmSnapshot& vmm, u32 pte) {
  const auto& layout = vmm.layout;
  if (arch::Paging::decode(pte).present) return {};
  if ((pte & (layout.pte_prototype | layout.pte_transition)) != 0) return {};
  return {pte >> layout.pte_page_file_low_shift & 0xF, pte >> layout.pte_page_file_high_shift};
}

struct Owners {
  const VmmSnapshot& vmm;
  VmmViolations& found;
  std::map<Place, u32> owned = {};  // and the PTE that says so

  void claim(u32 pte, u32 address, u32 frame, const std::string& process) {
    const Place place = place_of(vmm, pte);
    if (place.page == 0) return;
    const auto report = [&](std::string expected) {
      found.push_back({"paging file", process, address, pte, frame, std::move(expected)});
    };
    if (place.file >= vmm.paging_files.size()) return report("there is no such paging file");
    const PagingFileView& file = vmm.paging_files[place.file];
    if (place.page >= file.size) return report("beyond the end of its paging file");
    if (!file.used(place.page)) report("its page of the paging file is free");
    const auto [at, is_new] = owned.try_emplace(place, pte);
    if (!is_new) report(fmt::format("its page of the paging file is owned by {:08X}", at->second));
  }
  void claim(const std::vector<PteView>& entries, const std::string& process) {
    for (const PteView& pte : entries) claim(pte.pte, pte.address, 0, process);
  }
};

}  // namespace

/// Every page of a paging file that an entry or a frame's OriginalPte names is in use and named
/// once; every page in use is named, but for those that are lost and those whose names stand in
/// page tables that are in the paging file themselves.
void check_paging_files(const VmmSnapshot& vmm, VmmViolations& found) {
  Owners owners{vmm, found};
  u32 unnamed_at_most = vmm.lost_page_file_pages;
  for (const AddressSpaceView& space : vmm.spaces) {
    owners.claim(space.tables, space.process.name);
    owners.claim(space.pages, space.process.name);
    for (const PteView& pte : space.waiting_pages) {
      if (!vmm.frames[pte.table].reading) owners.claim(pte.pte, pte.address, 0, space.process.name);
    }
    unnamed_at_most += space.absent_entries;
  }
  for (const SegmentView& segment : vmm.segments) owners.claim(segment.prototypes, {});
  for (u32 frame = 0; frame < vmm.frames.size(); ++frame) {
    const FrameView& pfn = vmm.frames[frame];
    if (pfn.location == page_location::zeroed || pfn.location == page_location::free) continue;
    owners.claim(pfn.original_pte, 0, frame, {});
  }
  u32 used = 0;
  for (u32 number = 0; number < vmm.paging_files.size(); ++number) {
    const PagingFileView& file = vmm.paging_files[number];
    u32 free = 0;
    for (u32 page = 0; page < file.size; ++page) file.used(page) ? ++used : ++free;
    if (!file.used(0) || free != file.free_space) {
      found.push_back({"paging file",
                       {},
                       0,
                       0,
                       0,
                       fmt::format("file {}: FreeSpace {}, but {} pages are free", number,
                                   file.free_space, free)});
    }
    --used;  // page 0
  }
  const auto named = static_cast<u32>(owners.owned.size());
  if (used > named + unnamed_at_most) {
    found.push_back({"paging file",
                     {},
                     0,
                     0,
                     0,
                     fmt::format("{} pages in use, {} named, and {} at most that need not be", used,
                                 named, unnamed_at_most)});
  }
}

}  // namespace faultline
