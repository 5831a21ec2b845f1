// Slices of 10 ms of emulated time. All decisions but a live terminal's follow from the emulated
// clock, so that a run repeats itself exactly.
#include "app/session.hpp"

#include "app/attendant.hpp"
#include "app/terminal.hpp"

namespace faultline::app {
namespace {

constexpr unsigned idle_before_typing = slices_a_second / 4;
constexpr unsigned idle_before_giving_up = slices_a_second * 60;

RunResult stopped(RunResult result, EndReason reason, const char* text) {
  result.reason = reason;
  result.text = text;
  return result;
}

}  // namespace

std::optional<RunResult> Attendant::after_slice(const RunResult& result) {
  const bool reader_gone = !flush_();
  if (reader_gone || input_.quit() || pending_signal() != 0) {
    return stopped(result, EndReason::Requested, "stopped from outside");
  }
  idle_slices_ = meter_.slice(machine_, result) ? idle_slices_ + 1 : 0;
  std::string typed = input_.poll(input_.live() && idle_slices_ > 0 ? 1000 / slices_a_second : 0);
  if (typed.empty() && idle_slices_ >= idle_before_typing && machine_.board().com1.input_sent() &&
      !input_.ended()) {
    typed = input_.when_idle();
  }
  if (!typed.empty()) {
    machine_.serial_input(typed);
    idle_slices_ = 0;
  }
  if (input_.live() || idle_slices_ < idle_before_giving_up) return std::nullopt;
  idle_slices_ = 0;
  return stopped(result, EndReason::HaltedForever,
                 "the guest waits for input, and there is no more");
}

RunResult run_session(Machine& machine, SerialInput& input, const std::function<bool()>& flush,
                      const std::function<void(u64)>& look) {
  const u64 slice = machine.context().model.clock_hz / slices_a_second;
  Attendant attendant(machine, input, flush);
  for (;;) {
    const u64 until = machine.clocks() + slice;
    if (look && pending_signal() == 0) look(until);
    const u64 now = machine.clocks();
    const RunResult result =
        machine.run_for(pending_signal() == 0 && now < until ? until - now : 0);
    if (result.ended()) {
      attendant.flush();
      return result;
    }
    if (const auto end = attendant.after_slice(result)) return *end;
  }
}

}  // namespace faultline::app
