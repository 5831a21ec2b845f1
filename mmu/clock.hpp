// Machine time: one counter of CPU clocks, read by everyone, advanced by the CPU.
#pragma once

#include "tlb/vocabulary.hpp"  // brings arch:: into faultline::

namespace faultline {

/// In CPU clocks since reset. `horizon` is the next scheduled event, set by the scheduler;
/// `deadline` is what the CPU compares `now` with where an instruction may have changed either.
/// Whoever needs the CPU to look around at the next instruction boundary calls attention(); the CPU
/// then restores the deadline to the horizon. Inside a block of instructions `now` lacks the clocks
/// of those that have finished, at most `stride` (docs/architecture.md, "Time in blocks").
struct Clock {
  static constexpr u64 stride = 2048;

  u64 now = 0;
  u64 deadline = 0;
  u64 horizon = 0;
  u64 held = 0;  // the deadline that refetch() has put aside

  void attention() { deadline = held = 0; }
  /// The next instruction must be fetched anew; nothing else has changed.
  void refetch() {
    if (deadline == 0) return;
    held = deadline;
    deadline = 0;
  }
  void end_refetch() {
    deadline = held;
    held = 0;
  }
  /// Clocks spent where more of the block may follow.
  void advance(u64 clocks) {
    now += clocks;
    if (now + stride >= deadline) [[unlikely]]
      if (held == 0 || now + stride >= held) attention();
  }
  /// Whether advance() by so many would leave the deadline as it is.
  bool affords(u64 clocks) const { return now + clocks + stride < deadline; }
  /// The scheduler's: the earliest event is at `event`.
  void set_horizon(u64 event) {
    horizon = event;
    if (deadline > event) deadline = event;
    if (held > event) held = event;
  }
};

}  // namespace faultline
