// Commands that run the machine forward.
#include "debugger/command.hpp"

namespace faultline {
namespace {

CommandResult go(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  return result_of(session.go());
}

CommandResult step(DebugSession& session, Arguments& arguments) {
  const u64 count = arguments.count_or(1);
  arguments.finish();
  return result_of(session.step(count));
}

CommandResult step_over(DebugSession& session, Arguments& arguments) {
  u64 count = arguments.count_or(1);
  arguments.finish();
  StopReport report = session.last_stop();
  for (; count != 0; --count) {
    report = session.step_over();
    if (report.reason != StopReason::Step && report.reason != StopReason::Arrived) break;
  }
  return result_of(report);
}

CommandResult finish(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  return result_of(session.finish());
}

CommandResult micro_step(DebugSession& session, Arguments& arguments) {
  const u64 count = arguments.count_or(1);
  arguments.finish();
  return result_of(session.micro_step(count));
}

CommandResult run_until(DebugSession& session, Arguments& arguments) {
  const u64 clock = arguments.count_of("clock");
  arguments.finish();
  if (clock < session.position().clock)
    throw CommandError("that clock has passed; `!tt` goes back");
  return result_of(session.run_to_clock(clock));
}

constexpr Command commands[] = {
    {"c", "g continue", "", "Run on until something stops it", CommandGroup::Run, go},
    {"s", "t si stepi", "[COUNT]", "Execute so many instructions", CommandGroup::Run, step},
    {"n", "p ni nexti", "[COUNT]", "The same, a call or a repetition counts as one",
     CommandGroup::Run, step_over},
    {"finish", "gu", "", "Run until the function or the interrupt handler returns",
     CommandGroup::Run, finish},
    {"us", "ustep", "[COUNT]", "So many micro-steps: stops inside an instruction",
     CommandGroup::Run, micro_step},
    {"until", "", "CYCLE", "Run until the clock has come so far", CommandGroup::Run, run_until},
};

}  // namespace

std::span<const Command> run_commands() { return commands; }

}  // namespace faultline
