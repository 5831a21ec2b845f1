// From an address to everything NT knows of its page.
#include "debugger/nt/page_view.hpp"

#include <fmt/format.h>

#include "debugger/nt/names.hpp"

namespace faultline::nt {

using Layout = arch::MemoryManagerData;

namespace {

constexpr u32 decommitted = 0x10, subsection_bound = 1 << 16;

/// The prototype PTE of a view's page; 0: there is none.
u32 prototype_address(const NtSystem& system, const VadView& vad, u32 address) {
  const GuestMemory& memory = system.memory();
  const auto& mm = system.mm();
  if (vad.area == 0) return 0;
  const u32 index = PageGeometry::page_of(address) - vad.first;
  u32 subsection = memory.dword(vad.area + mm.area_first_subsection).value_or(0);
  if (subsection == 0) return vad.first_prototype + index * PageGeometry::entry_size;
  const u32 page = memory.dword(vad.address + mm.vad_starting_page).value_or(0) + index;
  for (u32 i = 0; subsection != 0 && i < subsection_bound; ++i) {
    const auto first = memory.dword(subsection + mm.subsection_starting_page);
    const auto count = memory.dword(subsection + mm.subsection_ptes);
    if (first && count && page - *first < *count) {
      return memory.dword(subsection + mm.subsection_base).value_or(0) +
             (page - *first) * PageGeometry::entry_size;
    }
    subsection = memory.dword(subsection + mm.subsection_next).value_or(0);
  }
  return 0;
}

/// A shared page has in each process's working-set list the protection it has there.
std::optional<u32> protection_in_working_set(const NtSystem& system, const ProcessView& process,
                                             u32 address) {
  const auto& mm = system.mm();
  VmmReader reader = system.reader();
  const u32 slots = reader.dword(process.address + mm.process_working_set_slots);
  if (slots > VmmSnapshot::no_slot) return std::nullopt;
  AddressSpaceView space;
  space.working_set =
      reader.dwords(reader.dword(process.address + mm.process_working_set_entries), slots);
  if (!reader.complete()) return std::nullopt;
  const u32 slot = VmmSnapshot::slot_of(space, PageGeometry::page_of(address));
  if (slot == VmmSnapshot::no_slot) return std::nullopt;
  return space.working_set[slot] >> Layout::wsle_protection_shift & 0x1F;
}

/// As the kernel answers VirtualQuery.
void find_protection(const NtSystem& system, const ProcessView& process, PageView& page) {
  const VadView& vad = *page.vad;
  const bool contents = page.prototype && page.prototype->state != PteState::Zero;
  const auto of_original = [&](const FrameView& frame) {
    return frame.original_pte >> system.mm().pte_protection_shift & 0x1F;
  };
  switch (page.pte.state) {
    case PteState::Valid: {
      page.committed = true;
      if (!page.frame) return;
      const bool shared = (page.frame->flags & Layout::pfn_prototype) != 0 &&
                          (page.frame->flags & Layout::pfn_clone) == 0;
      page.protection = of_original(*page.frame);
      if (shared) {
        page.protection =
            protection_in_working_set(system, process, page.address).value_or(page.protection);
      }
      return;
    }
    case PteState::Unavailable:
    case PteState::Zero:
      page.committed = vad.area != 0 ? contents : vad.mem_commit;
      page.protection = vad.protection;
      if (page.committed && vad.image) {
        const bool valid = page.prototype->state == PteState::Valid;
        const auto frame = valid ? system.frame(page.prototype->frame) : std::nullopt;
        page.protection = valid ? frame ? of_original(*frame) : 0 : page.prototype->protection;
      }
      return;
    case PteState::PrototypeVad:
      page.committed = contents;
      break;
    case PteState::Prototype:
      page.committed = true;
      if (page.prototype && page.prototype->state == PteState::Valid && page.frame) {
        page.protection = of_original(*page.frame);
      } else if (page.prototype) {
        page.protection = page.prototype->protection;
      }
      return;
    default:
      page.committed = page.pte.protection != decommitted;
      break;
  }
  page.protection = page.pte.protection;
}

}  // namespace

PageView look_up_page(const NtSystem& system, const SpaceMemory& space,
                      const std::optional<ProcessView>& process, u32 address) {
  const auto& mm = system.mm();
  PageView page;
  page.address = address;
  page.pde = decode_entry(mm, PageGeometry::pde_address(address), space.pde(address));
  page.pte = decode_entry(mm, PageGeometry::pte_address(address), space.pte(address));
  if (page.user() && process) page.vad = find_vad(system, *process, address);
  u32 prototype = page.pte.state == PteState::Prototype ? page.pte.prototype : 0;
  const bool in_table = page.pte.state == PteState::Valid;
  if (prototype == 0 && page.vad && !in_table) {
    prototype = prototype_address(system, *page.vad, address);
  }
  if (in_table || page.pte.state == PteState::Transition) {
    page.frame_number = page.pte.frame;
    page.frame = system.frame(page.pte.frame);
    const bool shared = page.frame && (page.frame->flags & Layout::pfn_prototype) != 0;
    if (shared) prototype = page.frame->pte_address;
  }
  if (prototype != 0) {
    page.prototype = decode_entry(mm, prototype, system.memory().dword(prototype), true);
    const PteState state = page.prototype->state;
    if (!page.frame && (state == PteState::Valid || state == PteState::Transition)) {
      page.frame_number = page.prototype->frame;
      page.frame = system.frame(page.prototype->frame);
    }
  }
  if (page.vad) find_protection(system, *process, page);
  return page;
}

namespace {

struct Place {
  std::string is, access;  // where the contents are; what an access does about it
};

Place where(const PteEntry& entry, const PageView& page) {
  switch (entry.state) {
    case PteState::Valid:
      return {fmt::format("in memory, frame {:X}", entry.frame), ""};
    case PteState::Transition:
      if (page.frame && page.frame->reading) {
        return {fmt::format("on its way from the disk into frame {:X}", entry.frame),
                "an access waits for it"};
      }
      return {fmt::format("still in frame {:X}", entry.frame),
              "an access takes it back without the disk"};
    case PteState::PageFile:
      return {fmt::format("in paging file {}, page {:X}", entry.paging_file, entry.page_in_file),
              "an access reads it"};
    case PteState::Subsection:
      return {"in its file", "an access reads it"};
    case PteState::DemandZero:
      return {"demand zero", "the first access brings a page of zeros"};
    default:
      return {"nowhere", "an access is an access violation"};
  }
}

/// Of an entry that is not valid.
Place contents_of(const PageView& page) {
  if (page.prototype) {
    if (page.prototype->state == PteState::Valid) {
      return {fmt::format("shared, in memory, frame {:X}", page.prototype->frame),
              "an access maps it here, too"};
    }
    const Place place = where(*page.prototype, page);
    return {"shared, " + place.is, place.access};
  }
  if (page.pte.state == PteState::Zero || page.pte.state == PteState::Unavailable) {
    return {"demand zero with its region", "the first access brings a page of zeros"};
  }
  return where(page.pte, page);
}

}  // namespace

std::string meaning(const PageView& page) {
  if (page.pde.state != PteState::Valid && page.pde.state != PteState::Zero) {
    const Place table = where(page.pde, page);
    return fmt::format("its page table is {}: {}, then faults again for the page", table.is,
                       table.access);
  }
  const bool in_use = page.pte.state != PteState::Zero && page.pte.state != PteState::Unavailable;
  if (page.user() && !page.vad && !in_use) {
    return "free: no region lies here, so an access is an access violation";
  }
  if (page.vad && !page.committed) {
    return page.pte.state == PteState::DemandZero
               ? "decommitted: an access is an access violation"
               : "reserved, not committed: an access is an access violation";
  }
  if (!page.user() && !in_use) return "not mapped: an access is a bugcheck";
  if (page.pte.state == PteState::Valid) {
    return where(page.pte, page).is +
           (page.pte.copy_on_write ? "; copy on write: the first store makes a private copy" : "");
  }
  const Place place = contents_of(page);
  if (page.vad && (page.protection & 7) == 0) {
    return "no access: an access is an access violation; the page is " + place.is;
  }
  if (page.vad && (page.protection & 0x10) != 0) {
    return "guard page: the first access disarms it with STATUS_GUARD_PAGE_VIOLATION, or grows a "
           "stack; the page is " +
           place.is;
  }
  return place.is + ": " + place.access;
}

}  // namespace faultline::nt
