// One page of an address space: its entries, the prototype PTE behind them, its region, its frame.
#pragma once

#include "arch/loader_parameter_block.hpp"
#include "debugger/nt/pte_entry.hpp"
#include "debugger/nt/vad_report.hpp"

namespace faultline::nt {

struct PageView {
  u32 address = 0;
  PteEntry pde, pte;
  std::optional<PteEntry> prototype;  // of a page of a section
  std::optional<VadView> vad;         // of user memory
  std::optional<FrameView> frame;     // of a valid entry or one in transition; the prototype's, too
  u32 frame_number = 0;
  bool committed = false;
  u32 protection = 0;  // of a committed page: NT's code, as VirtualQuery tells it

  bool user() const { return address < arch::kernel_segment_base; }
};

/// `process` gives the regions; without one only the tables are looked at.
PageView look_up_page(const NtSystem& system, const SpaceMemory& space,
                      const std::optional<ProcessView>& process, u32 address);

/// What the page is and what an access would meet, in a sentence.
std::string meaning(const PageView& page);

}  // namespace faultline::nt
