// 8254: six modes by the datasheet's timing diagrams, BCD, latches, read-back, IRQ0.
#include "machine/pit_8254.hpp"

#include <gtest/gtest.h>

#include <string>

#include "arch/ports.hpp"
#include "board_fixture.hpp"

namespace faultline {
namespace {

/// OUT after each of `pulses` CLK pulses.
std::string trace(PitCounter& counter, unsigned pulses) {
  std::string levels;
  for (unsigned i = 0; i < pulses; ++i) {
    counter.advance(1);
    levels += counter.output() ? '1' : '0';
  }
  return levels;
}

PitCounter programmed(u8 mode, u8 count) {
  PitCounter counter;
  counter.set_gate(true);
  counter.control(static_cast<u8>(0x10 | mode << 1));  // LSB only
  counter.write(count);
  return counter;
}

TEST(PitCounter, Mode0GoesHighNPlusOneClocksAfterTheWrite) {
  PitCounter counter = programmed(0, 4);
  EXPECT_FALSE(counter.output());
  EXPECT_EQ(counter.pulses_to_edge(), 5u);
  EXPECT_EQ(trace(counter, 7), "0000111");
  counter.write(2);
  EXPECT_EQ(trace(counter, 4), "0011");
}

TEST(PitCounter, Mode0GateHoldsTheCount) {
  PitCounter counter = programmed(0, 3);
  counter.advance(2);
  counter.set_gate(false);
  EXPECT_EQ(counter.pulses_to_edge(), 0u);
  EXPECT_EQ(trace(counter, 3), "000");
  counter.set_gate(true);
  EXPECT_EQ(trace(counter, 3), "011");
}

TEST(PitCounter, Mode1IsARetriggerableOneShot) {
  PitCounter counter = programmed(1, 3);
  EXPECT_EQ(trace(counter, 3), "111");
  counter.set_gate(false);
  counter.set_gate(true);
  EXPECT_EQ(trace(counter, 5), "00011");
  counter.set_gate(false);
  counter.set_gate(true);
  EXPECT_EQ(trace(counter, 2), "00");
  counter.set_gate(false);
  counter.set_gate(true);  // once more before it ends
  EXPECT_EQ(trace(counter, 4), "0001");
}

TEST(PitCounter, Mode2IsLowForTheLastClockOfEachPeriod) {
  PitCounter counter = programmed(2, 3);
  EXPECT_EQ(trace(counter, 10), "1101101101");
  counter.set_gate(false);
  EXPECT_TRUE(counter.output());
  EXPECT_EQ(trace(counter, 3), "111");
  counter.set_gate(true);  // a rising gate reloads
  EXPECT_EQ(trace(counter, 5), "11011");
}

TEST(PitCounter, Mode2TakesANewCountAtTheEndOfThePeriod) {
  PitCounter counter = programmed(2, 4);
  counter.advance(2);
  counter.write(2);
  EXPECT_EQ(trace(counter, 7), "1010101");
}

TEST(PitCounter, Mode3IsSquareAndAnOddCountIsHighOneClockLonger) {
  PitCounter even = programmed(3, 4);
  EXPECT_EQ(trace(even, 9), "110011001");
  PitCounter odd = programmed(3, 5);
  EXPECT_EQ(trace(odd, 11), "11100111001");
}

TEST(PitCounter, Mode4StrobesOnceForOneClock) {
  PitCounter counter = programmed(4, 3);
  EXPECT_EQ(trace(counter, 7), "1110111");
  counter.advance(70000);
  EXPECT_TRUE(counter.output());
}

TEST(PitCounter, Mode5StrobesAfterATrigger) {
  PitCounter counter = programmed(5, 3);
  EXPECT_EQ(trace(counter, 5), "11111");
  counter.set_gate(false);
  counter.set_gate(true);
  EXPECT_EQ(trace(counter, 6), "111011");
}

TEST(PitCounter, CountsInBcdFromTenThousand) {
  PitCounter counter;
  counter.set_gate(true);
  counter.control(0x30 | 0 << 1 | 1);  // both bytes, mode 0, BCD
  counter.write(0x00);
  counter.write(0x00);
  counter.advance(2);
  counter.latch_count();
  EXPECT_EQ(counter.read(), 0x99);
  EXPECT_EQ(counter.read(), 0x99);
  EXPECT_EQ(counter.pulses_to_edge(), 9999u);
}

TEST(PitCounter, ALatchedCountHoldsUntilBothBytesAreRead) {
  PitCounter counter;
  counter.set_gate(true);
  counter.control(0x34);
  counter.write(0x34);
  counter.write(0x12);
  counter.advance(1);
  counter.latch_count();
  counter.advance(0x100);
  counter.latch_count();  // ignored
  EXPECT_EQ(counter.read(), 0x34);
  EXPECT_EQ(counter.read(), 0x12);
  EXPECT_EQ(counter.read(), 0x34);  // live again: 1134h
  EXPECT_EQ(counter.read(), 0x11);
}

TEST(PitCounter, StatusTellsModeOutputAndNullCount) {
  PitCounter counter;
  counter.set_gate(true);
  counter.control(0x36);
  counter.latch_status();
  EXPECT_EQ(counter.read(), 0xF6);  // OUT high, no count yet, both bytes, mode 3
  counter.write(0x10);
  counter.write(0x00);
  counter.advance(1);
  counter.latch_status();
  EXPECT_EQ(counter.read(), 0xB6);
}

TEST(PitCounter, LongTimesTakeNoLongerThanShortOnes) {
  PitCounter counter = programmed(3, 2);
  counter.advance(1'000'000'000'001);
  EXPECT_TRUE(counter.output());  // load, then 10^12 pulses of period 2
  counter.advance(1);
  EXPECT_FALSE(counter.output());
}

class Pit8254Test : public BoardTest {
 protected:
  void out(u16 port, u8 value) { pit.port_write(port, 1, value); }

