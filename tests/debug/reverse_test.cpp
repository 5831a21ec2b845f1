// Back in time: whatever was done forward is undone to the bit, and met again.
#include <gtest/gtest.h>

#include "machine/snapshot.hpp"
#include "tests/debug/fault_machine.hpp"

namespace faultline::tests {
namespace {

struct Place {
  Position position;
  u32 linear = 0;
  u64 hash = 0;
};

Place place(FaultMachine& m) {
  return {m.session.position(), m.session.linear_eip(), state_hash(m.machine)};
}

void expect_same(const Place& a, const Place& b, std::size_t at) {
  EXPECT_EQ(a.position, b.position) << at;
  EXPECT_EQ(a.linear, b.linear) << at;
  EXPECT_EQ(a.hash, b.hash) << at;
}

/// Everywhere the machine stops, to its end.
std::vector<Place> all_stops(FaultMachine& m) {
  std::vector<Place> stops;
  for (;;) {
    m.session.go();
    if (m.session.ended()) return stops;
    stops.push_back(place(m));
  }
}

class Reverse : public testing::Test {
 protected:
  void SetUp() override { m.session.record(true); }
  void go_to_user() {
    m.run("lb F0400");
    m.session.go();
    m.run("bc *");
  }
  FaultMachine m;
};

TEST_F(Reverse, StepsUndoSteps) {
  go_to_user();
  std::vector<Place> forward{place(m)};
  for (unsigned i = 0; i < 60; ++i) {
    m.session.step();
    forward.push_back(place(m));
  }
  for (std::size_t i = forward.size() - 1; i-- != 0;) {
    m.session.reverse_step();
    expect_same(place(m), forward[i], i);
  }
  m.session.step(60);
  expect_same(place(m), forward.back(), 60);
  m.session.reverse_step(60);
  expect_same(place(m), forward.front(), 0);
}

TEST_F(Reverse, MicroStepsUndoMicroSteps) {
  go_to_user();
  std::vector<Place> forward{place(m)};
  for (unsigned i = 0; i < 60; ++i) {
    m.session.micro_step();
    forward.push_back(place(m));
  }
  for (std::size_t i = forward.size() - 1; i-- != 0;) {
    m.session.reverse_micro_step();
    expect_same(place(m), forward[i], i);
  }
}

TEST_F(Reverse, ContinueMeetsTheSameStopsBackwards) {
  go_to_user();
  m.run("catch pf");
  m.run("watch w 4 4C000");
  m.run("lb F0500");
  const std::vector<Place> forward = all_stops(m);
  EXPECT_GE(forward.size(), 4u);
  for (std::size_t i = forward.size(); i-- != 0;) {
    EXPECT_NE(m.session.reverse_go().reason, StopReason::Arrived);
    expect_same(place(m), forward[i], i);
  }
  m.session.reverse_go();  // the stores before ring 3
  EXPECT_EQ(m.session.last_stop().reason, StopReason::Watchpoint);
  EXPECT_EQ(m.session.reverse_go().what, "the beginning of the recording");
  EXPECT_EQ(m.session.position().instructions, 0u);
}

struct Kind {
  const char* command;
  unsigned least;  // so many stops
};

class ReverseKinds : public testing::TestWithParam<Kind> {};

/// Each kind of stop by itself, over snapshots at every distance.
TEST_P(ReverseKinds, EveryHitIsFoundAgainTheLastOneFirst) {
  for (const u64 interval : {100u, 1700u, 1000000u}) {
    FaultMachine m;
    m.session.record(true, {.interval = interval});
    m.run(GetParam().command);
    const std::vector<Place> forward = all_stops(m);
    EXPECT_GE(forward.size(), GetParam().least);
    for (std::size_t i = forward.size(); i-- != 0;) {
      ASSERT_NE(m.session.reverse_go().reason, StopReason::Arrived) << interval;
      expect_same(place(m), forward[i], i);
    }
    EXPECT_EQ(m.session.reverse_go().reason, StopReason::Arrived);
    EXPECT_EQ(m.session.position().instructions, 0u);
  }
}
INSTANTIATE_TEST_SUITE_P(
    , ReverseKinds,
    testing::Values(Kind{"lb F0500", 4}, Kind{"pb F0500", 4}, Kind{"vb 1B:F0409", 2},
                    Kind{"watch w 4C000", 1}, Kind{"watch r 4C000", 2},
                    Kind{"watch w 2 5C004 change", 1}, Kind{"watch x 4 F0409", 2},
                    Kind{"catch pf", 4}, Kind{"catch pf w u np", 2}, Kind{"catch exc", 7},
                    Kind{"catch exc 80", 2}, Kind{"catch cr3", 2}, Kind{"catch pte 44000", 1},
                    Kind{"catch tlb miss", 5}, Kind{"catch tlb stale", 1}),
    [](const auto& info) { return "Kind" + std::to_string(info.index); });

TEST_F(Reverse, TheEndCanBeUndone) {
  m.session.go();
  ASSERT_TRUE(m.session.ended());
  m.session.reverse_step();
  EXPECT_FALSE(m.session.ended());
  EXPECT_EQ(m.session.last_stop().instruction, "(bad)");  // UD2 is no instruction of a 386
  m.session.step();
  EXPECT_TRUE(m.session.ended());
  EXPECT_EQ(m.session.last_stop().end.reason, EndReason::TripleFault);
}

/// Asks for the end of what runs, once, at the nth instruction it sees.
struct Impatient final : Observation {
  Impatient(DebugSession& session, unsigned patience) : session(session), left(patience) {
    micro_steps = false;
    session.listen(*this);
  }
  ~Impatient() override { session.unlisten(*this); }
  void instruction() override {
    if (left != 0 && --left == 0) session.interrupt();
  }
  DebugSession& session;
  unsigned left;
};

TEST_F(Reverse, ASearchThatIsGivenUpLeavesTheMachineWhereItWas) {
  m.run("catch pf r");
  m.session.go();
  const Place here = place(m);
  m.run("bc *");
  m.run("lb F0000");  // met at the very beginning only
  const Moment now = m.session.moment();
  unsigned given_up = 0;
  for (const unsigned patience : {1u, 20u, 300u, 800u}) {
    for (const char* command : {"rc", "rs 400", "rn", "rus 3"}) {
      m.session.travel_to(now);
      const Impatient person(m.session, patience);
      m.run(command);
      if (m.session.last_stop().reason != StopReason::Interrupted) continue;
      ++given_up;
      expect_same(place(m), here, patience);
      EXPECT_TRUE(m.session.inside());
    }
  }
  EXPECT_GE(given_up, 6u);
}

TEST_F(Reverse, ComesBackToAnyMomentItWasAt) {
  std::vector<std::pair<Moment, Place>> moments;
  const auto here = [&] { moments.emplace_back(m.session.moment(), place(m)); };
  for (const u64 clock : {50u, 1000u, 2500u, 3700u}) {
    m.session.run_to_clock(clock);
    here();
  }
  for (const char* command : {"catch pf", "watch r 4C000", "lb F0500"}) {
    m.run(command);
    m.session.go();
    here();
  }
  m.session.micro_step(3);
  here();
  for (std::size_t i = 0; i < 3 * moments.size(); ++i) {
    const auto& [moment, was] = moments[i * 5 % moments.size()];
    m.session.travel_to(moment);
    expect_same(place(m), was, i);
  }
}

TEST_F(Reverse, GoesToAClockAndNoFartherThanRecorded) {
  go_to_user();
  const Place here = place(m);
  m.session.travel_to_clock(100);
  EXPECT_GE(m.session.position().clock, 100u);
  EXPECT_LT(m.session.position().clock, 200u);
  m.session.travel_to_clock(here.position.clock);
  expect_same(place(m), here, 0);
  m.session.record(false);
  EXPECT_NE(m.error("rs").find("`record on` begins"), std::string::npos);
}

}  // namespace
}  // namespace faultline::tests
