// Checks between the slices of a run, without changing it.
#include "app/vmm_watch.hpp"

#include <utility>

namespace faultline::app {

VmmWatch::VmmWatch(Machine& machine, const std::vector<Module>& modules, Put put)
    : machine_(machine),
      period_(machine.context().model.clock_hz / 10),
      probe_(machine, modules.front().address_of("KdDebuggerDataBlock").value_or(0)),
      put_(std::move(put)) {}

void VmmWatch::look(u64 until) {
  if (machine_.clocks() < next_ || probe_.moment() == VmmMoment::NotUp) return;
  if (probe_.run_on(until - machine_.clocks()) != VmmProbe::Arrival::Quiescent) return;
  check();
  next_ = machine_.clocks() + period_;
}

void VmmWatch::finish() {
  if (probe_.moment() == VmmMoment::Quiescent) check();
}

void VmmWatch::check() { report_.add(machine_.clocks(), probe_.check(), put_); }

}  // namespace faultline::app
