// faultline check-vmm: the kernel's own accounts hold at random moments of a run.
#include <gtest/gtest.h>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

TEST(CheckVmm, TheTourIsCleanAtFiftyMoments) {
  const Outcome run = faultline({"check-vmm", "--points", "50", "--seed", "7"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("50 points checked, 0 violations"), std::string::npos) << run.out;
  EXPECT_EQ(run.err, "");
}

TEST(CheckVmm, AProgramThatIsNotThereIsNamed) {
  const Outcome run = faultline({"check-vmm", "nowhere.exe"});
  EXPECT_EQ(run.status, 66);
  EXPECT_NE(run.err.find("nowhere.exe"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace faultline::tests
