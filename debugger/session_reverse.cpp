// Run control backwards: the machine is put into its recorded past and runs forward again, to what
// it would have stopped at last, or to so many boundaries before.
#include <algorithm>

#include "debugger/session_watcher.hpp"

namespace faultline {

/// The person does not want to wait for the end of a search.
struct DebugSession::GivenUp {};

/// All that goes back: one that is given up leaves the machine where it was.
StopReport DebugSession::backwards(const std::function<void()>& search) {
  past();
  const Moment origin = moment();
  try {
    search();
    return stop_;
  } catch (const GivenUp&) {
  }
  try {
    travel(origin);
  } catch (const GivenUp&) {  // nor that: it stays here
  }
  if (ended()) return stop_;
  stop_.reason = StopReason::Interrupted;
  stop_.what = "interrupted";
  return stop_;
}

void DebugSession::again(const Plan& plan) {
  if (resume(plan).reason == StopReason::Interrupted) throw GivenUp();
}

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
    return {machine_.clocks(), state().instructions, linear_eip(), ended() ? ~u32{0} : 0,
            by_clock_ && !ended()};
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
  settle();
  ++journeys_;
  machine_.observe(nullptr);
  watched_ = by_clock_ = false;
}

/// Loads an earlier place from which there are at least so many boundaries to the moment, or the
/// beginning; how many there are is counted. The place is the answer.
u64 DebugSession::boundaries_back(const Moment& from, u64 at_least, u64& counted) {
  const u64 earliest = past().earliest();
  for (u64 distance = std::max<u64>(64, 2 * at_least);; distance *= 8) {
    const u64 start = from.instructions - std::min(distance, from.instructions - earliest);
    load(start);
    again({.quiet = true, .search = true, .until = from});
    counted = watcher_->boundaries();
    if (counted >= at_least || start == earliest) return start;
  }
}

void DebugSession::step_back(const Moment& from, u64 instructions) {
  u64 counted = 0;
  const u64 start = boundaries_back(from, instructions, counted);
  load(start);
  if (counted < instructions) {
    arrived("the beginning of the recording");
  } else if (counted > instructions) {
    again({.steps = counted - instructions, .quiet = true});
  } else {
    stop_.reason = StopReason::Step;
  }
}

void DebugSession::travel(const Moment& moment) {
  if (moment.by_clock) return travel_by_clock(moment.clock);
  Moment boundary = moment;
  boundary.micro = 0;
  u64 counted = 0;
  load(boundaries_back(moment, 1, counted));
  again({.quiet = true, .search = true, .until = boundary});
  if (moment.micro != 0) again({.micro = moment.micro, .quiet = true});
}

void DebugSession::micro_step_back(const Moment& now) {
  Moment target = now;
  if (now.micro != 0 && now.micro != ~u32{0}) {
    --target.micro;
  } else {  // behind the last step of the instruction before
    step_back(now, 1);
    target = moment();
    if (target.clock == now.clock && target.linear == now.linear && now.micro == 0) return;
    again({.micro = ~u64{0}, .quiet = true, .search = true, .until = now});
    target.micro = ended() ? watcher_->micro_steps_made() : watcher_->micro_steps_before();
  }
  travel(target);
}

/// Part by part from the latest: each is run once to count what would have stopped it, and, if
/// there was something, once more up to the last of them.
void DebugSession::search_back(const Moment& from, Plan plan) {
  Recording& recording = past();
  plan.search = true;
  plan.until = from;
  u64 bound = from.instructions + 1;
  while (const auto start = recording.snapshot_before(bound)) {
    load(*start);
    const Moment begin = moment();
    plan.hit = 0;
    again(plan);
    if (plan.hit = watcher_->hits(); plan.hit != 0) {
      load(*start);
      return again(plan);
    }
    if (begin.clock < plan.until.clock) {
      plan.until = begin;
      plan.part = true;
    }
    bound = *start;
  }
  load(recording.earliest());
  arrived("the beginning of the recording");
}

/// Nobody watched: the last instruction once more.
void DebugSession::explain_shutdown() {
  load(std::max(recording_->earliest() + 1, state().instructions) - 1);
  resume({.quiet = true, .search = true, .until = {~u64{0}, ~u64{0}, 0, 0}});
}

StopReport DebugSession::reverse_go() {
  const Moment from = moment();
  return backwards([&] { search_back(from, {}); });
}

StopReport DebugSession::reverse_step(u64 instructions) {
  const Moment from = moment();
  return backwards([&] { step_back(from, instructions); });
}

StopReport DebugSession::reverse_step_over() {
  const Moment from = moment();
  return backwards([&] {
    step_back(from, 1);
    const bool returns =
        stop_.instruction.starts_with("ret") || stop_.instruction.starts_with("iret");
    if (from.micro != 0 || !returns) return;
    search_back(from, {.call_before = from});
    if (stop_.reason != StopReason::Arrived) stop_.reason = StopReason::Step;
  });
}

StopReport DebugSession::reverse_micro_step(u64 count) {
  Moment from = moment();
  return backwards([&] {
    for (; count != 0; --count) {
      micro_step_back(from);
      from = moment();
    }
  });
}

void DebugSession::travel_by_clock(u64 clock) {
  set_out();
  if (!past().go_to_clock(clock)) throw SessionError("the recording does not reach there");
  arrived();
  by_clock_ = true;
}

StopReport DebugSession::travel_to(const Moment& moment) {
  return backwards([&] { travel(moment); });
}

StopReport DebugSession::travel_to_clock(u64 clock) {
  settle();
  if (clock >= machine_.clocks() && !ended()) return run({.clock = clock, .quiet = true});
  travel_by_clock(clock);
  return stop_;
}

}  // namespace faultline
