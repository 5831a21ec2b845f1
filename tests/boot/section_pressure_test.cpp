// Sections when memory or commitment is short, and when processes end in the middle.
#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "arch/paging_selected.hpp"
#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

/// The 386 has no WP: its kernel must not write to a page that is to be copied.
class SharingOnModel : public testing::TestWithParam<const char*> {};

TEST_P(SharingOnModel, MoreSharedPagesThanMemoryAreVerified) {
  const Outcome run = faultline({"run", "--cpu", GetParam(), "--mem", "4M", "sharing.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "sharing: 4 of 4 processes verified 5 MB they share, 0 words wrong\n");
}

INSTANTIATE_TEST_SUITE_P(, SharingOnModel, testing::Values("i386dx", "i486dx"),
                         [](const auto& i) { return std::string(i.param); });

TEST(SectionPressure, FaultsAreNamedByTheirKind) {
  const Scratch scratch;
  const Outcome run = faultline({"run", "--json", "--mem", "4M", "--faults-file",
                                 scratch.path("faults"), "sharing.exe", "2", "3"});
  ASSERT_EQ(run.status, 0) << run.out << run.err;
  const std::map<std::string, std::string> statuses = {{"transition", "0x00000110"},
                                                       {"demand zero", "0x00000111"},
                                                       {"copy on write", "0x00000112"},
                                                       {"paging file", "0x00000114"}};
  std::map<std::string, unsigned> kinds;
  unsigned copies = 0;  // of the section's pages: the program's own are at 4 MB, DLLs far above
  for (const auto& fault : scratch.json_lines("faults")) {
    const std::string kind = fault["resolution"];
    const auto address = std::stoul(fault["address"].get<std::string>(), nullptr, 16);
    ++kinds[kind];
    if (kind == "copy on write" && address >= 0x500000 && address < 0x70000000) ++copies;
    if (const auto status = statuses.find(kind); status != statuses.end()) {
      EXPECT_EQ(fault["status"], status->second) << kind;
    }
  }
  for (const auto& [kind, status] : statuses) EXPECT_GT(kinds[kind], 0u) << kind;
  EXPECT_EQ(kinds.count("unresolved"), 0u);
  EXPECT_EQ(kinds.count("in-page error"), 0u);
  // Every third page of 3 MB, once by each of the two: no store is copied twice.
  const unsigned pages = 3 * 1024 * 1024 / arch::Geometry<arch::Paging>::page_size;
  EXPECT_EQ(copies, (pages + 2) / 3 + (pages + 1) / 3);
}

TEST(SectionPressure, CommitmentRunsOutAtEveryStep) {
  const Outcome run = faultline({"run", "--mem", "4M", "seclimit.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "seclimit: all or nothing, at every page\n");
}

TEST(SectionPressure, ProcessesEndInTheMiddle) {
  const Outcome run = faultline({"run", "--mem", "4M", "seckill.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "seckill: sections keep their words whoever ends\n");
}

class SectionsChecked : public testing::TestWithParam<const char*> {};

/// The last moments may come after the end.
TEST_P(SectionsChecked, AreCleanAtThirtyMoments) {
  const Outcome run = faultline({"check-vmm", "--mem", "4M", "--points", "30", GetParam()});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_TRUE(std::regex_search(run.out, std::regex("(2[5-9]|30) points checked, 0 violations")))
      << run.out;
}

INSTANTIATE_TEST_SUITE_P(, SectionsChecked,
                         testing::Values("sharing.exe", "seclimit.exe", "seckill.exe"),
                         [](const auto& i) {
                           const std::string name = i.param;
                           return name.substr(0, name.find('.'));
                         });

}  // namespace
}  // namespace faultline::tests
