// The memory manager's checks on a machine that runs: from any clock on to the next moment at which
// nobody is in the middle of a change, and there all of them.
#pragma once

#include <set>
#include <string>

#include "debugger/machine_memory.hpp"
#include "debugger/vmm_check.hpp"
#include "debugger/vmm_moment.hpp"

namespace faultline {

class VmmProbe {
 public:
  /// `data_block` is KdDebuggerDataBlock's address. The machine outlives the probe.
  VmmProbe(Machine& machine, arch::u32 data_block)
      : machine_(machine), memory_(machine.context()), data_block_(data_block) {}

  VmmMoment moment();

  enum class Arrival : arch::u8 {
    Quiescent,
    Ended,  // the run ended first
    Late,   // not within the time
  };
  /// Runs on, `most` clocks at most, until no thread holds the PFN lock or a lock of an
  /// address space.
  Arrival run_on(arch::u64 most);
  /// The clocks that run_on took at most.
  arch::u64 longest_run_on() const { return longest_; }

  /// What does not hold now and was not told before; the moment is a quiescent one.
  VmmViolations check();
  /// run_on, then check. That there is no such moment for `most` clocks is a violation, too,
  /// "quiescence". Nothing when the run ended first.
  std::optional<VmmViolations> check_next(arch::u64 most);
  /// Waits for a minute of emulated time.
  std::optional<VmmViolations> check_next();

  unsigned checks() const { return checks_; }
  /// Of all checks so far.
  std::size_t violations() const { return told_.size(); }

 private:
  VmmViolations news(VmmViolations found);

  Machine& machine_;
  MachineMemory memory_;
  arch::u32 data_block_;
  std::optional<arch::DebuggerData> data_;  // once it is there
  arch::u64 longest_ = 0;
  unsigned checks_ = 0;
  std::set<std::string> told_;
};

}  // namespace faultline
