// The host's terminal: raw mode with certain restoration, and signals as a flag.
#pragma once

namespace faultline::app {

/// Standard input in raw mode while it lives; put back by the destructor and by fatal signals.
class RawTerminal {
 public:
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
};

bool stdin_is_terminal();

/// Opens /dev/null where a standard stream is closed, lest the next file opened, perhaps the disk
/// image, takes its number and its output.
void fill_standard_streams();
/// From now on SIGINT, SIGTERM and SIGHUP set a flag, interrupt a blocking call until it is heeded,
/// and after some seconds end the process by themselves. SIGPIPE is an error of the write.
void catch_signals();
/// The signal that asked the process to end, or 0.
int pending_signal();

/// From now on SIGINT (Ctrl-C) asks for the debugger's prompt and not for the end.
void catch_interrupts();
/// Whether it came since the last call.
bool take_interrupt();

}  // namespace faultline::app
