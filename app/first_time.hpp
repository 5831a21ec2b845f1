// Output of a machine that goes back in time: what has been shown is not shown again.
#pragma once

#include "arch/integers.hpp"

namespace faultline::app {

using arch::u64;

class FirstTime {
 public:
  /// A byte comes at `clock`, after so many `journeys` into the past; up to `recorded` the machine
  /// repeats itself. Whether it comes for the first time.
  bool operator()(u64 clock, u64 journeys, u64 recorded) {
    if (clock != clock_ || journeys != journeys_) seen_ = 0;
    clock_ = clock;
    journeys_ = journeys;
    ++seen_;
    const bool before = clock < shown_until_ && clock < recorded;
    if (before || (clock == shown_until_ && seen_ <= shown_)) return false;
    shown_until_ = clock;
    shown_ = seen_;
    return true;
  }

 private:
  u64 clock_ = 0, journeys_ = 0, shown_until_ = 0;
  u64 seen_ = 0, shown_ = 0;  // bytes at clock_, and of those shown at shown_until_
};

}  // namespace faultline::app
