// The invariants of the guest's memory manager. Each is one function; docs/kernel.md lists them.
#pragma once

#include <string>
#include <vector>

#include "debugger/vmm_snapshot.hpp"
#include "machine/machine.hpp"

namespace faultline {

/// One invariant that does not hold, and where.
struct VmmViolation {
  std::string invariant;  // its name, e.g. "share count"
  std::string process;    // empty: none in particular
  arch::u32 address = 0, pte = 0, frame = 0;
  std::string expected;  // what was expected, and what there is
};
std::string to_text(const VmmViolation& violation);

using VmmViolations = std::vector<VmmViolation>;

void check_page_lists(const VmmSnapshot& vmm, VmmViolations& found);
void check_valid_ptes(const VmmSnapshot& vmm, VmmViolations& found);
void check_share_counts(const VmmSnapshot& vmm, VmmViolations& found);
void check_transition_ptes(const VmmSnapshot& vmm, VmmViolations& found);
void check_page_tables(const VmmSnapshot& vmm, VmmViolations& found);
void check_kernel_half(const VmmSnapshot& vmm, VmmViolations& found);
void check_paging_files(const VmmSnapshot& vmm, VmmViolations& found);
void check_views(const VmmSnapshot& vmm, VmmViolations& found);
void check_regions(const VmmSnapshot& vmm, VmmViolations& found);
void check_protections(const VmmSnapshot& vmm, VmmViolations& found);
void check_working_sets(const VmmSnapshot& vmm, VmmViolations& found);
void check_translations(const VmmSnapshot& vmm, VmmViolations& found);
void check_commitment(const VmmSnapshot& vmm, VmmViolations& found);

/// All of them.
VmmViolations check_vmm(const VmmSnapshot& vmm);
/// Of a paused machine at a quiescent moment; `data_block` is KdDebuggerDataBlock's address.
VmmViolations check_vmm(const Machine& machine, arch::u32 data_block);

}  // namespace faultline
