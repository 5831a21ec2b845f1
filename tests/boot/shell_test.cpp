// The system from reset to prompt and back, as a person drives it over COM1.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "arch/paging_selected.hpp"
#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

constexpr unsigned page_size = arch::Geometry<arch::Paging>::page_size;

Outcome session(const std::string& typed, std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"boot", "--headless", "--overlay"};
  words.insert(words.end(), more.begin(), more.end());
  return faultline(words, typed);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Shell, ListsRunsAndLeaves) {
  const Scratch scratch;
  const Outcome run =
      session("dir\nmem\nrun hello\nps\nexit\n", {"--screenshot", scratch.path("screen.png")});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_TRUE(contains(run.out, "KERNEL.EXE") || contains(run.out, "KERNEL   EXE")) << run.out;
  EXPECT_TRUE(contains(run.out, "Hello")) << run.out;
  EXPECT_EQ(scratch.read("screen.png").substr(1, 3), "PNG");
}

TEST(Shell, ReportsAnAccessViolation) {
  const Outcome run = session("run nullread\nexit\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_TRUE(contains(run.out, "access violation")) << run.out;
  EXPECT_TRUE(contains(run.out, "00000000")) << run.out;
}

TEST(Shell, KeepsGoingAfterNonsense) {
  const Outcome run = session("nonsense\nrun absent\n\nrun hello\nexit\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_TRUE(contains(run.out, "Hello")) << run.out;
}

TEST(Shell, TwoSessionsAreTheSameToTheClock) {
  const Scratch scratch;
  const std::string typed = "dir\nrun tour\nmem\nexit\n";
  const Outcome first = session(typed, {"--result", scratch.path("first")});
  const Outcome second = session(typed, {"--result", scratch.path("second")});
  EXPECT_EQ(first.status, 0) << first.out << first.err;
  EXPECT_EQ(first.out, second.out);
  EXPECT_EQ(scratch.read("first"), scratch.read("second"));
  EXPECT_EQ(scratch.json("first")["page_size"], page_size);
}

TEST(Shell, BootsWhateverMemoryHeldAtPowerOn) {
  const Outcome zeros = session("dir\nexit\n"), noise = session("dir\nexit\n", {"--seed", "386"});
  EXPECT_EQ(noise.status, 0) << noise.out << noise.err;
  EXPECT_EQ(zeros.out, noise.out);
}

constexpr const char* every_model[] = {"i386dx",    "i386dx+387", "i386dx-b1", "i386dx-c0",
                                       "i386dx-d0", "i386sx",     "i486sx",    "i486dx",
                                       "i486dx2",   "compat"};

class ShellOnModel : public testing::TestWithParam<const char*> {};

TEST_P(ShellOnModel, RunsAProgram) {
  const Scratch scratch;
  const Outcome run = session("run hello\nexit\n", {"--cpu", GetParam(), "--mem", "16M", "--result",
                                                    scratch.path("result")});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_TRUE(contains(run.out, "Hello")) << run.out;
  EXPECT_EQ(scratch.json("result")["cpu"], GetParam());
}
INSTANTIATE_TEST_SUITE_P(, ShellOnModel, testing::ValuesIn(every_model), [](const auto& info) {
  std::string name = info.param;
  std::ranges::replace_if(
      name, [](char c) { return c == '+' || c == '-'; }, '_');
  return name;
});

TEST(Shell, EveryModelIsTried) {
  std::istringstream listed(faultline({"models"}).out);
  std::vector<std::string> names;
  for (std::string line; std::getline(listed, line);)
    names.push_back(line.substr(0, line.find(' ')));
  EXPECT_EQ(names, std::vector<std::string>(std::begin(every_model), std::end(every_model)));
}

TEST(Shell, BootsOnAnEarlySteppingThatShowsItsErrata) {
  const Outcome run = session("run tour\nexit\n", {"--cpu", "i386dx-b1", "--errata"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_TRUE(contains(run.out, "everything as it should be")) << run.out;
}

class ShellWithMemory : public testing::TestWithParam<const char*> {};

TEST_P(ShellWithMemory, RunsAProgram) {
  const Outcome run = session("mem\nrun tour\nexit\n", {"--mem", GetParam()});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_TRUE(contains(run.out, "everything as it should be")) << run.out;
}
INSTANTIATE_TEST_SUITE_P(, ShellWithMemory, testing::Values("4M", "64M", "256M"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Shell, EndsWhenItsInputDoes) {
  const Outcome run = session("run hello\n");
  EXPECT_EQ(run.status, 82);
  EXPECT_TRUE(contains(run.out, "Hello")) << run.out;
  EXPECT_TRUE(contains(run.err, "waits for input")) << run.err;
}

}  // namespace
}  // namespace faultline::tests
