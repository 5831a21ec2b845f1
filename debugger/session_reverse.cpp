// Run control backwards: the machine is put into its recorded past and runs forward again, to what
// it would have stopped at last, or to so many boundaries before.
#include <algorithm>

#include "debugger/session_watcher.hpp"

namespace faultline {

void DebugSession::record(bool on, Recording::Options options) {
  settle();
  if (on == (recording_ != nullptr)) return;
  recording_ = on ? std::make_unique<Recording>(machine_, options) : nullptr;
}

Recording& DebugSession::past() {
  if (!recording_) throw SessionError("nothing is recorded; `record on` begins");
  return *recording_;
}

Moment DebugSession::moment() const {
  // Behind the end there is no boundary: it is within the last instruction, after all its steps.
  if (!inside())
    return {machine_.clocks(), state().instructions, linear_eip(), ended() ? ~u32{0} : 0};
  Moment now = watcher_->boundary();
  now.micro = watcher_->micro_steps_made();
  return now;
}

StopReport DebugSession::arrived(std::string what) {
  stop_ = {.reason = StopReason::Arrived, .what = std::move(what)};
  complete(stop_);
  return stop_;
}

/// The machine as it was there, at rest and watched by nobody.
void DebugSession::load(u64 instructions) {
  set_out();
  if (!past().go_to(instructions)) throw SessionError("the recording does not reach there");
  arrived();
}

void DebugSession::set_out() {
  past();
  ++journeys_;
  machine_.observe(nullptr);
  watched_ = false;
}

/// Loads an earlier place from which there are at least so many boundaries to the moment, or the
/// beginning; how many there are is counted. The place is the answer.
u64 DebugSession::boundaries_back(const Moment& from, u64 at_least, u64& counted) {
  const u64 earliest = past().earliest();
  for (u64 distance = std::max<u64>(64, 2 * at_least);; distance *= 8) {
    const u64 start = from.instructions - std::min(distance, from.instructions - earliest);
    load(start);
    resume({.quiet = true, .search = true, .until = from});
    counted = watcher_->boundaries();
    if (counted >= at_least || start == earliest) return start;
  }
}

StopReport DebugSession::reverse_step(u64 instructions) {
  past();
  const Moment from = moment();
  settle();
  u64 counted = 0;
  const u64 start = boundaries_back(from, instructions, counted);
  load(start);
  if (counted < instructions) return arrived("the beginning of the recording");
  if (counted > instructions) return resume({.steps = counted - instructions, .quiet = true});
  stop_.reason = StopReason::Step;
  return stop_;
}

StopReport DebugSession::travel_to(const Moment& moment) {
  past();
  settle();
  u64 counted = 0;
  const u64 start = boundaries_back(moment, 1, counted);
  load(start);
  resume(
      {.quiet = true, .search = true, .until = {moment.clock, moment.instructions, moment.linear}});
  return moment.micro == 0 ? stop_ : resume({.micro = moment.micro, .quiet = true});
}

StopReport DebugSession::reverse_micro_step(u64 count) {
  past();
  for (; count != 0; --count) {
    const Moment now = moment();
    Moment target = now;
    if (now.micro != 0 && !ended()) {
      --target.micro;
    } else {  // behind the last step of the instruction before
      reverse_step();
      target = moment();
      if (target.clock == now.clock && target.linear == now.linear) break;  // the beginning
      resume({.micro = ~u64{0}, .quiet = true, .search = true, .until = now});
      target.micro = ended() ? watcher_->micro_steps_made() : watcher_->micro_steps_before();
    }
    travel_to(target);
  }
  return stop_;
}

/// Part by part from the latest: each is run once to count what would have stopped it, and, if
/// there was something, once more up to the last of them.
StopReport DebugSession::search_back(Plan plan, StopReason found) {
  Recording& recording = past();
  plan.search = true;
  plan.until = moment();
  settle();
  u64 bound = plan.until.instructions + 1;
  while (const auto start = recording.snapshot_before(bound)) {
    load(*start);
    const Moment begin = moment();
    plan.hit = 0;
    resume(plan);
    if (plan.hit = watcher_->hits(); plan.hit != 0) {
      load(*start);
      resume(plan);
      if (found != StopReason::None) stop_.reason = found;
      return stop_;
    }
    if (begin.clock < plan.until.clock) {
      plan.until = begin;
      plan.part = true;
    }
    bound = *start;
  }
  load(recording.earliest());
  return arrived("the beginning of the recording");
}

/// Nobody watched: the last instruction once more.
void DebugSession::explain_shutdown() {
  load(std::max(recording_->earliest() + 1, state().instructions) - 1);
  resume({.quiet = true, .search = true, .until = {~u64{0}, ~u64{0}, 0, 0}});
}

StopReport DebugSession::reverse_go() { return search_back({}, StopReason::None); }

StopReport DebugSession::reverse_step_over() {
  past();
  const Moment from = moment();
  if (from.micro != 0) return reverse_step();
  const StopReport before = reverse_step();
  if (!before.instruction.starts_with("ret") && !before.instruction.starts_with("iret"))
    return before;
  travel_to(from);
  return search_back({.call_before = from}, StopReason::Step);
}

StopReport DebugSession::travel_to_clock(u64 clock) {
  settle();
  if (clock >= machine_.clocks() && !ended()) return run({.clock = clock, .quiet = true});
  set_out();
  if (!past().go_to_clock(clock)) throw SessionError("the recording does not reach there");
  return arrived();
}

}  // namespace faultline
