// Commands that set and clear breakpoints, watchpoints and catchpoints.
#include <fmt/format.h>

#include <array>

#include "debugger/command.hpp"
#include "debugger/expression.hpp"

namespace faultline {
namespace {

CommandResult added(DebugSession& session, Breakpoint breakpoint) {
  const Breakpoint& b = session.breakpoints().add(std::move(breakpoint));
  return {to_json(b), to_text(b)};
}

CommandResult break_at(DebugSession& session, Arguments& arguments, BreakKind kind) {
  const std::string said = arguments.word("an address");
  arguments.finish();
  return added(session, {.kind = kind, .said = said, .address = evaluate(session, said)});
}
CommandResult break_linear(DebugSession& session, Arguments& arguments) {
  return break_at(session, arguments, BreakKind::Linear);
}
CommandResult break_physical(DebugSession& session, Arguments& arguments) {
  return break_at(session, arguments, BreakKind::Physical);
}
CommandResult break_segment(DebugSession& session, Arguments& arguments) {
  const std::string said = arguments.word("SEG:OFF");
  arguments.finish();
  const auto colon = said.find(':');
  if (colon == said.npos) throw CommandError(fmt::format("'{}' has no ':'", said));
  return added(session, {.kind = BreakKind::SegmentOffset,
                         .said = "",
                         .selector = static_cast<u16>(evaluate(session, said.substr(0, colon))),
                         .address = evaluate(session, said.substr(colon + 1))});
}

/// [r|w|x] [u|k] [np|prot] [ADDR] in any order.
Breakpoint page_faults(Arguments& arguments) {
  Breakpoint b{.kind = BreakKind::PageFault, .said = "pf"};
  static constexpr std::array<std::string_view, 7> filters{"r", "w", "x", "u", "k", "np", "prot"};
  bool kinds[3] = {};
  while (!arguments.empty()) {
    const std::string said{arguments.peek()};
    const auto filter = std::find(filters.begin(), filters.end(), said) - filters.begin();
    if (filter < 3) kinds[filter] = true;
    if (filter == 3 || filter == 4) b.user = filter == 3;
    if (filter == 5 || filter == 6) b.present = filter == 6;
    if (filter == 7) {
      b.page = arguments.value("an address");
    } else {
      arguments.word("a filter");
    }
    b.said += ' ' + said;
  }
  if (kinds[0] || kinds[1] || kinds[2]) {
    b.read = kinds[0];
    b.write = kinds[1];
    b.execute = kinds[2];
  }
  return b;
}

CommandResult catch_event(DebugSession& session, Arguments& arguments) {
  static constexpr std::array<std::string_view, 2> kinds{"pf", "exc"};
  if (arguments.keyword("event", kinds) == 0) {
    return added(session, page_faults(arguments));
  }
  Breakpoint b{.kind = BreakKind::Exception, .said = "exc"};
  if (!arguments.empty()) {
    b.said += ' ' + std::string(arguments.peek());
    const u32 vector = arguments.value("a vector");
    if (vector > 0xFF) throw CommandError(fmt::format("{:X} is no vector", vector));
    b.vector = static_cast<u8>(vector);
  }
  arguments.finish();
  return added(session, b);
}

CommandResult list(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  CommandResult result{Json::array(), {}};
  for (const Breakpoint& b : session.breakpoints().all()) {
    result.data.push_back(to_json(b));
    result.text += (result.text.empty() ? "" : "\n") + to_text(b);
  }
  if (result.text.empty()) result.text = "no breakpoints";
  return result;
}

CommandResult clear(DebugSession& session, Arguments& arguments) {
  if (arguments.peek() == "*") {
    session.breakpoints().clear();
    return {};
  }
  const u64 number = arguments.count_of("breakpoint number");
  arguments.finish();
  if (!session.breakpoints().remove(static_cast<unsigned>(number)))
    throw CommandError(fmt::format("no breakpoint {}", number));
  return {};
}

constexpr Command commands[] = {
    {"b", "bp break", "ADDR", "Stop before the instruction there: a symbol or linear address",
     CommandGroup::Stop, break_linear},
    {"lb", "", "ADDR", "The same by linear address", CommandGroup::Stop, break_linear},
    {"pb", "", "PHYS", "The same by physical address", CommandGroup::Stop, break_physical},
    {"vb", "", "SEG:OFF", "The same by selector and offset", CommandGroup::Stop, break_segment},
    {"catch", "sx", "pf [r|w|x] [u|k] [np|prot] [ADDR] | exc [N]",
     "Stop when it happens, within the instruction", CommandGroup::Stop, catch_event},
    {"bl", "", "", "List what stops the machine", CommandGroup::Stop, list},
    {"bc", "delete", "N|*", "Clear one of them, or all", CommandGroup::Stop, clear},
};

}  // namespace

std::span<const Command> stop_commands() { return commands; }

}  // namespace faultline
