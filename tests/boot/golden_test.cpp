// The programs on the disk say what tests/golden has: NAME.txt, or one file a page size.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "arch/paging_selected.hpp"
#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

std::string golden(const std::string& name) {
  const std::string directory = FAULTLINE_GOLDEN;
  for (const std::string& file :
       {directory + name + ".txt", directory + name + "." + arch::Paging::name + ".txt"}) {
    std::ifstream stream(file, std::ios::binary);
    if (stream) return {std::istreambuf_iterator<char>(stream), {}};
  }
  ADD_FAILURE() << "no golden file for " << name;
  return {};
}

class Golden : public testing::TestWithParam<const char*> {};

TEST_P(Golden, IsWhatTheProgramPrints) {
  const std::string name = GetParam();
  const Outcome run = faultline({"run", name + ".exe"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out, golden(name));
}
INSTANTIATE_TEST_SUITE_P(, Golden,
                         testing::Values("heap", "hello", "perclass", "seh", "threads", "tour"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace faultline::tests
