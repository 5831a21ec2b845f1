// The programs of the checklist (docs/kernel.md, "The checklist"): each makes claims about what a
// Win32 program sees, and all of them hold while the memory manager is checked.
#include <gtest/gtest.h>

#include <regex>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

struct Run {
  const char* program;
  const char* cpu;
};
void PrintTo(const Run& run, std::ostream* to) { *to << run.program << " on " << run.cpu; }

void expect_all_claims(const Outcome& run) {
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  std::smatch counts;
  const std::regex line("(\\d+) of (\\d+) claims hold\n$");
  ASSERT_TRUE(std::regex_search(run.out, counts, line)) << run.out;
  EXPECT_EQ(counts[1], counts[2]) << run.out;
  EXPECT_NE(run.err.find(" 0 violations"), std::string::npos) << run.err;
  EXPECT_EQ(run.err.find("check-vmm: 0 points"), std::string::npos) << run.err;
}

class Checklist : public testing::TestWithParam<Run> {};

TEST_P(Checklist, EveryClaimHolds) {
  expect_all_claims(faultline({"run", "--check-vmm", "--cpu", GetParam().cpu, "--mem", "4M",
                               std::string(GetParam().program) + ".exe"}));
}

INSTANTIATE_TEST_SUITE_P(, Checklist,
                         testing::Values(Run{"virtmem", "i386dx"}, Run{"virtmem", "i486dx"},
                                         Run{"protect", "i386dx"}, Run{"protect", "i486dx"},
                                         Run{"stack", "i386dx"}, Run{"stack", "i486dx"},
                                         Run{"privileg", "i386dx"}, Run{"privileg", "i486dx"},
                                         Run{"quota", "i486dx"}, Run{"figures", "i486dx"}),
                         [](const auto& i) {
                           return std::string(i.param.program) + "_" + i.param.cpu;
                         });

/// Each system service, three moments, by another process and by a thread of its own.
TEST(Kill, InEveryServiceLeavesNothingBehind) {
  for (const char* half : {"0", "1"}) {
    expect_all_claims(faultline({"run", "--check-vmm", "--mem", "4M", "killsvc.exe", half}));
  }
}

}  // namespace
}  // namespace faultline::tests
