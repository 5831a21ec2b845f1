// Kernels with a bug planted in each (tests/planted): check-vmm finds it and names the invariant.
#include <gtest/gtest.h>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

struct Bug {
  const char* kernel;
  const char* invariant;
  std::vector<std::string> command;  // what brings it to light
};
void PrintTo(const Bug& bug, std::ostream* to) { *to << bug.kernel; }

/// A system disk with that kernel on it.
std::string disk_with(const std::string& name, const Scratch& scratch) {
  const std::string disk = scratch.system_disk("disk");
  const std::string kernel = FAULTLINE_PLANTED + name + ".EXE";
  const Outcome copied = run_command(
      "env", {"MTOOLSRC=/dev/null", "mcopy", "-o", "-i", disk + "@@1M", kernel, "::KERNEL.EXE"});
  EXPECT_EQ(copied.status, 0) << copied.err;
  return disk;
}

class PlantedBug : public testing::TestWithParam<Bug> {};

TEST_P(PlantedBug, IsFoundAndNamed) {
  const Bug& bug = GetParam();
  const Scratch scratch;
  std::vector<std::string> command = {"check-vmm", "--mem", "4M", "--disk",
                                      disk_with(bug.kernel, scratch)};
  command.insert(command.end(), bug.command.begin(), bug.command.end());
  const Outcome run = faultline(command);
  EXPECT_EQ(run.status, 86) << run.out << run.err;
  const std::string first = run.out.substr(0, run.out.find('\n'));
  EXPECT_NE(first.find(std::string(": ") + bug.invariant + ": "), std::string::npos) << run.out;
}

const Bug bugs[] = {
    {"share_count", "share count", {"--points", "50", "tour.exe"}},
    {"missing_invlpg", "TLB", {"--points", "2000", "soft.exe"}},
    {"commit_leak", "commit charge", {"--points", "50", "tour.exe"}},
    {"two_lists", "page lists", {"--points", "1000", "tour.exe"}},
    {"working_set_leak", "working set", {"--points", "1000", "soft.exe"}},
    {"lost_transition", "transition PTE", {"--points", "200", "pressure.exe", "1", "4"}},
    {"page_file_leak", "paging file", {"--points", "50", "pressure.exe", "1", "6"}},
};
INSTANTIATE_TEST_SUITE_P(, PlantedBug, testing::ValuesIn(bugs),
                         [](const auto& i) { return std::string(i.param.kernel); });

/// All of the program's own tests pass.
TEST(PlantedBugInConform, IsSaidOfTheProgram) {
  const Scratch scratch;
  const Outcome run = faultline(
      {"conform", "--check-vmm", "--disk", disk_with("commit_leak", scratch), "virtualalloc"});
  EXPECT_EQ(run.status, 88) << run.out << run.err;
  EXPECT_NE(run.out.find("\n# virtualalloc: check-vmm: cycle "), std::string::npos) << run.out;
  EXPECT_NE(run.out.find(": commit charge: "), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("  not ok "), std::string::npos) << run.out;
}

}  // namespace
}  // namespace faultline::tests
