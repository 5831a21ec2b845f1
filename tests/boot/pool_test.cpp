// The kernel's pool seen from programs: its use by tag, and that processes leave nothing in it.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace faultline::tests
