// The fuzzed property over the committed inputs, among them one for each bug that was found, named
// after it, and over pseudo-random ones.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/engines.hpp"
#include "tests/fuzz/program.hpp"

namespace faultline::fuzz {
namespace {

TEST(Fuzz, TheEnginesAgreeOnTheCorpus) {
  unsigned files = 0;
  for (const auto& file : std::filesystem::directory_iterator(FUZZ_CORPUS)) {
    std::ifstream stream(file.path(), std::ios::binary);
    const std::vector<u8> bytes(std::istreambuf_iterator<char>(stream), {});
    EXPECT_EQ(disagreement(bytes), "") << file.path().filename();
    ++files;
  }
  EXPECT_GT(files, 0u);
}

TEST(Fuzz, TheEnginesAgreeOnRandomBytes) {
  std::mt19937 random(1);
  for (unsigned i = 0; i < 500; ++i) {
    std::vector<u8> bytes(header_size() + random() % 1000);
    for (u8& each : bytes) each = static_cast<u8>(random());
    ASSERT_EQ(disagreement(bytes), "") << "input " << i;
  }
}

TEST(Fuzz, TheEnginesAgreeOnRandomInstructions) {
  std::mt19937 random(2);
  for (unsigned i = 0; i < 2000; ++i) {
    const std::vector<u8> bytes = random_input(random);
    ASSERT_EQ(disagreement(bytes), "") << "input " << i;
  }
}

}  // namespace
}  // namespace faultline::fuzz
