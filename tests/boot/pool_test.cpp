// The kernel's pool seen from programs: its use by tag, and that processes leave nothing in it.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

TEST(PoolTagInformation, AHundredProcessesLeaveNothing) {
  const Outcome run = faultline({"run", "--mem", "8M", "pooltags.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "pooltags: 100 processes left nothing\n");
}

/// What the test above would show if they did: processes whose handles are still open.
TEST(PoolTagInformation, ShowsWhatIsKept) {
  const Outcome run = faultline({"run", "--mem", "8M", "pooltags.exe", "keep", "8"});
  EXPECT_EQ(run.status, 1) << run.out << run.err;
  EXPECT_NE(run.out.find("pooltags: Obj"), std::string::npos) << run.out;
}

TEST(PoolTagInformation, TheShellListsIt) {
  const Outcome run = faultline({"boot", "--headless", "--overlay"}, "mem /pool\nexit\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  for (const char* tag : {"  Obj ", "  Obtb", "  Vad "}) {
    EXPECT_NE(run.out.find(tag), std::string::npos) << tag << run.out;
  }
}

/// Names of objects, while three times the memory is written and read.
TEST(PagedPool, IsPagedOutAndComesBack) {
  const Outcome run = faultline({"run", "--mem", "4M", "poolpage.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "poolpage: 2000 names were paged out and came back\n");
}

/// The same kinds of faults as on a process's pages, taken by the kernel.
TEST(PagedPool, FaultsAreNamedByTheirKind) {
  const Outcome run = faultline({"run", "--mem", "4M", "--faults", "poolpage.exe"});
  EXPECT_EQ(run.status, 0) << run.err;
  const std::string log = run.out + run.err;
  bool demand_zero = false, paging_file = false;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" E1") == std::string::npos || line.find("kernel") == std::string::npos) continue;
    demand_zero = demand_zero || line.find("demand zero") != std::string::npos;
    paging_file = paging_file || line.find("paging file") != std::string::npos;
  }
  EXPECT_TRUE(demand_zero);
  EXPECT_TRUE(paging_file);
}

TEST(PagedPool, InvariantsHold) {
  const Outcome run =
      faultline({"check-vmm", "--mem", "4M", "--points", "40", "--seed", "3", "poolpage.exe"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
}

}  // namespace
}  // namespace faultline::tests