  int edges = 0;
  u64 last_edge = 0;
  Pit8254 pit{scheduler, 25000000, [this](bool level) {
                if (!level) return;
                ++edges;
                last_edge = clock.now;
              }};
};

TEST_F(Pit8254Test, Counter0Interrupts100TimesASecondWithoutDrift) {
  out(0x43, 0x34);
  out(0x40, 0x9C);  // 11932: 99.998 Hz
  out(0x40, 0x2E);
  edges = 0;
  pass(25000000ull * 60);
  // 60 s hold 71590920 CLK; the first is the load.
  EXPECT_EQ(edges, (71590920 - 1) / 11932);
  const u64 tick = 1 + 11932ull * static_cast<u64>(edges);
  EXPECT_EQ(last_edge, (tick * 25000000 + 1193181) / 1193182);
}

TEST_F(Pit8254Test, EdgesAreNotLostInALongInstruction) {
  out(0x43, 0x34);
  out(0x40, 100);
  out(0x40, 0);
  edges = 0;
  clock.now += 25000000 / 1000;  // 1 ms, 1193 CLK, without a look at the scheduler
  scheduler.run_due();
  EXPECT_EQ(edges, 11);
}

TEST_F(Pit8254Test, Counter2FollowsItsGateAndReadBackLatchesSeveral) {
  out(0x43, 0xB0);  // counter 2, both bytes, mode 0
  out(0x42, 0x10);
  out(0x42, 0x00);
  pass(25000000 / 1000);
  EXPECT_FALSE(pit.output(2));  // the gate is closed
  pit.set_gate2(true);
  pass(25000000 / 1000);
  EXPECT_TRUE(pit.output(2));
  out(0x43, 0xE8);  // read back the status of counter 2
  EXPECT_EQ(pit.port_read(0x42, 1), 0xB0u);
}

TEST_F(Pit8254Test, RefreshTogglesEvery15Microseconds) {
  int toggles = 0;
  bool before = pit.refresh_toggle();
  for (int i = 0; i < 25000; ++i) {  // 1 ms
    pass(1);
    toggles += pit.refresh_toggle() != before;
    before = pit.refresh_toggle();
  }
  EXPECT_EQ(toggles, 1193 / 18);
}

}  // namespace
}  // namespace faultline
