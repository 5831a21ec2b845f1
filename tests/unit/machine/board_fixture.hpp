// What the device tests share: a clock, a scheduler, and time that passes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "machine/scheduler.hpp"

namespace faultline {

class BoardTest : public ::testing::Test {
 protected:
  /// Lets `clocks` pass, stopping at every event on the way, as the machine's loop does.
  void pass(u64 clocks) {
    const u64 until = clock.now + clocks;
    while (clock.now < until) {
      clock.now = std::max(clock.now, std::min(until, scheduler.next().value_or(until)));
      scheduler.run_due();
    }
    scheduler.run_due();
  }

  Clock clock;
  Scheduler scheduler{clock};
};

}  // namespace faultline
