// Working sets seen from programs: locked pages, paged page tables, who keeps memory when it is
// short.
#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What is accepted, the limit by the minimum working set, and that locked pages do not fault.
TEST(VirtualLock, KeepsPagesUpToTheMinimumWorkingSet) {
  for (const auto& [memory, limit] : {std::pair{"4M", "20"}, {"16M", "30"}, {"24M", "50"}}) {
    const Outcome run = faultline({"run", "--mem", memory, "lock.exe"});
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    EXPECT_EQ(run.out, std::string("lock: ") + limit + " pages\n");
  }
}

/// A process that locks all memory there is works on, and the next one is refused, at once.
TEST(VirtualLock, EverythingLockedIsRefusedToOthers) {
  const Outcome run = faultline({"check-vmm", "--mem", "4M", "--points", "20", "lock.exe", "all"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  const Outcome again = faultline({"run", "--mem", "4M", "lock.exe", "all"});
  EXPECT_EQ(again.status, 0) << again.out << again.err;
  EXPECT_TRUE(contains(again.out, "lock: another process: error 14")) << again.out;  // 1450, 1455
}

/// One page in each of 300 page tables, in each of four processes.
TEST(PagedPageTables, SparseAddressSpacesAreVerified) {
  const Outcome run =
      faultline({"check-vmm", "--mem", "4M", "--points", "20", "sparse.exe", "3", "180"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  const Outcome again = faultline({"run", "--mem", "4M", "sparse.exe"});
  EXPECT_EQ(again.status, 0) << again.out << again.err;
  EXPECT_EQ(again.out, "sparse: 4 of 4 processes verified\n");
}

/// One address translation, two reads: of the page table, then of the page.
TEST(PagedPageTables, OneAccessFaultsForThePageTableAndForThePage) {
  const Scratch scratch;
  const Outcome run = faultline({"run", "--json", "--mem", "2M", "--faults-file",
                                 scratch.path("faults"), "sparse.exe", "1", "200"});
  ASSERT_EQ(run.status, 0) << run.out << run.err;
  struct Access {
    std::string eip, address;
    bool operator==(const Access&) const = default;
  };
  std::map<unsigned, Access> last_read;  // by thread: its last fault, if that was a page-in
  unsigned twice = 0;
  for (const auto& fault : scratch.json_lines("faults")) {
    const unsigned thread = fault["thread_id"];
    const Access access = {fault["eip"], fault["address"]};
    const bool read = fault["resolution"] == "paging file";
    if (read && last_read[thread] == access) ++twice;
    last_read[thread] = read ? access : Access{};
  }
  EXPECT_GT(twice, 20u);
}

/// A process that waits is taken out of memory as a whole, page tables and all; of two with as many
/// pages the one that uses them keeps more.
TEST(Trimming, FollowsUse) {
  const Outcome run = faultline({"run", "--mem", "4M", "swap.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  std::smatch figures;
  ASSERT_TRUE(std::regex_match(run.out, figures,
                               std::regex("swap: idle (\\d+), seldom (\\d+), often (\\d+)\n")))
      << run.out;
  const int idle = std::stoi(figures[1]), seldom = std::stoi(figures[2]),
            often = std::stoi(figures[3]);
  EXPECT_LT(idle, 20) << "below the minimum working set";
  EXPECT_LT(idle, seldom);
  EXPECT_LT(2 * seldom, often);
  const Outcome check = faultline({"check-vmm", "--mem", "4M", "--points", "20", "swap.exe"});
  EXPECT_EQ(check.status, 0) << check.out << check.err;
}

}  // namespace
}  // namespace faultline::tests
