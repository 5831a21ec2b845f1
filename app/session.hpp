// The run of a machine without a window: slices of emulated time, and input between them.
#pragma once

#include <functional>

#include "app/serial_input.hpp"
#include "machine/machine.hpp"

namespace faultline::app {

/// Runs to an end, to a signal or to the person's wish (EndReason::Requested). `flush` is called
/// after each slice; false from it ends the run too. `look`, if any, is called before each slice
/// and may run the machine on, up to the clock it is given; the run stays the same.
RunResult run_session(Machine& machine, SerialInput& input, const std::function<bool()>& flush,
                      const std::function<void(u64)>& look = {});

}  // namespace faultline::app
