// Sessions compared letter for letter: NAME.script gives NAME.txt, or a file for each page size.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "arch/paging_selected.hpp"
#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

const std::string directory = std::string(FAULTLINE_SOURCE_DIR) + "/tests/debug/";

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string golden(const std::string& name) {
  for (const std::string& file :
       {directory + name + ".txt", directory + name + "." + arch::Paging::name + ".txt"}) {
    if (std::filesystem::exists(file)) return contents(file);
  }
  ADD_FAILURE() << "no transcript for " << name;
  return {};
}

class Transcript : public testing::TestWithParam<const char*> {};

/// FAULTLINE_TRANSCRIPTS=DIR in the environment writes what came there, for a new transcript.
TEST_P(Transcript, IsWhatTheSessionPrints) {
  const std::string name = GetParam();
  const Outcome session = faultline({"debug", "--firmware", FAULTLINE_GUEST_ROM, "--mem", "1M",
                                     "--echo", "--script", directory + name + ".script"});
  if (const char* to = std::getenv("FAULTLINE_TRANSCRIPTS"))
    std::ofstream(std::string(to) + "/" + name + "." + arch::Paging::name + ".txt") << session.out;
  EXPECT_EQ(session.out, golden(name));
}
INSTANTIATE_TEST_SUITE_P(, Transcript,
                         testing::Values("catch", "faults", "look", "microsteps", "mistakes",
                                         "reverse"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace faultline::tests
