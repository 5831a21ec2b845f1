// !pfn: a frame of physical memory as the frame database has it.
#pragma once

#include "debugger/nt/page_view.hpp"

namespace faultline::nt {

struct PfnReport {
  u32 number = 0;
  u32 address = 0;  // of the MMPFN
  FrameView frame;
  PteEntry original;    // what the PTE becomes when the page leaves memory
  std::string used_by;  // in words: "page 00401000 of TOUR.EXE"
};

/// Throws NtError for a frame that memory has not.
PfnReport report_pfn(const NtSystem& system, u32 number);

std::string to_text(const PfnReport& report);
Json to_json(const PfnReport& report, const arch::MemoryManagerData& mm);

}  // namespace faultline::nt
