// Section objects: what a program sees of them, and how their faults are named.
#include <gtest/gtest.h>

#include <map>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

/// The 386 has no WP: there the kernel has to look before it writes.
class SectionsOnModel : public testing::TestWithParam<const char*> {};

TEST_P(SectionsOnModel, ViewsAgreeAndCopiesArePrivate) {
  const Outcome run = faultline({"run", "--cpu", GetParam(), "sections.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "sections: views agree, copies are private\n");
}

INSTANTIATE_TEST_SUITE_P(, SectionsOnModel, testing::Values("i386dx", "i486dx"),
                         [](const auto& i) { return std::string(i.param); });

TEST(Sections, FaultsAreNamedByTheirKind) {
  const Scratch scratch;
  const Outcome run =
      faultline({"run", "--json", "--faults-file", scratch.path("faults"), "sections.exe"});
  ASSERT_EQ(run.status, 0) << run.out << run.err;
  std::map<std::string, unsigned> kinds;
  for (const auto& fault : scratch.json_lines("faults")) {
    const std::string kind = fault["resolution"];
    ++kinds[kind];
    if (kind == "copy on write") {
      EXPECT_EQ(fault["status"], "0x00000112");
    }
  }
  // Four by the program itself (two of them the same page in two views), one by its child.
  EXPECT_GE(kinds["copy on write"], 4u);
  EXPECT_GT(kinds["demand zero"], 0u);
  EXPECT_GT(kinds["transition"], 0u);
}

}  // namespace
}  // namespace faultline::tests
