#include "app/conversation.hpp"

#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <iostream>

#include "app/console.hpp"
#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/line_editor.hpp"
#include "app/output.hpp"
#include "app/terminal.hpp"

namespace faultline::app {

StopReason MonitorHost::after_slice(const RunResult& result) {
  flush_stdout();
  if (pending_signal() != 0 || take_interrupt()) return StopReason::Interrupted;
  constexpr unsigned patience = 60 * 100;  // slices
  idle_ = meter_.slice(machine_, result) ? idle_ + 1 : 0;
  if (idle_ < patience) return StopReason::None;
  idle_ = 0;
  return StopReason::Waiting;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw InputError(fmt::format("{}: {}", path, std::strerror(errno)));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

void converse(DebugSession& session, Monitor& monitor) {
  catch_interrupts();
  LineEditor editor("(faultline) ",
                    [&](const std::string& line) { return complete_command(session, line); });
  std::string last;
  while (!session.quit && pending_signal() == 0) {
    monitor.finish();
    std::optional<std::string> line = editor.read();
    if (!line) return;
    if (line->empty()) line = last;
    monitor.execute(session, *line);
    last = repeats(*line) ? *line : "";
  }
}

void read_commands(DebugSession& session, Monitor& monitor) {
  for (std::string line; !session.quit && pending_signal() == 0 && std::getline(std::cin, line);)
    monitor.execute(session, line);
}

}  // namespace faultline::app
