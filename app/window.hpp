// The machine in a window: its screen, its keyboard, and real time.
#pragma once

#include <functional>

#include "app/serial_input.hpp"
#include "machine/machine.hpp"

namespace faultline::app {

/// Runs the machine at the pace of real time until it ends, a signal comes or the window is closed
/// (EndReason::Requested). After any other end than the guest's own exit the last screen stays
/// until the window is closed. `flush` is called after each frame; false from it ends the run.
/// Throws std::runtime_error when no window can be had.
RunResult run_window(Machine& machine, SerialInput& input, const std::function<bool()>& flush);

}  // namespace faultline::app
