// Commands that go back in time.
#include <fmt/format.h>

#include <array>

#include "debugger/command.hpp"

namespace faultline {
namespace {

CommandResult reverse_go(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  return result_of(session.reverse_go());
}

CommandResult reverse_step(DebugSession& session, Arguments& arguments) {
  const u64 count = arguments.count_or(1);
  arguments.finish();
  return result_of(count == 0 ? session.last_stop() : session.reverse_step(count));
}

CommandResult reverse_step_over(DebugSession& session, Arguments& arguments) {
  u64 count = arguments.count_or(1);
  arguments.finish();
  StopReport report = session.last_stop();
  for (; count != 0; --count) report = session.reverse_step_over();
  return result_of(report);
}

CommandResult reverse_micro_step(DebugSession& session, Arguments& arguments) {
  const u64 count = arguments.count_or(1);
  arguments.finish();
  return result_of(session.reverse_micro_step(count));
}

CommandResult travel(DebugSession& session, Arguments& arguments) {
  const u64 clock = arguments.count_of("clock");
  arguments.finish();
  return result_of(session.travel_to_clock(clock));
}

CommandResult record(DebugSession& session, Arguments& arguments) {
  static constexpr std::array<std::string_view, 2> choices{"off", "on"};
  if (!arguments.empty()) session.record(arguments.keyword("choice", choices) == 1);
  arguments.finish();
  const Recording* recording = session.recording();
  if (recording == nullptr) return {{{"recording", false}}, "nothing is recorded"};
  return {{{"recording", true},
           {"first_instruction", recording->earliest()},
           {"last_instruction", recording->latest()},
           {"last_cycle", recording->latest_clock()},
           {"snapshots", recording->snapshots()},
           {"bytes", recording->bytes()}},
          fmt::format("recorded: instructions {} to {}, {} snapshot{}, {} KB",
                      recording->earliest(), recording->latest(), recording->snapshots(),
                      recording->snapshots() == 1 ? "" : "s", recording->bytes() / 1024)};
}

constexpr Command commands[] = {
    {"rc", "g-", "", "Back to what would have stopped the machine last", CommandGroup::Back,
     reverse_go},
    {"rs", "t- bs", "[COUNT]", "Back by so many instructions", CommandGroup::Back, reverse_step},
    {"rn", "p-", "[COUNT]", "The same, a call counts as one", CommandGroup::Back,
     reverse_step_over},
    {"rus", "us-", "[COUNT]", "Back by so many micro-steps", CommandGroup::Back,
     reverse_micro_step},
    {"!tt", "", "CYCLE", "To that clock, back or forward, past every breakpoint",
     CommandGroup::Back, travel},
    {"record", "", "[on|off]", "Keep what is needed to go back, from now on; or what there is",
     CommandGroup::Session, record},
};

}  // namespace

std::span<const Command> time_commands() { return commands; }

}  // namespace faultline
