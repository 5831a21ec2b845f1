// Machine time: one counter of CPU clocks, read by everyone, advanced by the CPU.
#pragma once

#include "tlb/vocabulary.hpp"  // brings arch:: into faultline::

namespace faultline {

/// In CPU clocks since reset. `horizon` is the next scheduled event, set by the scheduler;
/// `deadline` is what the CPU compares `now` with after every instruction. Whoever needs the CPU to
/// look around at the next instruction boundary calls attention(); the CPU then restores the
/// deadline to the horizon.
struct Clock {
  u64 now = 0;
  u64 deadline = 0;
  u64 horizon = 0;

  void attention() { deadline = 0; }
  /// The scheduler's: the earliest event is at `event`.
  void set_horizon(u64 event) {
    horizon = event;
    if (deadline > event) deadline = event;
  }
};

}  // namespace faultline
