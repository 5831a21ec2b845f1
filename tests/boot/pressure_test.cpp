// More memory than there is: the paging file, trimming, replacement, and what happens at the limit.
#include <gtest/gtest.h>

#include <array>
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
  EXPECT_GE(refused, 1);  // some may end before others begin
  EXPECT_LE(refused, 6);
  EXPECT_TRUE(contains(run.out, std::to_string(10 - refused) + " of 10 processes verified"))
      << run.out;
}

TEST(Pressure, FaultsAreNamedByTheirKind) {
  const Scratch scratch;
  const Outcome run = faultline({"run", "--json", "--mem", "2M", "--faults-file",
                                 scratch.path("faults"), "pressure.exe", "1", "2"});
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
  // A page from the zeroed list may come as quickly as one from standby.
  EXPECT_LT(fastest["transition"], fastest["paging file"]);
  EXPECT_LT(fastest["demand zero"], fastest["paging file"]);
}

/// The figures of each paging file that the `pagefile` program lists: size, in use, at most, in KB.
std::vector<std::array<unsigned, 3>> paging_files(const std::string& out) {
  std::vector<std::array<unsigned, 3>> files;
  const std::regex line("SYS: (\\d+) KB, (\\d+) KB in use, (\\d+) KB at most");
  for (auto i = std::sregex_iterator(out.begin(), out.end(), line); i != std::sregex_iterator();
       ++i) {
    const auto number = [&](int n) { return static_cast<unsigned>(std::stoul((*i)[n])); };
    files.push_back({number(1), number(2), number(3)});
  }
  return files;
}

/// All are written to, and fill up alike; what is in use adds up to what memory can't hold.
TEST(PagingFiles, SixteenAreUsedTogether) {
  const Outcome run = faultline({"run", "--mem", "4M", "pagefile.exe", "fill", "15", "12"});
  ASSERT_EQ(run.status, 0) << run.out << run.err;
  const auto files = paging_files(run.out);
  ASSERT_EQ(files.size(), 16u) << run.out;
  unsigned in_use = 0;
  for (const auto& [size, used, most] : files) {
    EXPECT_GE(size, 1024u);
    EXPECT_GE(used, 200u) << run.out;
    EXPECT_LE(used, most);
    EXPECT_LT(most, size);
    in_use += used;
  }
  EXPECT_GE(in_use, 8u * 1024);
  EXPECT_LE(in_use, 14u * 1024);
}

TEST(PagingFiles, TheSeventeenthAndWrongSizesAreRefused) {
  const auto status = [](const std::string& first, const std::string& second) {
    const Outcome run = faultline({"run", "--mem", "4M", "pagefile.exe", "create", first, second});
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    return run.out.substr(0, run.out.find('\n'));
  };
  EXPECT_EQ(status("1024", "2048"), "pagefile: status 00000000");
  EXPECT_EQ(status("512", "2048"), "pagefile: status C00000F0");
  EXPECT_EQ(status("2048", "1024"), "pagefile: status C00000F1");
  EXPECT_EQ(status("4194303", "4194303"), "pagefile: status C00000F0");
  EXPECT_EQ(status("131072", "131072"), "pagefile: status C000007F");  // the disk has less
  const Outcome run = faultline({"run", "--mem", "4M", "pagefile.exe", "fill", "16", "1"});
  EXPECT_EQ(run.status, 2);
  EXPECT_TRUE(contains(run.out, "file 15, status C0000097")) << run.out;
}

/// The commit limit rises until the file has its maximum; then there is a clear answer, and all
/// that was promised is there.
TEST(PagingFiles, GrowUntilTheirMaximumAndNoFurther) {
  const Outcome before = faultline({"run", "--mem", "4M", "pagefile.exe"});
  const Outcome run = faultline({"run", "--mem", "4M", "pagefile.exe", "exhaust"});
  ASSERT_EQ(before.status, 0) << before.out << before.err;
  ASSERT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_TRUE(contains(run.out, "MB, error 1455")) << run.out;
  const auto first = paging_files(before.out), last = paging_files(run.out);
  ASSERT_EQ(first.size(), 1u);
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0][0], first[0][0] + 38 * 1024);  // from memory and 12 MB to memory and 50
}

/// Nothing is wrong inside while paging files fill up, grow, and can't grow any more.
TEST(PagingFiles, AreConsistentWhenTheyAreFull) {
  const std::vector<std::vector<std::string>> commands = {{"pagefile.exe", "exhaust"},
                                                          {"pagefile.exe", "fill", "15", "12"}};
  for (const auto& command : commands) {
    std::vector<std::string> words = {"check-vmm", "--mem", "4M", "--points", "40"};
    words.insert(words.end(), command.begin(), command.end());
    const Outcome check = faultline(words);
    EXPECT_EQ(check.status, 0) << command[1] << ": " << check.out << check.err;
  }
}

TEST(PagingFiles, AQuotaStopsOneProcessAndItsChildren) {
  const Outcome run = faultline({"run", "--mem", "4M", "pagefile.exe", "quota"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "pagefile: beyond the quota: error 567\n");
}

/// The commit limit that the `pagefile` program saw, in KB.
int commit_limit(const Outcome& run) {
  std::smatch match;
  const bool found = std::regex_search(run.out, match, std::regex("commit limit (\\d+) KB"));
  EXPECT_TRUE(found) << run.out << run.err;
  return found ? std::stoi(match[1]) : 0;
}

/// Where the disk refuses to write, the pages go elsewhere, and less can be promised.
TEST(PagingFiles, BadSectorsCostPlacesAndNothingElse) {
  const std::string bad = "disk-write-error@10000+700";
  const Outcome check = faultline({"check-vmm", "--points", "10", "--mem", "4M", "--inject", bad,
                                   "pagefile.exe", "fill", "0", "10"});
  EXPECT_EQ(check.status, 0) << check.out << check.err;
  const Outcome broken =
      faultline({"run", "--mem", "4M", "--inject", bad, "pagefile.exe", "fill", "0", "10"});
  EXPECT_EQ(broken.status, 0) << broken.out << broken.err;
  const Outcome sound = faultline({"run", "--mem", "4M", "pagefile.exe", "fill", "0", "10"});
  EXPECT_LE(commit_limit(broken), commit_limit(sound) - 350);
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
