// MMPFN, decoded.
#include "debugger/nt/pfn_report.hpp"

#include <fmt/format.h>

#include "debugger/nt/names.hpp"

namespace faultline::nt {

using Layout = arch::MemoryManagerData;

namespace {

bool has(const FrameView& frame, u32 flag) { return (frame.flags & flag) != 0; }

bool on_a_list(const FrameView& frame) { return frame.location < page_location::active; }

/// The process whose page table the frame's PTE stands in.
std::optional<ProcessView> owner(const NtSystem& system, const FrameView& frame, u32 page) {
  for (const ProcessView& process : system.processes()) {
    const SpaceMemory space = system.space(process);
    const auto pde = space.pde(page);
    if (!pde) continue;
    const arch::PageEntry table = arch::Paging::decode(*pde);
    const bool here = table.present || in_transition(system.mm(), *pde);
    if (here && table.frame == frame.pte_frame) return process;
  }
  return std::nullopt;
}

std::string used_by(const NtSystem& system, const FrameView& frame, u32 number) {
  if (frame.location == page_location::bad) return "nobody: it is bad";
  if (frame.location <= page_location::free) return "nobody";
  if (frame.pte_address == 0) return "the kernel since boot";
  if (frame.pte_frame == number) return "a process: its page directory";
  if (has(frame, Layout::pfn_clone)) return "a page that clones of a process share";
  if (has(frame, Layout::pfn_prototype)) return "a page of a section";
  const u32 page = (frame.pte_address - PageGeometry::page_table_base) / PageGeometry::entry_size
                   << PageGeometry::page_shift;
  if (page >= arch::kernel_segment_base) {
    const bool table = page - PageGeometry::page_table_base < PageGeometry::directory_entries
                                                                  << PageGeometry::page_shift;
    if (!table) return fmt::format("the kernel: page {:08x}", page);
    const u32 maps = (page - PageGeometry::page_table_base) / PageGeometry::entry_size
                     << PageGeometry::page_shift;
    return fmt::format("a page table, of {:08x} and up", maps);
  }
  const auto process = owner(system, frame, page);
  return fmt::format("page {:08x} of {}", page, process ? process->name : "a process");
}

}  // namespace

PfnReport report_pfn(const NtSystem& system, u32 number) {
  const auto frame = system.frame(number);
  if (!frame) {
    throw NtError(fmt::format("there is no frame {:x}; the last one is {:x}", number,
                              system.highest_frame()));
  }
  PfnReport report;
  report.number = number;
  report.address =
      system.memory().dword(system.mm().pfn_database).value_or(0) + number * system.mm().pfn_size;
  report.frame = *frame;
  report.original = decode_entry(system.mm(), 0, frame->original_pte, true);
  report.used_by = used_by(system, *frame, number);
  return report;
}

std::string to_text(const PfnReport& report) {
  const FrameView& frame = report.frame;
  std::string flags;
  if (has(frame, Layout::pfn_modified)) flags += " Modified";
  if (has(frame, Layout::pfn_read_in_progress)) flags += " ReadInProgress";
  if (has(frame, Layout::pfn_write_in_progress)) flags += " WriteInProgress";
  if (has(frame, Layout::pfn_prototype)) flags += " Shared";
  if (has(frame, Layout::pfn_clone)) flags += " Clone";
  std::string text =
      fmt::format("    PFN {:08X} at address {:08X}\n", report.number, report.address);
  text += on_a_list(frame)
              ? fmt::format("    flink       {:08X}  blink {:08X}        pteaddress {:08X}\n",
                            frame.link, frame.share_count, frame.pte_address)
              : fmt::format("    wsindex     {:08X}  share count {:08X}  pteaddress {:08X}\n",
                            frame.link, frame.share_count, frame.pte_address);
  text += fmt::format("    reference count {:04X}   color {}\n", frame.reference_count,
                      frame.flags >> 4 & 0xF);
  text += fmt::format("    restore pte {:08X}  containing page {:06X}  {}{}\n", frame.original_pte,
                      frame.pte_frame, location_name(frame.location), flags);
  for (const std::string& line : details(report.original)) text += "      " + line + '\n';
  text += "Used by  : " + report.used_by + '\n';
  return text +
         fmt::format("More info: !memusage{}\n",
                     frame.pte_frame != 0 ? fmt::format(", !pfn {:x}", frame.pte_frame) : "");
}

Json to_json(const PfnReport& report, const arch::MemoryManagerData& mm) {
  const FrameView& frame = report.frame;
  Json json = {{"frame", report.number},
               {"at", hex(report.address)},
               {"location", location_name(frame.location)},
               {"pte_address", hex(frame.pte_address)},
               {"reference_count", frame.reference_count},
               {"original_pte", to_json(report.original, mm)},
               {"containing_frame", frame.pte_frame},
               {"modified", has(frame, Layout::pfn_modified)},
               {"reading", has(frame, Layout::pfn_read_in_progress)},
               {"writing", has(frame, Layout::pfn_write_in_progress)},
               {"shared", has(frame, Layout::pfn_prototype)},
               {"clone", has(frame, Layout::pfn_clone)},
               {"used_by", report.used_by}};
  if (on_a_list(frame)) {
    json["flink"] = hex(frame.link);
    json["blink"] = hex(frame.share_count);
  } else {
    json["working_set_index"] = frame.link;
    json["share_count"] = frame.share_count;
  }
  return json;
}

}  // namespace faultline::nt
