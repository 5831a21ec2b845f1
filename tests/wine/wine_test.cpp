// The answers of the conformance programs here against those that Wine gave (tests/wine/record).
// What differs is in differences.txt, with what NT does.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "tests/boot/command.hpp"
#include "tests/wine/comparison.hpp"

namespace faultline::tests {
namespace {

namespace fs = std::filesystem;
const fs::path folder = FAULTLINE_WINE;

std::string read(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> programs() {
  std::vector<std::string> names;
  std::ifstream list(FAULTLINE_PROGRAMS);
  for (std::string name; std::getline(list, name);) {
    if (!name.empty() && name.front() != '#') names.push_back(name);
  }
  return names;
}

/// The one program's own report, which is indented in the command's.
std::string subtest_in(const std::string& report) {
  std::istringstream lines(report);
  std::string subtest;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("  ", 0) == 0) subtest += line.substr(2) + '\n';
  }
  return subtest;
}

class Wine : public testing::TestWithParam<std::string> {};

TEST_P(Wine, EveryDifferenceIsExplained) {
  const std::string program = GetParam();
  const fs::path recorded = folder / "recorded" / (program + ".txt");
  ASSERT_TRUE(fs::exists(recorded))
      << program << ": Wine's answers are missing (tests/wine/record)";
  const Outcome run = faultline({"conform", program});
  const app::KtapReport ours = app::parse_ktap(subtest_in(run.out));
  ASSERT_TRUE(ours.whole()) << ours.problems.front() << '\n' << run.out << run.err;
  const auto found = differences(ours, app::parse_ktap(read(recorded)));
  for (const std::string& line :
       objections(program, found, parse_explanations(read(folder / "differences.txt")))) {
    ADD_FAILURE() << line;
  }
}

INSTANTIATE_TEST_SUITE_P(, Wine, testing::ValuesIn(programs()),
                         [](const auto& i) { return i.param; });

TEST(WineAnswers, AreOfProgramsThatAreThere) {
  const auto names = programs();
  for (const auto& entry : fs::directory_iterator(folder / "recorded")) {
    EXPECT_NE(std::find(names.begin(), names.end(), entry.path().stem().string()), names.end())
        << entry.path();
  }
  for (const auto& line : parse_explanations(read(folder / "differences.txt"))) {
    EXPECT_NE(std::find(names.begin(), names.end(), line.program), names.end())
        << "line " << line.line;
    EXPECT_TRUE(fs::exists(folder / "recorded" / (line.program + ".txt"))) << "line " << line.line;
  }
}

const std::string ours = "KTAP version 1\n1..3\nok 1 a\nok 2 b\nok 3 c\n";

std::vector<Difference> differences_from_ours(const std::string& theirs) {
  return differences(app::parse_ktap(ours), app::parse_ktap("# wine\n" + theirs));
}

TEST(WineComparison, FindsChecksSkipsAndWhatIsMissing) {
  EXPECT_TRUE(differences_from_ours(ours).empty());
  const auto found = differences_from_ours(
      "KTAP version 1\n1..3\n# size: expected 16, seen 24\n# free: expected success, seen error 5\n"
      "not ok 1 a\nok 2 b # SKIP no\n");
  const std::vector<Difference> expected = {
      {"a", "free"}, {"a", "size"}, {"b", "(skipped)"}, {"c", "(no answer)"}};
  EXPECT_EQ(found, expected);
  EXPECT_EQ(differences_from_ours("KTAP version 1\n1..3\nnot ok 1 a\nok 2 b\nok 3 c\n"),
            (std::vector<Difference>{{"a", "(result)"}}));
}

TEST(WineComparison, AnswersOfAnotherVersionAreRefused) {
  EXPECT_THROW(differences_from_ours("KTAP version 1\n1..2\nok 1 a\nok 2 b\n"), std::runtime_error);
  EXPECT_THROW(differences_from_ours("KTAP version 1\n1..3\nok 1 a\nok 2 x\nok 3 c\n"),
               std::runtime_error);
}

TEST(WineComparison, ObjectsToWhatIsUnexplainedAndToWhatIsGone) {
  const std::vector<Difference> found = {{"a", "size"}, {"b", "x"}, {"b", "y"}};
  const auto lines = parse_explanations(
      "# comment\np | a | size | NT has 16 | as ever\np | b | * | why\nq | c | d | other "
      "program\n");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].reason, "NT has 16 | as ever");
  EXPECT_TRUE(objections("p", found, lines).empty());
  EXPECT_EQ(objections("q", {}, lines),
            std::vector<std::string>{"no such difference any more: line 4: q | c | d"});
  EXPECT_EQ(objections("p", {{"a", "size"}, {"b", "x"}, {"c", "z"}}, lines),
            std::vector<std::string>{"unexplained: p | c | z"});
}

TEST(WineComparison, ALineWithoutReasonOrTwiceIsRefused) {
  EXPECT_THROW(parse_explanations("p | a | size\n"), std::runtime_error);
  EXPECT_THROW(parse_explanations("p | a | size | \n"), std::runtime_error);
  EXPECT_THROW(parse_explanations("p | a | s | r\np | a | s | t\n"), std::runtime_error);
}

}  // namespace
}  // namespace faultline::tests
