// Working sets seen from programs: locked pages.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace faultline::tests
