// IRQ 13, port F0h and IGNNE#. [PC/AT TR] [486 §18.2]
#include "machine/numeric_error_latch.hpp"

#include <gtest/gtest.h>

namespace faultline {
namespace {

class NumericErrorTest : public testing::Test {
 protected:
  bool irq13 = false, ignne = false;
  NumericErrorLatch latch{{[this](bool level) { irq13 = level; },
                           [this](bool level) { ignne = level; }}};
};

TEST_F(NumericErrorTest, AnErrorHoldsIrq13UntilPortF0IsWritten) {
  latch.set_error(true);
  EXPECT_TRUE(irq13);
  EXPECT_FALSE(ignne);
  latch.port_write(0xF0, 1, 0);
  EXPECT_FALSE(irq13);
  EXPECT_TRUE(ignne);  // the handler may use the x87 before it clears the error
  latch.set_error(false);
  EXPECT_FALSE(ignne);
}

TEST_F(NumericErrorTest, ClearingTheErrorLeavesTheLatch) {
  latch.set_error(true);
  latch.set_error(false);
  EXPECT_TRUE(irq13);
  latch.port_write(0xF0, 1, 0);
  EXPECT_FALSE(irq13);
  EXPECT_FALSE(ignne);
}

}  // namespace
}  // namespace faultline
