// faultline run --check-vmm: the memory manager's invariants while the program runs, and at its
// end.
#pragma once

#include "app/vmm_report.hpp"
#include "debugger/symbols.hpp"
#include "debugger/vmm_probe.hpp"

namespace faultline::app {

/// Checks ten times a second of emulated time, and at the end. Violations go to standard error.
class VmmWatch {
 public:
  /// The first module is the kernel.
  VmmWatch(Machine& machine, const std::vector<Module>& modules);

  /// Before a slice that ends at the clock `until`: its part up to the next quiescent moment, and
  /// the check there.
  void look(u64 until);
  /// The run has ended. Returns the process's exit status, `status` if all was well.
  int finish(int status);

 private:
  void check();

  Machine& machine_;
  u64 period_, next_ = 0;
  VmmProbe probe_;
  VmmReport report_{false};
};

}  // namespace faultline::app
