// The whole check, of a snapshot and of a paused machine; the TLB against the page tables.
#include "debugger/vmm_check.hpp"

#include <fmt/format.h>

#include "debugger/machine_memory.hpp"

namespace faultline {
namespace {

using PageGeometry = arch::Geometry<Paging>;

void read_translations(const CpuContext& context, const GuestMemory& memory, VmmSnapshot& to) {
  context.mmu.tlb.for_each([&](const auto& tlb) {
    using Tlb = std::remove_cvref_t<decltype(tlb)>;
    for (unsigned set = 0; set < Tlb::sets; ++set) {
      for (unsigned way = 0; way < Tlb::ways; ++way) {
        const TlbEntry& entry = tlb.entry(set, way);
        if (!entry.valid) continue;
        TranslationView view{entry.page.value,
                             PageGeometry::page_of(entry.frame.value),
                             entry.dirty,
                             entry.user,
                             entry.writable,
                             0,
                             0};
        view.pde = memory.dword(PageGeometry::pde_address(view.page)).value_or(0);
        view.pte = memory.dword(PageGeometry::pte_address(view.page)).value_or(0);
        to.translations.push_back(view);
      }
    }
  });
}

}  // namespace

std::string to_text(const VmmViolation& violation) {
  return fmt::format("{}: {} address {:08X} PTE {:08X} frame {:X}: {}", violation.invariant,
                     violation.process.empty() ? "-" : violation.process, violation.address,
                     violation.pte, violation.frame, violation.expected);
}

/// The TLB may know less than the page tables, never more. D stands for a PTE that is dirty.
void check_translations(const VmmSnapshot& vmm, VmmViolations& found) {
  for (const TranslationView& cached : vmm.translations) {
    const arch::PageEntry pde = Paging::decode(cached.pde), pte = Paging::decode(cached.pte);
    const auto report = [&](const char* expected) {
      found.push_back({"TLB", {}, cached.page, cached.pte, cached.frame, expected});
    };
    if (!pde.present || !pte.present) {
      report("a valid TLB entry needs a valid PTE");
      continue;
    }
    if (pte.frame != cached.frame) report("the TLB's frame is not the PTE's");
    if (cached.user && !(pde.user && pte.user)) report("the TLB has U, the page tables have not");
    if (cached.writable && !(pde.writable && pte.writable)) {
      report("the TLB has W, the page tables have not");
    }
    if (cached.dirty && !pte.dirty) report("the TLB has D, the PTE has not");
  }
}

VmmViolations check_vmm(const VmmSnapshot& vmm) {
  VmmViolations found;
  check_page_lists(vmm, found);
  check_valid_ptes(vmm, found);
  check_share_counts(vmm, found);
  check_transition_ptes(vmm, found);
  check_page_tables(vmm, found);
  check_kernel_half(vmm, found);
  check_paging_files(vmm, found);
  check_views(vmm, found);
  check_regions(vmm, found);
  check_protections(vmm, found);
  check_working_sets(vmm, found);
  check_translations(vmm, found);
  check_commitment(vmm, found);
  return found;
}

VmmViolations check_vmm(const Machine& machine, arch::u32 data_block) {
  const MachineMemory memory(machine.context());
  auto snapshot = take_vmm_snapshot(memory, data_block);
  if (!snapshot) {
    return {{"structures", {}, data_block, 0, 0, "a list, tree or table leads out of memory"}};
  }
  read_translations(machine.context(), memory, *snapshot);
  return check_vmm(*snapshot);
}

}  // namespace faultline
