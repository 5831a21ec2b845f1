// Slices of 10 ms of emulated time. All decisions but a live terminal's follow from the emulated
// clock, so that a run repeats itself exactly.
#include "app/session.hpp"

#include "app/idle_meter.hpp"
#include "app/terminal.hpp"

namespace faultline::app {
namespace {

constexpr unsigned slices_a_second = 100;
constexpr unsigned idle_before_typing = slices_a_second / 4;
constexpr unsigned idle_before_giving_up = slices_a_second * 60;

RunResult ended(RunResult result, EndReason reason, const char* text) {
  result.reason = reason;
  result.text = text;
  return result;
}

}  // namespace

RunResult run_session(Machine& machine, SerialInput& input, const std::function<bool()>& flush,
                      const std::function<void(u64)>& look) {
  const u64 slice = machine.context().model.clock_hz / slices_a_second;
  IdleMeter meter;
  unsigned idle_slices = 0;
  for (;;) {
    const u64 until = machine.clocks() + slice;
    if (look && pending_signal() == 0) look(until);
    const u64 now = machine.clocks();
    const RunResult result =
        machine.run_for(pending_signal() == 0 && now < until ? until - now : 0);
    const bool reader_gone = !flush();
    if (result.ended()) return result;
    if (reader_gone || input.quit() || pending_signal() != 0) {
      return ended(result, EndReason::Requested, "stopped from outside");
    }
    idle_slices = meter.slice(machine, result) ? idle_slices + 1 : 0;
    std::string typed = input.poll(input.live() && idle_slices > 0 ? 1000 / slices_a_second : 0);
    if (typed.empty() && idle_slices >= idle_before_typing && machine.board().com1.input_sent() &&
        !input.ended()) {
      typed = input.when_idle();
    }
    if (!typed.empty()) {
      machine.serial_input(typed);
      idle_slices = 0;
    }
    if (!input.live() && idle_slices >= idle_before_giving_up) {
      return ended(result, EndReason::HaltedForever,
                   "the guest waits for input, and there is no more");
    }
  }
}

}  // namespace faultline::app
