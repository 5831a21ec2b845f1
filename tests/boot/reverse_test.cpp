// A debug session on the real guest, whose interrupts and waits come between its instructions: all
// it was at is met again, to the byte.
#include <gtest/gtest.h>

#include <random>

#include "debugger/command.hpp"
#include "machine/snapshot.hpp"
#include "tests/boot/guest_machine.hpp"

namespace faultline::tests {
namespace {

struct Place {
  Moment moment;
  Position position;
  u64 hash = 0;
};

class ReverseExecution : public testing::Test {
 protected:
  void SetUp() override { session.record(true, {.interval = 3'000'000}); }
  Place here() { return {session.moment(), session.position(), state_hash(*guest.machine)}; }
  void expect_here(const Place& place) {
    EXPECT_EQ(session.position(), place.position);
    EXPECT_EQ(session.linear_eip(), place.moment.linear);
    EXPECT_EQ(state_hash(*guest.machine), place.hash) << place.position.clock;
  }

  GuestMachine guest{"pressure.exe 2 1", 2};
  DebugHost host{};
  DebugSession session{*guest.machine, host, {}};
  std::mt19937 random{11};
};

TEST_F(ReverseExecution, ComesBackToWhereverTheSystemWas) {
  std::vector<Place> places;
  while (session.position().clock < 60'000'000) {
    session.run_to_clock(session.position().clock + random() % 3'000'000);
    places.push_back(here());
    session.step(1 + random() % 500);
    places.push_back(here());
    session.micro_step(1 + random() % 20);
    places.push_back(here());
  }
  std::shuffle(places.begin(), places.end(), random);
  for (const Place& place : places) {
    session.travel_to(place.moment);
    expect_here(place);
  }
}

TEST_F(ReverseExecution, UndoesStepsOfTheSystem) {
  for (const u64 clock : {9'000'000u, 19'000'000u, 27'000'000u, 41'000'000u}) {
    session.run_to_clock(clock);
    session.step();
    const Place first = here();
    const u64 steps = 1 + random() % 3000;
    session.step(steps);
    const Place last = here();
    session.reverse_step(steps);
    expect_here(first);
    session.step(steps);
    expect_here(last);
  }
}

TEST_F(ReverseExecution, FindsEveryFaultOfTheSystemAgain) {
  session.run_to_clock(17'000'000);
  execute_command(session, "catch pf");
  std::vector<Place> faults;
  while (faults.size() < 25) {
    ASSERT_TRUE(session.go().fault);
    faults.push_back(here());
  }
  for (std::size_t i = faults.size() - 1; i-- != 0;) {
    ASSERT_TRUE(session.reverse_go().fault);
    expect_here(faults[i]);
  }
}

}  // namespace
}  // namespace faultline::tests
