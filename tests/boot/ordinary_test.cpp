// Programs that plain mingw has compiled answer as they do under Wine: output and exit code as
// recorded in tests/programs/recorded.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

struct Recorded {
  std::string output;
  int status = -1;
};

/// Wine's version, the output, "# exit status N".
Recorded read_recorded(const std::string& name) {
  std::ifstream file(FAULTLINE_PROGRAM_SOURCES "/recorded/" + name + ".txt");
  std::stringstream text;
  text << file.rdbuf();
  const std::string all = text.str(), mark = "# exit status ";
  const auto first = all.find('\n'), last = all.rfind(mark);
  if (first == all.npos || last == all.npos) return {};
  return {all.substr(first + 1, last - first - 1), std::stoi(all.substr(last + mark.size()))};
}

std::string without_returns(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c != '\r') result += c;
  }
  return result;
}

class OrdinaryProgram : public testing::TestWithParam<const char*> {};

TEST_P(OrdinaryProgram, AnswersAsUnderWine) {
  const Recorded recorded = read_recorded(GetParam());
  const std::string program = FAULTLINE_PROGRAMS "/" + std::string(GetParam()) + ".exe";
  const Outcome run = faultline({"run", program}, "one two\nthree\n");
  EXPECT_EQ(run.status, recorded.status) << run.err;
  EXPECT_EQ(without_returns(run.out), recorded.output) << run.err;
}

INSTANTIATE_TEST_SUITE_P(, OrdinaryProgram,
                         testing::Values("convert", "formats", "json", "lz", "maths", "memory",
                                         "scan", "throws", "times", "wc", "wide", "words"),
                         [](const auto& i) { return std::string(i.param); });

TEST(ProgramModel, IsCompatForProgramsOfMsvcrtUnlessOneIsGiven) {
  const std::string program = FAULTLINE_PROGRAMS "/throws.exe";
  const Outcome other = faultline({"run", "--cpu", "i486dx", program});
  EXPECT_NE(other.status, 17) << other.out;  // CMOV is no instruction of a 486
  EXPECT_EQ(faultline({"run", program}).status, 17);
}

/// Behind the last line of a pipe is the end, as often as it is asked for.
TEST(PipedInput, EndsForTheProgram) {
  const Outcome run = faultline({"run", FAULTLINE_PROGRAMS "/wc.exe"}, "");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(without_returns(run.out), "      0       0       0 -\n");
}

}  // namespace
}  // namespace faultline::tests
