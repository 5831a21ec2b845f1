// The programs of the textbook's own examples, word for word what they print.
#include <gtest/gtest.h>

#include "arch/paging_selected.hpp"
#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

constexpr bool small_pages = arch::Geometry<arch::Paging>::page_size == 4096;

TEST(Examples, SeventyKilobytesAreWholePages) {
  const Outcome run = faultline({"run", "alloc70.exe"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out, small_pages ? "71680 bytes are 73728: 18 pages of 4096\n"
                                 : "71680 bytes are 73728: 9 pages of 8192\n");
}

/// 82 records lie 98760 bytes apart, so each has a page of its own.
TEST(Examples, AnExceptionHandlerCommitsWhatIsTouched) {
  const Outcome run = faultline({"run", "lazy.exe"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out,
            "reserved 8000000 bytes, committed 0\n"
            "82 records in 82 pages, committed by 82 exceptions\n");
}

TEST(Examples, AServerAndItsClientShareNamedMemory) {
  const Outcome run = faultline({"run", "server.exe"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out,
            "server: What is seven times six?\n"
            "client: I am asked: What is seven times six?\n"
            "server: the client says 42\n");
}

TEST(Examples, AClientWithoutAServerSaysSo) {
  const Outcome run = faultline({"run", "client.exe"});
  EXPECT_EQ(run.status, 1);
  EXPECT_NE((run.out + run.err).find("there is no server (error 2)"), std::string::npos);
}

}  // namespace
}  // namespace faultline::tests
