// Checks between the slices of a run, without changing it.
#include "app/vmm_watch.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "app/exit_code.hpp"

namespace faultline::app {

VmmWatch::VmmWatch(Machine& machine, const std::vector<Module>& modules)
    : machine_(machine),
      period_(machine.context().model.clock_hz / 10),
      probe_(machine, modules.front().address_of("KdDebuggerDataBlock").value_or(0)) {}

void VmmWatch::look(u64 until) {
  if (machine_.clocks() < next_ || probe_.moment() == VmmMoment::NotUp) return;
  if (probe_.run_on(until - machine_.clocks()) != VmmProbe::Arrival::Quiescent) return;
  check();
  next_ = machine_.clocks() + period_;
}

int VmmWatch::finish(int status) {
  if (probe_.moment() == VmmMoment::Quiescent) check();
  fmt::print(stderr, "check-vmm: {} points checked, {} violations\n", probe_.checks(),
             probe_.violations());
  return probe_.violations() == 0 ? status : vmm_inconsistent;
}

void VmmWatch::check() {
  report_.add(machine_.clocks(), probe_.check(),
              [](const std::string& line) { std::fputs(line.c_str(), stderr); });
}

}  // namespace faultline::app
