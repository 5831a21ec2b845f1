// 8259A: priority, nesting, EOI, rotation, masks, cascade, spurious interrupts.
#include "machine/pic_8259.hpp"

#include <gtest/gtest.h>

#include <array>

namespace faultline {
namespace {

class InterruptControllerTest : public ::testing::Test {
 protected:
  void SetUp() override { initialize(0x11, 0x01); }

  // As a PC's firmware: vectors 08h and 70h, slave on IR2, all lines open.
  void initialize(u8 icw1, u8 icw4) {
    const u16 bases[] = {0x20, 0xA0};
    const u8 vectors[] = {0x08, 0x70}, wiring[] = {0x04, 0x02};
    for (int i = 0; i < 2; ++i) {
      out(bases[i], icw1);
      out(bases[i] + 1, vectors[i]);
      out(bases[i] + 1, wiring[i]);
      out(bases[i] + 1, icw4);
      out(bases[i] + 1, 0x00);
    }
  }
  void out(u16 port, u8 value) { pic.port_write(port, 1, value); }
  u32 in(u16 port) { return pic.port_read(port, 1); }
  void pulse(unsigned irq) {
    pic.set_irq(irq, false);
    pic.set_irq(irq, true);
  }

  bool intr = false;
  InterruptController pic{[this](bool level) { intr = level; }};
};

TEST_F(InterruptControllerTest, HighestPriorityFirstAndLowerOnesWaitForEoi) {
  pulse(4);
  pulse(1);
  EXPECT_TRUE(intr);
  EXPECT_EQ(pic.acknowledge(), 0x09);
  EXPECT_FALSE(intr);  // IRQ 4 is below the level in service
  out(0x20, 0x20);
  EXPECT_TRUE(intr);
  EXPECT_EQ(pic.acknowledge(), 0x0C);
  pulse(0);  // above it: nests
  EXPECT_TRUE(intr);
  EXPECT_EQ(pic.acknowledge(), 0x08);
  out(0x20, 0x0B);  // read ISR
  EXPECT_EQ(in(0x20), 0x11u);
  out(0x20, 0x20);  // non-specific EOI ends IRQ 0, the highest
  EXPECT_EQ(in(0x20), 0x10u);
  out(0x20, 0x64);  // specific EOI of level 4
  EXPECT_EQ(in(0x20), 0x00u);
}

TEST_F(InterruptControllerTest, EdgeModeNeedsANewEdge) {
  pic.set_irq(3, true);
  EXPECT_EQ(pic.acknowledge(), 0x0B);
  out(0x20, 0x20);
  EXPECT_FALSE(intr);  // still high, but no edge
  pulse(3);
  EXPECT_TRUE(intr);
}

TEST_F(InterruptControllerTest, LevelModeRequestsAsLongAsTheLineIsHigh) {
  initialize(0x19, 0x01);
  pic.set_irq(3, true);
  EXPECT_EQ(pic.acknowledge(), 0x0B);
  out(0x20, 0x20);
  EXPECT_TRUE(intr);
  pic.set_irq(3, false);
  EXPECT_FALSE(intr);
}

TEST_F(InterruptControllerTest, MaskHoldsARequestBackAndIrrShowsIt) {
  out(0x21, 0x02);
  pulse(1);
  EXPECT_FALSE(intr);
  EXPECT_EQ(in(0x20), 0x02u);  // IRR is selected after ICW1
  EXPECT_EQ(in(0x21), 0x02u);
  out(0x21, 0x00);
  EXPECT_TRUE(intr);
}

TEST_F(InterruptControllerTest, SlaveInterruptsThroughItsCascade) {
  pulse(14);
  EXPECT_TRUE(intr);
  EXPECT_EQ(pic.acknowledge(), 0x76);
  out(0x20, 0x0B);
  out(0xA0, 0x0B);
  EXPECT_EQ(in(0x20), 0x04u);
  EXPECT_EQ(in(0xA0), 0x40u);
  pulse(8);  // higher on the slave, but the master holds IR2
  EXPECT_FALSE(intr);
  out(0xA0, 0x20);
  out(0x20, 0x20);
  EXPECT_TRUE(intr);
  EXPECT_EQ(pic.acknowledge(), 0x70);
}

TEST_F(InterruptControllerTest, SpecialFullyNestedModeLetsTheSlaveNest) {
  initialize(0x11, 0x11);
  pulse(14);
  EXPECT_EQ(pic.acknowledge(), 0x76);
  pulse(8);
  EXPECT_TRUE(intr);
  EXPECT_EQ(pic.acknowledge(), 0x70);
}

TEST_F(InterruptControllerTest, AVanishedRequestIsSpurious) {
  pulse(3);
  pic.set_irq(3, false);
  EXPECT_FALSE(intr);
  EXPECT_EQ(pic.acknowledge(), 0x0F);
  out(0x20, 0x0B);
  EXPECT_EQ(in(0x20), 0x00u);  // no ISR bit
}

TEST_F(InterruptControllerTest, AVanishedSlaveRequestIsItsLevel7) {
  pulse(12);
  out(0xA1, 0x10);  // masked between INTR and INTA: the master's request falls too
  EXPECT_FALSE(intr);
  EXPECT_EQ(pic.acknowledge(), 0x0F);
}

TEST_F(InterruptControllerTest, RotationMakesTheServedLevelLowest) {
  pulse(0);
  EXPECT_EQ(pic.acknowledge(), 0x08);
  out(0x20, 0xA0);  // rotate on non-specific EOI
  pulse(0);
  pulse(6);
  EXPECT_EQ(pic.acknowledge(), 0x0E);  // 1 is highest now, 0 lowest
  out(0x20, 0xE6);                     // rotate on specific EOI of level 6: 7 is highest, then 0
  EXPECT_EQ(pic.acknowledge(), 0x08);
  out(0x20, 0x20);
  out(0x20, 0xC2);  // set priority: level 2 lowest, 3 highest
  pulse(1);
  pulse(5);
  EXPECT_EQ(pic.acknowledge(), 0x0D);
}

TEST_F(InterruptControllerTest, SpecialMaskModeLetsLowerLevelsIn) {
  pulse(1);
  EXPECT_EQ(pic.acknowledge(), 0x09);
  pulse(4);
  EXPECT_FALSE(intr);
  out(0x20, 0x68);  // special mask mode
  out(0x21, 0x02);
  EXPECT_TRUE(intr);
  EXPECT_EQ(pic.acknowledge(), 0x0C);
  out(0x20, 0x20);  // does not end the masked level 1
  out(0x20, 0x0B);
  EXPECT_EQ(in(0x20), 0x02u);
}

TEST_F(InterruptControllerTest, AutomaticEoiLeavesNothingInService) {
  initialize(0x11, 0x03);
  pulse(5);
  EXPECT_EQ(pic.acknowledge(), 0x0D);
  out(0x20, 0x0B);
  EXPECT_EQ(in(0x20), 0x00u);
  pulse(6);
  EXPECT_TRUE(intr);
}

TEST_F(InterruptControllerTest, PollAcknowledgesThroughARead) {
  pulse(5);
  out(0x20, 0x0C);
  EXPECT_EQ(in(0x20), 0x85u);
  EXPECT_FALSE(intr);
  out(0x20, 0x0C);
  EXPECT_EQ(in(0x20), 0x00u);  // nothing above level 5
}

TEST_F(InterruptControllerTest, OpenTellsWhetherAnInterruptCanComeThrough) {
  EXPECT_TRUE(pic.open());
  out(0x21, 0xFF);
  EXPECT_FALSE(pic.open());
  out(0x21, 0xFB);
  EXPECT_TRUE(pic.open());  // through the cascade
  out(0xA1, 0xFF);
  EXPECT_FALSE(pic.open());
}

}  // namespace
}  // namespace faultline
