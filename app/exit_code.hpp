// Exit statuses of the faultline command, and the errors that lead to the first of them.
#pragma once

#include <stdexcept>

namespace faultline::app {

/// A guest that ends by itself gives its own: the low 8 bits of its exit code.
enum ExitCode : int {
  success = 0,
  usage_error = 64,  // an option or argument is wrong
  snapshot_refused = 65,  // a snapshot is damaged, foreign, or of another machine
  input_error = 66,  // a file is missing, unreadable, malformed, or cannot be opened for writing
  internal_error = 70,
  output_error = 74,  // standard output or a file could not be written to the end
  guest_bugcheck = 80,
  triple_fault = 81,
  halted_for_ever = 82,
  cycle_limit = 83,
  expectation_not_met = 84,
  vmm_inconsistent = 86,  // check-vmm found an invariant that does not hold
  tests_failed = 87,           // conform: a test failed
  program_ended_wrongly = 88,  // conform: no whole report, or not the exit code that goes with it
  interrupted = 130,  // SIGINT, Ctrl-A x, or the window was closed
};

/// Each is reported as one line that names the thing.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct OutputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace faultline::app
