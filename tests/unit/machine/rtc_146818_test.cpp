// MC146818: time, rollover, modes, update cycle, alarm and periodic interrupts.
#include "machine/rtc_146818.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "board_fixture.hpp"

namespace faultline {
namespace {

class RtcTest : public BoardTest {
 protected:
  static constexpr u32 hz = 32768;  // one clock is one tick of the crystal

  void start(const CalendarTime& time) {
    rtc = std::make_unique<Rtc146818>(
        scheduler, hz, [this](bool level) { irq = level; }, time);
  }
  u8 read(u8 index) {
    rtc->port_write(0x70, 1, index);
    return static_cast<u8>(rtc->port_read(0x71, 1));
  }
  void write(u8 index, u8 value) {
    rtc->port_write(0x70, 1, index);
    rtc->port_write(0x71, 1, value);
  }
  /// hhmmss and weekday, ddmmyy as they stand in the cells.
  u32 time() { return u32{read(4)} << 16 | u32{read(2)} << 8 | read(0); }
  u32 date() { return u32{read(7)} << 16 | u32{read(8)} << 8 | read(9); }

  bool irq = false;
  std::unique_ptr<Rtc146818> rtc;
};

TEST_F(RtcTest, StartsOnTheDayOfWindowsNt) {
  start({});
  EXPECT_EQ(date(), 0x270793u);
  EXPECT_EQ(time(), 0x000000u);
  EXPECT_EQ(read(6), 3);  // a Tuesday
  EXPECT_EQ(read(0x32), 0x19);
  EXPECT_EQ(read(0x0D), 0x80);
  pass(90 * hz);
  EXPECT_EQ(time(), 0x000130u);
}

TEST_F(RtcTest, RollsOverMonthsYearsAndLeapDays) {
  start({1996, 2, 28, 23, 59, 59});
  pass(hz);
  EXPECT_EQ(date(), 0x290296u);
  pass(86400ull * hz);
  EXPECT_EQ(date(), 0x010396u);
  start({1995, 2, 28, 23, 59, 59});
  pass(hz);
  EXPECT_EQ(date(), 0x010395u);
  start({1999, 12, 31, 23, 59, 59});
  EXPECT_EQ(read(6), 6);  // a Friday
  pass(hz);
  EXPECT_EQ(date(), 0x010100u);
  EXPECT_EQ(time(), 0x000000u);
  EXPECT_EQ(read(6), 7);
}

TEST_F(RtcTest, TwelveHourAndBinaryModes) {
  start({1993, 7, 27, 11, 59, 59});
  write(0x0B, 0x80);  // SET, 12 hours, BCD
  write(4, 0x11);
  write(0x0B, 0x00);
  pass(hz);
  EXPECT_EQ(read(4), 0x92);  // 12 PM
  write(0x0B, 0x86);         // SET, binary, 24 hours
  write(4, 23);
  write(2, 59);
  write(0, 59);
  write(0x0B, 0x06);
  pass(hz);
  EXPECT_EQ(time(), 0u);
}

TEST_F(RtcTest, SetHoldsTheTime) {
  start({});
  write(0x0B, 0x82);
  pass(10 * hz);
  EXPECT_EQ(read(0), 0x00);
  write(0x0B, 0x02);
  pass(hz);
  EXPECT_EQ(read(0), 0x01);
}

TEST_F(RtcTest, UpdateInProgressRises2228MicrosecondsBeforeTheSecond) {
  start({});
  pass(hz - 74);
  EXPECT_EQ(read(0x0A), 0x26);
  pass(1);
  EXPECT_EQ(read(0x0A), 0xA6);
  pass(73);
  EXPECT_EQ(read(0x0A), 0x26);
  EXPECT_EQ(read(0), 0x01);
}

TEST_F(RtcTest, UpdateEndedInterruptUntilRegisterCIsRead) {
  start({});
  write(0x0B, 0x12);
  read(0x0C);
  pass(hz - 1);
  EXPECT_FALSE(irq);
  pass(1);
  EXPECT_TRUE(irq);
  EXPECT_EQ(read(0x0C) & 0xB0, 0xB0 & ~0x20);
  EXPECT_FALSE(irq);
  EXPECT_EQ(read(0x0C), 0x00);
  pass(hz);
  EXPECT_TRUE(irq);
}

TEST_F(RtcTest, AlarmMatchesWithDontCareCells) {
  start({});
  write(1, 0x05);
  write(3, 0xFF);
  write(5, 0xC0);
  write(0x0B, 0x22);
  pass(4 * hz);
  EXPECT_FALSE(irq);
  pass(hz);
  EXPECT_TRUE(irq);
  EXPECT_TRUE(read(0x0C) & 0x20);
  pass(59 * hz);
  EXPECT_FALSE(irq);
  pass(hz);
  EXPECT_TRUE(irq);  // the fifth second of every minute
}

TEST_F(RtcTest, PeriodicInterruptAtTheSelectedRate) {
  start({});
  write(0x0A, 0x26);  // 1024 Hz
  write(0x0B, 0x42);
  int interrupts = 0;
  for (u32 i = 0; i < hz; ++i) {
    pass(1);
    if (irq) ++interrupts;
    if (irq) read(0x0C);
  }
  EXPECT_EQ(interrupts, 1024);
}

TEST_F(RtcTest, ReleasingTheDividerStartsHalfASecondBeforeTheUpdate) {
  start({});
  write(0x0A, 0x76);
  pass(5 * hz);
  EXPECT_EQ(read(0), 0x00);
  write(0x0A, 0x26);
  pass(hz / 2 - 1);
  EXPECT_EQ(read(0), 0x00);
  pass(1);
  EXPECT_EQ(read(0), 0x01);
}

TEST_F(RtcTest, RamKeepsItsBytesAndNmiMaskIsNoAddress) {
  start({});
  rtc->port_write(0x70, 1, 0x8F);
  rtc->port_write(0x71, 1, 0x5A);
  EXPECT_EQ(read(0x0F), 0x5A);
  rtc->set_cell(0x15, 0x80);
  EXPECT_EQ(read(0x15), 0x80);
}

}  // namespace
}  // namespace faultline
