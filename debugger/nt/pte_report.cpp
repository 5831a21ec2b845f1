// Puts the facts about a page together.
#include "debugger/nt/pte_report.hpp"

#include <fmt/format.h>

namespace faultline::nt {

namespace {

/// The TLB may know less than the tables, never more. D stands for a PTE that is dirty.
std::string why_stale(const TlbLine& line, const PageView& page) {
  if (page.pde.state != PteState::Valid) return "the PDE is not valid";
  if (page.pte.state != PteState::Valid) return "the PTE is not valid";
  const arch::PageEntry pde = arch::Paging::decode(page.pde.value);
  const arch::PageEntry pte = arch::Paging::decode(page.pte.value);
  if (line.frame != pte.frame) return fmt::format("the PTE has frame {:X}", pte.frame);
  if (line.user && !(pde.user && pte.user)) return "the tables keep user mode out";
  if (line.writable && !(pde.writable && pte.writable)) return "the tables forbid stores";
  if (line.dirty && !pte.dirty) return "the PTE is not dirty";
  return {};
}

}  // namespace

PteReport report_pte(const NtSystem& system, u32 address,
                     const std::optional<ProcessView>& process) {
  PteReport report;
  report.process = process ? process : system.current_process();
  const SpaceMemory space = process ? system.space(*process) : system.space();
  report.current = system.is_current(space);
  report.page = look_up_page(system, space, report.process, address);
  const auto letters_of = [&](const PteEntry& entry) {
    return entry.state == PteState::Valid ? letters(system.mm(), entry.value) : std::string();
  };
  report.pde_letters = letters_of(report.page.pde);
  report.pte_letters = letters_of(report.page.pte);
  if (report.page.prototype) report.prototype_letters = letters_of(*report.page.prototype);
  if (report.current) {
    report.sets = system.tlb(address);
    for (const TlbSet& set : report.sets) {
      for (const TlbLine& line : set.lines) {
        report.cached.push_back({line, why_stale(line, report.page)});
      }
    }
  }
  if (report.page.vad) report.more.push_back(fmt::format("!vad {:x}", address));
  if (report.page.frame) report.more.push_back(fmt::format("!pfn {:x}", report.page.frame_number));
  report.more.push_back(fmt::format("!address {:x}", address));
  return report;
}

}  // namespace faultline::nt
