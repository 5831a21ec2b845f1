// Run control of a machine under debug.
#include "debugger/session.hpp"

#include <algorithm>

#include "cpu/decode/decoder.hpp"
#include "debugger/explain/fault_recorder.hpp"
#include "debugger/session_watcher.hpp"

namespace faultline {

DebugSession::DebugSession(Machine& machine, DebugHost& host, std::vector<Module> modules)
    : machine_(machine),
      host_(host),
      memory_(machine.context()),
      symbols_(memory_, std::move(modules)),
      watcher_(std::make_unique<Watcher>(*this)) {
  part<FaultRecorder>();  // notes faults from the first watched run on
  complete(stop_);
}

DebugSession::~DebugSession() {
  breakpoints_.clear();
  listeners_.clear();
  demanding_.clear();
  try {
    settle();
    machine_.observe(nullptr);
  } catch (const std::exception&) {  // a port log that cannot be written: nobody is left to be told
  }
}

Position DebugSession::position() const {
  return {machine_.clocks(), state().instructions, inside() ? watcher_->micro_steps_made() : 0};
}

StopReport DebugSession::go() { return run({}); }
StopReport DebugSession::step(u64 instructions) {
  return instructions == 0 ? stop_ : run({.steps = instructions});
}
StopReport DebugSession::micro_step(u64 count) {
  return count == 0 ? stop_ : run({.micro = count});
}
StopReport DebugSession::finish() { return inside() ? step_over() : run({.finish = true}); }
StopReport DebugSession::run_to_clock(u64 clock) { return run({.clock = clock}); }

StopReport DebugSession::step_over() {
  const u32 esp = state().general[ESP];
  if (inside()) return run({.linear = linear_eip(), .esp = esp, .delivery = true});
  constexpr u32 most_popped = 0x100;  // by the callee: its arguments
  const Disassembled here = disassemble_at(*this, linear_eip());
  if (!here.calls) return step();
  return run({.linear = linear_eip() + static_cast<u32>(here.bytes.size()),
              .esp = esp,
              .slack = most_popped});
}

void DebugSession::settle() {
  if (inside()) run({.settle = true});
}

void DebugSession::type(std::string_view text) {
  settle();
  part<FaultRecorder>().forget_future();
  if (recording_) {
    recording_->serial_input(std::string(text));
  } else {
    machine_.serial_input(text);
  }
}

StopReport DebugSession::run(const Plan& plan) {
  if (ended())
    throw SessionError("the machine has stopped for good: " + stop_.end.text +
                       (recording_ ? " (`rs`, `rc` and `!tt` go back)" : ""));
  resume(plan);
  if (ended() && stop_.end.reason == EndReason::TripleFault && stop_.shutdown.empty() && recording_)
    explain_shutdown();
  return stop_;
}

StopReport DebugSession::resume(const Plan& plan) {
  plan_ = plan;
  by_clock_ = false;
  stopping_.reset();
  interrupted_ = false;
  watcher_->begin(inside());
  if (inside()) {
    turns_.resume();
  } else {
    turns_.start([this] { work(); });
  }
  stop_ = std::move(*stopping_);
  complete(stop_);
  return stop_;
}

RunResult DebugSession::run_machine(u64 clocks) {
  return recording_ ? recording_->run_for(clocks) : machine_.run_for(clocks);
}

/// On the machine's side: slices, until something has stopped it.
void DebugSession::work() {
  constexpr unsigned slices_a_second = 100;
  const u64 slice = context().model.clock_hz / slices_a_second;
  for (;;) {
    choose_engine();
    const u64 now = machine_.clocks();
    if (now >= plan_.clock) return stop(StopReason::Arrived);
    const RunResult result = run_machine(std::min(slice, plan_.clock - now));
    if (result.ended() && result.reason != EndReason::Requested) {
      stop(StopReason::Ended, result.text);
      stopping_->end = result;
      if (result.reason == EndReason::TripleFault) watcher_->shut_down(*stopping_);
      return;
    }
    if (stopping_) return;
    if (result.reason == EndReason::Requested) continue;  // the engine is to be another
    if (interrupted_.exchange(false)) return stop(StopReason::Interrupted, "interrupted");
    const StopReason reason = host_.after_slice(result);
    if (reason == StopReason::None || (plan_.search && reason == StopReason::Waiting)) continue;
    return stop(reason, reason == StopReason::Waiting
                            ? "the guest waits for input (`type` gives it some)"
                            : "interrupted");
  }
}

bool DebugSession::needs_watch() const {
  return plan_.needs_watch() || breakpoints_.any_enabled() || !demanding_.empty();
}

void DebugSession::choose_engine() {
  if (watched_ == needs_watch()) return;
  watched_ = !watched_;
  machine_.observe(watched_ ? watcher_.get() : nullptr);
}

void DebugSession::stop(StopReason reason, std::string what) {
  by_clock_ = true;
  stopping_ = StopReport{.reason = reason, .what = std::move(what)};
}

void DebugSession::complete(StopReport& report) {
  report.position = position();
  report.cs = state().segment[CS].selector;
  report.eip = state().eip;
  report.linear = linear_eip();
  report.cpl = state().cpl();
  report.symbol = symbols_.describe(report.linear);
  report.instruction = disassemble_at(*this, report.linear).text;
}

void DebugSession::listen(Observation& listener) {
  listeners_.push_back(&listener);
  demanding_.push_back(&listener);
}
void DebugSession::unlisten(Observation& listener) {
  std::erase(listeners_, &listener);
  std::erase(demanding_, &listener);
}

bool DebugSession::tells_micro_steps() const { return watched_ && watcher_->micro_steps; }

Disassembled disassemble_at(const DebugSession& session, u32 linear, std::optional<bool> big) {
  const State& s = session.state();
  Disassembled result{.linear = linear};
  u8 bytes[max_instruction_length];
  u32 there = 0;
  while (there < max_instruction_length &&
         session.memory().read(linear + there, {bytes + there, 1}))
    ++there;
  if (there == 0) {
    result.text = "??";
    return result;
  }
  const bool protected_mode =
      (session.context().mmu.registers.cr0 & cr0::PE) != 0 && (s.flags.value() & eflags::VM) == 0;
  Instruction insn;
  const DecodeStatus status =
      decode({bytes, there}, {big.value_or(s.segment[CS].big), protected_mode},
             session.context().model, insn);
  if (status != DecodeStatus::Ok) {
    result.bytes.assign(bytes, bytes + 1);
    result.text = status == DecodeStatus::NeedMore ? "??" : "(bad)";
    return result;
  }
  result.bytes.assign(bytes, bytes + insn.length);
  result.text = disassemble(insn, linear - s.segment[CS].base);
  const Mnemonic m = insn.form().mnemonic;
  result.calls = m == Mnemonic::CALL || m == Mnemonic::CALLF || m == Mnemonic::INT ||
                 m == Mnemonic::INT3 || m == Mnemonic::INTO || m == Mnemonic::LOOP ||
                 m == Mnemonic::LOOPE || m == Mnemonic::LOOPNE || m == Mnemonic::HLT ||
                 insn.repeat != RepeatPrefix::None;
  return result;
}

}  // namespace faultline
