// Lines of the guest and of the debugger on one standard output.
#include "app/monitor.hpp"

#include <fmt/format.h>

#include "app/output.hpp"

namespace faultline::app {

void Monitor::guest(u8 byte) {
  put_stdout(byte);
  mid_line_ = byte != '\n';
}

void Monitor::start_line() {
  if (mid_line_) put_stdout('\n');
  mid_line_ = false;
}

/// Lines of their own on standard output.
void Monitor::say(std::string_view text) {
  start_line();
  for (const char c : text) put_stdout(static_cast<u8>(c));
  put_stdout('\n');
  flush_stdout();
}

void Monitor::execute(DebugSession& session, std::string_view line, std::string_view place) {
  if (echo_) say(fmt::format("(faultline) {}", line));
  CommandResult result;
  try {
    result = execute_command(session, line);
  } catch (const CommandError& error) {
    ++failures_;
    if (echo_) return say(error.what());
    start_line();
    flush_stdout();
    fmt::print(stderr, "{}{}\n", place, error.what());
    return;
  }
  const std::string text = json_ && !result.data.is_null() ? result.data.dump() : result.text;
  if (!text.empty()) say(text);
}

void Monitor::finish() {
  start_line();
  flush_stdout();
}

}  // namespace faultline::app
