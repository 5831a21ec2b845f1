// Run control: where runs stop, and that looking changes nothing.
#include <gtest/gtest.h>

#include "tests/debug/fault_machine.hpp"

namespace faultline::tests {
namespace {

/// To its end, whatever stops it on the way.
RunResult run_out(DebugSession& session) {
  while (!session.ended()) session.go();
  return session.last_stop().end;
}

TEST(Session, AMachineUnderDebugRunsAsOneAlone) {
  Machine alone(fault_guest_config());
  const RunResult expected = alone.run();
  ASSERT_EQ(expected.reason, EndReason::TripleFault);
  for (const char* watch : {"", "catch pf", "catch tlb miss", "catch exc", "watch w 4 4C000",
                            "catch triple", "lb F0409"}) {
    FaultMachine m;
    m.run(watch);
    const RunResult result = run_out(m.session);
    EXPECT_EQ(result.clocks, expected.clocks) << watch;
    EXPECT_EQ(result.instructions, expected.instructions) << watch;
    EXPECT_EQ(m.machine.context().mmu.counters(), alone.context().mmu.counters()) << watch;
  }
}

TEST(Session, MicroStepsLeaveTheMachineOnItsCourse) {
  FaultMachine steps, micro;
  steps.run("lb F0409");
  micro.run("lb F0409");
  steps.session.go();
  micro.session.go();
  const StopReport end = steps.session.step();
  unsigned made = 0;
  while (micro.session.position().instructions == 0 || micro.session.position() != end.position) {
    micro.session.micro_step();
    ASSERT_LT(++made, 100u);
  }
  EXPECT_GT(made, 5u);
  EXPECT_EQ(micro.session.last_stop().linear, end.linear);
  EXPECT_EQ(run_out(micro.session).clocks, run_out(steps.session).clocks);
}

TEST(Session, AStopInsideShowsTheMachineOfThatMoment) {
  FaultMachine m;
  m.run("catch pf u");
  const StopReport stop = m.session.go();
  ASSERT_TRUE(m.session.inside());
  EXPECT_EQ(stop.reason, StopReason::Catch);
  EXPECT_EQ(stop.eip, 0xF0409u);
  EXPECT_EQ(stop.cpl, 3u);
  EXPECT_EQ(m.data("print cr2")["value"], "0x00040000");
  m.session.settle();
  EXPECT_FALSE(m.session.inside());
  EXPECT_EQ(m.session.last_stop().cpl, 0u);
}

TEST(Session, WatchpointsTellWhatWasThere) {
  FaultMachine m;
  m.run("watch w 4 4C000 change");
  const StopReport stop = m.session.go();
  ASSERT_TRUE(stop.access);
  EXPECT_EQ(stop.access->value, 0x21444C4Fu);
  EXPECT_EQ(stop.access->before, 0u);
  EXPECT_EQ(stop.reason, StopReason::Watchpoint);
}

TEST(Session, AfterTheEndNothingRuns) {
  FaultMachine m;
  m.session.go();
  ASSERT_TRUE(m.session.ended());
  EXPECT_EQ(m.session.last_stop().end.reason, EndReason::TripleFault);
  EXPECT_NE(m.error("s").find("stopped for good"), std::string::npos);
  EXPECT_EQ(m.error("r"), "");
}

TEST(Session, IsGivenUpInTheMiddleOfAnInstruction) {
  FaultMachine m;
  m.run("catch pf");
  m.session.go();
  EXPECT_TRUE(m.session.inside());
}  // and its thread ends

}  // namespace
}  // namespace faultline::tests
