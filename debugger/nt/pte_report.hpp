// !pte: the entries on the way to a page as WinDbg shows them, and then what it cannot know: the
// TLB, the region, what an access would meet.
#pragma once

#include "debugger/nt/page_view.hpp"

namespace faultline::nt {

/// An entry of the TLB against what the tables say now.
struct TlbVerdict {
  TlbLine line;
  std::string stale;  // why it says more than the tables do; "" when it does not
};

struct PteReport {
  std::optional<ProcessView> process;
  bool current = true;  // the address space that the processor uses now
  PageView page;
  std::string pde_letters, pte_letters, prototype_letters;  // of valid ones
  std::vector<TlbSet> sets;          // where an entry would be; of the current address space
  std::vector<TlbVerdict> cached;    // those that are there
  std::vector<std::string> history;  // who wrote the entries last; for whoever knows it to fill in
  std::vector<std::string> more;     // commands that tell more
};

/// Of the current address space, or of `process`.
PteReport report_pte(const NtSystem& system, u32 address,
                     const std::optional<ProcessView>& process = std::nullopt);

std::string to_text(const PteReport& report);
Json to_json(const PteReport& report, const arch::MemoryManagerData& mm);

}  // namespace faultline::nt
