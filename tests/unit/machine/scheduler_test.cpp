// Event order, deadlines, exact oscillators.
#include "machine/scheduler.hpp"

#include <gtest/gtest.h>

#include <string>

namespace faultline {
namespace {

TEST(Scheduler, RunsEventsInOrderOfClockAndTiesInOrderOfScheduling) {
  Clock clock;
  Scheduler scheduler(clock);
  std::string order;
  Event a([&] { order += 'a'; }), b([&] { order += 'b'; }), c([&] { order += 'c'; });
  scheduler.schedule(a, 20);
  scheduler.schedule(b, 10);
  scheduler.schedule(c, 10);
  EXPECT_EQ(clock.horizon, 10u);
  clock.now = 9;
  scheduler.run_due();
  EXPECT_EQ(order, "");
  clock.now = 10;
  scheduler.run_due();
  EXPECT_EQ(order, "bc");
  EXPECT_EQ(clock.horizon, 20u);
  clock.now = 25;
  scheduler.run_due();
  EXPECT_EQ(order, "bca");
  EXPECT_EQ(clock.horizon, Scheduler::never);
}

TEST(Scheduler, MovingAnEventGivesItANewTurn) {
  Clock clock;
  Scheduler scheduler(clock);
  std::string order;
  Event a([&] { order += 'a'; }), b([&] { order += 'b'; });
  scheduler.schedule(a, 5);
  scheduler.schedule(b, 5);
  scheduler.schedule(a, 5);
  clock.now = 5;
  scheduler.run_due();
  EXPECT_EQ(order, "ba");
}

TEST(Scheduler, CancelledEventsDoNotRunAndEventsMayScheduleThemselves) {
  Clock clock;
  Scheduler scheduler(clock);
  int ticks = 0;
  Event periodic([&] {
    if (++ticks < 3) scheduler.schedule(periodic, periodic.at() + 7);
  });
  Event cancelled([&] { FAIL() << "a cancelled event ran"; });
  scheduler.schedule(periodic, 7);
  scheduler.schedule(cancelled, 8);
  scheduler.cancel(cancelled);
  clock.now = 100;
  scheduler.run_due();
  EXPECT_EQ(ticks, 3);
  EXPECT_FALSE(scheduler.next().has_value());
}

TEST(Scheduler, LimitBoundsTheHorizon) {
  Clock clock;
  Scheduler scheduler(clock);
  Event event([] {});
  scheduler.set_limit(50);
  EXPECT_EQ(clock.horizon, 50u);
  scheduler.schedule(event, 80);
  EXPECT_EQ(clock.horizon, 50u);
  scheduler.schedule(event, 30);
  EXPECT_EQ(clock.horizon, 30u);
}

TEST(Oscillator, NeverDriftsAndRoundsTheSameWayBothTimes) {
  Clock clock;
  const Oscillator pit(clock, 25000000, 1193182);
  // After 1000 s the ticks are exactly 1000 times the frequency.
  EXPECT_EQ(pit.ticks_at(25000000ull * 1000), 1193182000u);
  // A century of 25 MHz clocks does not overflow.
  EXPECT_EQ(pit.ticks_at(25000000ull * 3155760000), 1193182ull * 3155760000);
  for (u64 tick : {1ull, 2ull, 65536ull, 999999999ull}) {
    const u64 at = pit.clock_at(tick);
    EXPECT_GE(pit.ticks_at(at), tick);
    EXPECT_LT(pit.ticks_at(at - 1), tick);
  }
}

}  // namespace
}  // namespace faultline
