// Output of a machine that goes back and comes forward again.
#include "app/first_time.hpp"

#include <gtest/gtest.h>

namespace faultline::tests {
namespace {

using app::FirstTime;
using arch::u64;

TEST(FirstTime, LetsEachByteThroughOnce) {
  FirstTime first;
  EXPECT_TRUE(first(10, 0, 0));
  EXPECT_TRUE(first(20, 0, 0));
  EXPECT_TRUE(first(20, 0, 0));  // a second one at the same clock
  for (const u64 journey : {1u, 2u}) {
    EXPECT_FALSE(first(10, journey, 25));
    EXPECT_FALSE(first(20, journey, 25));
    EXPECT_FALSE(first(20, journey, 25));
  }
  EXPECT_TRUE(first(20, 2, 25));  // a third one, for the first time
  EXPECT_TRUE(first(30, 2, 25));
}

TEST(FirstTime, AnotherFutureIsNew) {
  FirstTime first;
  for (const u64 clock : {10u, 20u, 30u}) EXPECT_TRUE(first(clock, 0, 0));
  EXPECT_FALSE(first(10, 1, 40));
  EXPECT_TRUE(first(18, 1, 15));  // what was recorded behind 15 is forgotten
  EXPECT_TRUE(first(20, 1, 15));
  EXPECT_FALSE(first(18, 2, 50));
  EXPECT_FALSE(first(20, 2, 50));
  EXPECT_TRUE(first(21, 2, 50));
}

}  // namespace
}  // namespace faultline::tests
