// 200,000 random system calls: the kernel outlives the processes that make them, and stays whole.
#include <gtest/gtest.h>

#include <regex>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

struct Fuzz {
  const char* cpu;
  const char* seed;
};
void PrintTo(const Fuzz& fuzz, std::ostream* to) { *to << fuzz.cpu << " seed " << fuzz.seed; }

class RandomSystemCalls : public testing::TestWithParam<Fuzz> {};

TEST_P(RandomSystemCalls, HarmNobodyElse) {
  const Outcome run = faultline(
      {"run", "--check-vmm", "--cpu", GetParam().cpu, "fuzzcall.exe", "50000", GetParam().seed});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  std::smatch figures;
  const std::regex line("\nfuzzcall: 50000 calls, (\\d+) succeeded, (\\d+) processes");
  ASSERT_TRUE(std::regex_search(run.out, figures, line)) << run.out;
  EXPECT_GT(std::stoi(figures[1]), 2500);
  EXPECT_GT(std::stoi(figures[2]), 10);
  EXPECT_NE(run.err.find(" points checked, 0 violations"), std::string::npos) << run.err;
}

INSTANTIATE_TEST_SUITE_P(, RandomSystemCalls,
                         testing::Values(Fuzz{"i386dx", "1"}, Fuzz{"i386dx", "2"},
                                         Fuzz{"i486dx", "3"}, Fuzz{"i486dx", "4"}),
                         [](const auto& i) { return std::string("seed") + i.param.seed; });

}  // namespace
}  // namespace faultline::tests
