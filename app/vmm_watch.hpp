// --check-vmm of `run` and `conform`: the memory manager's invariants while the program runs, and
// at its end.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/vmm_report.hpp"
#include "debugger/symbols.hpp"
#include "debugger/vmm_probe.hpp"

namespace faultline::app {

/// Checks ten times a second of emulated time, and at the end.
class VmmWatch {
 public:
  /// Violations, a line each with its newline.
  using Put = std::function<void(const std::string&)>;

  /// The first module is the kernel.
  VmmWatch(Machine& machine, const std::vector<Module>& modules, Put put);

  /// Before a slice that ends at the clock `until`: its part up to the next quiescent moment, and
  /// the check there.
  void look(u64 until);
  /// The run has ended.
  void finish();
  unsigned checks() const { return probe_.checks(); }
  std::size_t violations() const { return probe_.violations(); }

 private:
  void check();

  Machine& machine_;
  u64 period_, next_ = 0;
  VmmProbe probe_;
  VmmReport report_{false};
  Put put_;
};

}  // namespace faultline::app
