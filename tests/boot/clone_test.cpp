// Processes cloned with their address space.
#include <gtest/gtest.h>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

class CloneOnModel : public testing::TestWithParam<const char*> {};

TEST_P(CloneOnModel, EachProcessHasItsOwnPages) {
  const Outcome run = faultline({"run", "--cpu", GetParam(), "fork.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "fork: every process has its own\n");
}

INSTANTIATE_TEST_SUITE_P(, CloneOnModel, testing::Values("i386dx", "i486dx"),
                         [](const auto& i) { return std::string(i.param); });

/// 5 MB, of which eight processes in four generations write parts, in 4 MB.
TEST(Clone, MoreThanMemoryIsVerified) {
  const Outcome run = faultline({"check-vmm", "--mem", "4M", "--points", "30", "fork.exe", "640"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("30 points checked, 0 violations"), std::string::npos) << run.out;
  const Outcome result = faultline({"run", "--mem", "4M", "fork.exe", "640"});
  EXPECT_EQ(result.status, 0) << result.out << result.err;
}

TEST(Clone, IsCleanAtFiftyMoments) {
  const Outcome run = faultline({"check-vmm", "--points", "50", "fork.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("50 points checked, 0 violations"), std::string::npos) << run.out;
}

}  // namespace
}  // namespace faultline::tests
