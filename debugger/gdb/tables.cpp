// Tables of what the processor caches and of what the kernel keeps.
#include "debugger/gdb/tables.hpp"

#include <fmt/format.h>

#include "debugger/vmm_snapshot.hpp"

namespace faultline::gdb {
namespace {

using PageGeometry = arch::Geometry<Paging>;

std::string hex(u32 value) { return fmt::format("{:08x}", value); }

std::string flags_of(bool user, bool writable, bool dirty) {
  return fmt::format("{}{}{}", user ? 'U' : '-', writable ? 'W' : '-', dirty ? 'D' : '-');
}

/// What the page tables say of a translation that the TLB holds.
std::string verdict(const CpuContext& context, const TlbEntry& entry) {
  const PageTablePath path = Peek<Paging>(context.mmu.registers, context.memory).path(entry.page);
  const arch::PageEntry pde = Paging::decode(path.pde), pte = Paging::decode(path.pte);
  if (!pde.present || !pte.present) return "stale: not present";
  if (pte.frame != PageGeometry::page_of(entry.frame.value)) {
    return "stale: " + hex(pte.frame << PageGeometry::page_shift);
  }
  if (entry.user && !(pde.user && pte.user)) return "stale: supervisor";
  if (entry.writable && !(pde.writable && pte.writable)) return "stale: read-only";
  return "same";
}

Table tlb_table(DebugSession& session) {
  Table table{{"buffer", "set", "way", "linear", "physical", "flags", "page tables"}, {}};
  const CpuContext& context = session.context();
  bool data = true;
  context.mmu.tlb.for_each([&](const auto& tlb) {
    using Tlb = std::remove_cvref_t<decltype(tlb)>;
    constexpr bool split = decltype(context.mmu.tlb)::split;
    for (unsigned set = 0; set < Tlb::sets; ++set) {
      for (unsigned way = 0; way < Tlb::ways; ++way) {
        const TlbEntry& entry = tlb.entry(set, way);
        if (!entry.valid) continue;
        table.rows.push_back({!split ? "unified"
                              : data ? "data"
                                     : "instruction",
                              std::to_string(set), std::to_string(way), hex(entry.page.value),
                              hex(entry.frame.value),
                              flags_of(entry.user, entry.writable, entry.dirty),
                              verdict(context, entry)});
      }
    }
    data = false;
  });
  return table;
}

std::optional<VmmSnapshot> snapshot(DebugSession& session) {
  const Module* kernel = session.symbols().kernel();
  const auto block = kernel != nullptr ? kernel->address_of("KdDebuggerDataBlock") : std::nullopt;
  // Before there are processes the block may be in memory, and what it leads to is not.
  if (!block || !session.symbols().process()) return std::nullopt;
  return take_vmm_snapshot(session.memory(), *block);
}

Table process_table(const VmmSnapshot& vmm) {
  Table table{{"id", "name", "object", "directory", "working set", "commit charge", "regions"}, {}};
  for (const AddressSpaceView& space : vmm.spaces) {
    table.rows.push_back(
        {std::to_string(space.process.id), space.system ? "(paged pool)" : space.process.name,
         hex(space.process.address), hex(space.directory << PageGeometry::page_shift),
         std::to_string(space.working_set_size), std::to_string(space.commit_charge),
         std::to_string(space.regions.size())});
  }
  return table;
}

Table region_table(const VmmSnapshot& vmm) {
  Table table{{"process", "name", "start", "end", "pages", "resident", "kind", "commit charge"},
              {}};
  for (const AddressSpaceView& space : vmm.spaces) {
    for (const RegionView& region : space.regions) {
      u32 resident = 0;
      for (const PteView& page : space.pages) {
        const u32 number = PageGeometry::page_of(page.address);
        resident += number >= region.first && number <= region.last && page.entry().present;
      }
      table.rows.push_back(
          {std::to_string(space.process.id), space.process.name,
           hex(region.first << PageGeometry::page_shift),
           hex((region.last << PageGeometry::page_shift) + PageGeometry::offset_mask),
           std::to_string(region.last - region.first + 1), std::to_string(resident),
           region.area != 0 ? "mapped" : "private", std::to_string(region.commit_charge)});
    }
  }
  return table;
}

std::string_view location_name(u32 location) {
  constexpr std::string_view names[] = {"zeroed",   "free", "standby", "modified",
                                        "no-write", "bad",  "active",  "transition"};
  return location < std::size(names) ? names[location] : "unknown";
}

Table frame_table(const VmmSnapshot& vmm) {
  Table table{{"frame", "state", "pte address", "share", "references", "original pte"}, {}};
  for (std::size_t i = 0; i < vmm.frames.size(); ++i) {
    const FrameView& frame = vmm.frames[i];
    table.rows.push_back({fmt::format("{:x}", i), std::string(location_name(frame.location)),
                          hex(frame.pte_address), std::to_string(frame.share_count),
                          std::to_string(frame.reference_count), hex(frame.original_pte)});
  }
  return table;
}

}  // namespace

std::span<const TableName> table_names() {
  static constexpr TableName names[] = {
      {"tlb", "Entries of the processor's translation buffers", "TLB"},
      {"processes", "Processes with a working set", "Processes"},
      {"vads", "Regions of every process's address space", "VADs"},
      {"pfns", "Page frames and what they hold", "PFN database"},
  };
  return names;
}

std::optional<Table> make_table(DebugSession& session, std::string_view name) {
  if (name == "tlb") return tlb_table(session);
  const auto vmm = [&session] { return snapshot(session).value_or(VmmSnapshot{}); };
  if (name == "processes") return process_table(vmm());
  if (name == "vads") return region_table(vmm());
  if (name == "pfns") return frame_table(vmm());
  return std::nullopt;
}

}  // namespace faultline::gdb
