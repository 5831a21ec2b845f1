// More memory than there is: the paging file, trimming, replacement, and what happens at the limit.
#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// 16 MB over four processes, on a machine with 4.
class PressureOnModel : public testing::TestWithParam<const char*> {};

TEST_P(PressureOnModel, FourTimesMemoryIsVerified) {
  const Outcome run = faultline({"run", "--cpu", GetParam(), "--mem", "4M", "pressure.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "pressure: 4 of 4 processes verified 4 MB each\n");
}

/// 64 MB over four processes, on a machine with 16.
TEST(Pressure, SixtyFourMegabytesAreVerifiedInSixteen) {
  const Outcome run = faultline({"run", "--mem", "16M", "pressure.exe", "4", "16"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "pressure: 4 of 4 processes verified 16 MB each\n");
}

INSTANTIATE_TEST_SUITE_P(, PressureOnModel, testing::Values("i386dx", "i486dx"),
                         [](const auto& i) { return std::string(i.param); });

/// Sixteen processes, each with a minimum working set of its own.
TEST(Pressure, ManySmallProcessesAreVerified) {
  const Outcome run = faultline({"run", "--mem", "4M", "pressure.exe", "16", "1"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
}

/// 80 MB fit into neither memory nor the paging file: those who come late are told so, the others
/// keep every word.
TEST(Pressure, BeyondTheCommitLimitIsRefused) {
  const Outcome run = faultline({"run", "--mem", "4M", "pressure.exe", "10", "8"});
  EXPECT_EQ(run.status, 1) << run.out << run.err;
  const std::regex cause("cannot start process \\d+ \\(error 1455\\)|ends with 00000002");
  const auto begin = std::sregex_iterator(run.out.begin(), run.out.end(), cause);
  const auto refused = std::distance(begin, std::sregex_iterator());
  EXPECT_GE(refused, 3);
  EXPECT_LE(refused, 6);
  EXPECT_TRUE(contains(run.out, std::to_string(10 - refused) + " of 10 processes verified"))
      << run.out;
}

TEST(Pressure, FaultsAreNamedByTheirKind) {
  const Scratch scratch;
  const Outcome run = faultline({"run", "--json", "--mem", "4M", "--faults-file",
                                 scratch.path("faults"), "pressure.exe", "1", "5"});
  ASSERT_EQ(run.status, 0) << run.out << run.err;
  std::map<std::string, unsigned> kinds;
  std::map<std::string, std::uint64_t> fastest;
  for (const auto& fault : scratch.json_lines("faults")) {
    const std::string kind = fault["resolution"];
    ++kinds[kind];
    if (fault["cycles"].is_null()) continue;
    const std::uint64_t cycles = fault["cycles"];
    if (!fastest.contains(kind) || cycles < fastest[kind]) fastest[kind] = cycles;
    if (kind == "paging file") {
      EXPECT_EQ(fault["status"], "0x00000114");
    }
  }
  EXPECT_GT(kinds["demand zero"], 0u);
  EXPECT_GT(kinds["transition"], 0u);
  EXPECT_GT(kinds["paging file"], 0u);
  EXPECT_EQ(kinds.count("unresolved"), 0u);
  EXPECT_EQ(kinds.count("in-page error"), 0u);
  // Clustering: a page that came in with a neighbour costs no read of its own.
  EXPECT_GT(kinds["transition"], kinds["paging file"]);
  EXPECT_LT(fastest["transition"], fastest["demand zero"]);
  EXPECT_LT(fastest["demand zero"], fastest["paging file"]);
}

/// What `mem` says under a heading, in KB, each time it was asked.
std::vector<unsigned> figures(const std::string& out, const std::string& heading) {
  std::vector<unsigned> values;
  const std::regex line(heading + " +(\\d+) KB");
  for (auto i = std::sregex_iterator(out.begin(), out.end(), line); i != std::sregex_iterator();
       ++i) {
    values.push_back(static_cast<unsigned>(std::stoul((*i)[1])));
  }
  return values;
}

TEST(Pressure, WhatWasCommittedIsGivenBack) {
  const Outcome run = faultline({"boot", "--headless", "--overlay", "--mem", "4M"},
                                "mem\nrun pressure 3 3\nmem\nexit\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_TRUE(contains(run.out, "3 of 3 processes verified")) << run.out;
  const auto committed = figures(run.out, "committed"), available = figures(run.out, "available"),
             limit = figures(run.out, "commit limit"), total = figures(run.out, "physical memory");
  ASSERT_EQ(committed.size(), 2u) << run.out;
  EXPECT_EQ(committed[0], committed[1]);
  EXPECT_EQ(limit[0], limit[1]);
  EXPECT_GT(limit[0], 2 * total[0]);
  // Trimmed pages of the shell may still be on the disk: there can only be more.
  EXPECT_GE(available[1], available[0]);
}

/// The second start takes over the file of the first; nobody else may have it.
TEST(Pressure, ThePagingFileStaysOnTheDisk) {
  const Scratch scratch;
  const std::string disk = scratch.system_disk("disk");
  std::vector<unsigned> limits;
  for (int boot = 0; boot < 2; ++boot) {
    const Outcome run = faultline({"boot", "--headless", "--mem", "4M", "--disk", disk},
                                  "mem\ndel pagefile.sys\nexit\n");
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    EXPECT_TRUE(contains(run.out, "in use (error 32)")) << run.out;
    for (const unsigned limit : figures(run.out, "commit limit")) limits.push_back(limit);
  }
  ASSERT_EQ(limits.size(), 2u);
  EXPECT_EQ(limits[0], limits[1]);
}

/// PAGEFILE=n of BOOT.INI, in MB.
unsigned commit_limit_with(const std::string& options) {
  const Scratch scratch;
  const std::string disk = scratch.system_disk("disk");
  const std::string file = scratch.file("boot.ini", "options=" + options + "\r\n");
  const Outcome copied = run_command(
      "env", {"MTOOLSRC=/dev/null", "mcopy", "-o", "-i", disk + "@@1M", file, "::BOOT.INI"});
  EXPECT_EQ(copied.status, 0) << copied.err;
  const Outcome run =
      faultline({"boot", "--headless", "--mem", "4M", "--disk", disk}, "mem\nexit\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  const auto limits = figures(run.out, "commit limit");
  return limits.empty() ? 0 : limits.front();
}

TEST(Pressure, TheBootOptionChoosesTheSize) {
  const unsigned without = commit_limit_with("PAGEFILE=0");
  const unsigned with = commit_limit_with("PAGEFILE=5");
  EXPECT_GT(without, 1024u);
  EXPECT_LT(without, 4096u);
  // 5 MB less the page that is never used; the bitmap is the pool's business.
  EXPECT_GE(with, without + 5 * 1024 - 16);
  EXPECT_LT(with, without + 5 * 1024);
}

}  // namespace
}  // namespace faultline::tests
