// What the parts of the address space are for.
#include "debugger/nt/address_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "debugger/nt/names.hpp"

namespace faultline::nt {

namespace {

struct Part {
  u32 first;
  u32 size;
  const char* usage;
};

/// The kernel's half, by the data block; what lies between is not used.
std::vector<Part> kernel_parts(const NtSystem& system) {
  const auto& mm = system.mm();
  const u32 memory = (system.highest_frame() + 1) << PageGeometry::page_shift;
  return {{arch::kernel_segment_base, memory, "KSEG0: physical memory"},
          {PageGeometry::page_table_base,
           PageGeometry::directory_entries << PageGeometry::page_shift, "Page tables"},
          {mm.paged_pool, mm.paged_pool_size, "Paged pool"},
          {mm.pool, mm.pool_size, "Nonpaged pool"},
          {mm.system_ptes, mm.system_ptes_size, "Kernel stacks"},
          {mm.io_windows, mm.io_windows_size, "Frames side by side for paging I/O"},
          {system.data().pcr, PageGeometry::page_size, "PCR"}};
}

/// From the end of the region below to the region above.
void free_range(const NtSystem& system, AddressReport& report) {
  constexpr u32 lowest = 0x00010000;
  u32 first = report.address < lowest ? 0 : lowest;
  u32 end = report.address < lowest ? lowest : system.mm().shared_user_data;
  if (report.process) {
    VmmReader reader = system.reader();
    for (const RegionView& region : reader.regions_of(report.process->address)) {
      const u32 begin = region.first << PageGeometry::page_shift;
      const u32 behind = (region.last + 1) << PageGeometry::page_shift;
      if (behind <= report.address) first = std::max(first, behind);
      if (begin > report.address) end = std::min(end, begin);
    }
  }
  report.base = first;
  report.size = end - first;
  report.usage = report.address < lowest ? "No-man's-land" : "Free";
  report.state = "MEM_FREE";
}

void describe_user(const NtSystem& system, AddressReport& report) {
  const u32 shared = system.mm().shared_user_data;
  if (report.address >= shared) {
    const bool page = report.address - shared < PageGeometry::page_size;
    report.base = page ? shared : shared + PageGeometry::page_size;
    report.size = page ? PageGeometry::page_size : arch::kernel_segment_base - report.base;
    report.usage = page ? "KUSER_SHARED_DATA" : "No-man's-land";
    report.state = page ? "MEM_COMMIT" : "MEM_RESERVE";
    report.protection = page ? 1 : 0;
    return;
  }
  const SpaceMemory space = report.process ? system.space(*report.process) : system.space();
  const PageView page = look_up_page(system, space, report.process, report.address);
  report.vad = page.vad;
  if (!page.vad) return free_range(system, report);
  report.base = page.vad->base();
  report.size = page.vad->end() - page.vad->base();
  report.state = page.committed ? "MEM_COMMIT" : "MEM_RESERVE";
  report.protection = page.committed ? page.protection : 0;
  report.usage = page.vad->area == 0 ? "MEM_PRIVATE" : page.vad->image ? "MEM_IMAGE" : "MEM_MAPPED";
}

}  // namespace

AddressReport report_address(const NtSystem& system, const std::optional<ProcessView>& process,
                             u32 address) {
  AddressReport report;
  report.address = address;
  report.process = process;
  report.kernel = address >= arch::kernel_segment_base;
  if (!report.kernel) {
    describe_user(system, report);
    return report;
  }
  for (const Part& part : kernel_parts(system)) {
    if (address - part.first >= part.size) continue;
    report.base = part.first;
    report.size = part.size;
    report.usage = part.usage;
    return report;
  }
  report.base = address & PageGeometry::page_mask;
  report.size = PageGeometry::page_size;
  report.usage = "not used by the kernel";
  return report;
}

std::string to_text(const AddressReport& report) {
  std::string text = fmt::format(
      "Usage          : {}\nBase address   : {:08x}\nEnd address    : {:08x}\n"
      "Region size    : {:08x}\n",
      report.usage, report.base, report.base + report.size, report.size);
  if (!report.kernel) {
    text += "State          : " + report.state + '\n';
    if (report.state == "MEM_COMMIT") {
      text += "Protect        : " + page_protection_name(report.protection) + '\n';
    }
  }
  if (report.vad) {
    text += fmt::format("Allocated as   : {}\n", page_protection_name(report.vad->protection));
    if (!report.vad->file.empty()) text += "File           : " + report.vad->file + '\n';
  }
  if (report.process && !report.kernel) {
    text += fmt::format("Process        : {} ({:x})\n", report.process->name, report.process->id);
  }
  return text + fmt::format("More info: !pte {:x}{}\n", report.address,
                            report.vad ? fmt::format(", !vad {:x}", report.address) : "");
}

Json to_json(const AddressReport& report) {
  Json json = {{"address", hex(report.address)},
               {"usage", report.usage},
               {"base", hex(report.base)},
               {"size", report.size}};
  if (!report.kernel) json["state"] = report.state;
  if (report.state == "MEM_COMMIT") json["protection"] = page_protection_name(report.protection);
  if (report.vad) json["vad"] = to_json(*report.vad);
  if (report.process && !report.kernel) json["process_id"] = report.process->id;
  return json;
}

}  // namespace faultline::nt
