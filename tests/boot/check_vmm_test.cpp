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

TEST(CheckVmm, JsonIsOneObject) {
  const Outcome run = faultline({"check-vmm", "--json", "--points", "3", "hello.exe"});
  ASSERT_EQ(run.status, 0) << run.out << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["program"], "HELLO.EXE");
  EXPECT_EQ(json["points"], 3);
  EXPECT_EQ(json["violations"].size(), 0u);
  EXPECT_LT(json["first_cycle"], json["last_cycle"]);
}

/// The program's output, exit code and clocks are those of a run that nobody checks.
TEST(CheckVmm, ARunThatIsCheckedIsTheSameRun) {
  const Scratch scratch;
  const Outcome checked = faultline(
      {"run", "--check-vmm", "--result", scratch.path("checked"), "soft.exe"}, "not read\n");
  const Outcome plain =
      faultline({"run", "--result", scratch.path("plain"), "soft.exe"}, "not read\n");
  EXPECT_EQ(checked.status, 0);
  EXPECT_EQ(checked.out, plain.out);
  EXPECT_EQ(scratch.read("checked"), scratch.read("plain"));
  EXPECT_NE(checked.err.find(" points checked, 0 violations"), std::string::npos) << checked.err;
  EXPECT_EQ(checked.err.find("check-vmm: 0 points"), std::string::npos) << checked.err;
}

TEST(CheckVmm, SectionsAreCleanAtFiftyMoments) {
  const Outcome run = faultline({"check-vmm", "--points", "50", "sections.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("50 points checked, 0 violations"), std::string::npos) << run.out;
}

TEST(CheckVmm, AProgramThatIsNotThereIsNamed) {
  const Outcome run = faultline({"check-vmm", "nowhere.exe"});
  EXPECT_EQ(run.status, 66);
  EXPECT_NE(run.err.find("nowhere.exe"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace faultline::tests
