// KTAP as it is printed, and as it looks when a program dies, hangs or lies.
#include "app/ktap.hpp"

#include <gtest/gtest.h>

#include "app/conformance.hpp"
#include "app/conformance_report.hpp"
#include "app/exit_code.hpp"

namespace faultline::app {
namespace {

using Outcome = KtapResult::Outcome;
using Verdict = ConformanceRun::Verdict;

const std::string good =
    "KTAP version 1\n1..3\nok 1 pages are zero\n# size: expected 16, seen 24\n"
    "not ok 2 spacing\nok 3 paging # SKIP no disk\n";

RunResult exit_with(u32 code) {
  RunResult end;
  end.reason = EndReason::Exit;
  end.code = code;
  return end;
}

TEST(Ktap, ReadsPlanResultsAndDiagnostics) {
  const KtapReport report = parse_ktap(good);
  EXPECT_TRUE(report.whole());
  EXPECT_EQ(report.plan, 3u);
  ASSERT_EQ(report.results.size(), 3u);
  EXPECT_EQ(report.results[0].name, "pages are zero");
  EXPECT_EQ(report.results[0].outcome, Outcome::Passed);
  EXPECT_TRUE(report.results[0].diagnostics.empty());
  EXPECT_EQ(report.results[1].outcome, Outcome::Failed);
  EXPECT_EQ(report.results[1].diagnostics, std::vector<std::string>{"size: expected 16, seen 24"});
  EXPECT_EQ(report.results[2].outcome, Outcome::Skipped);
  EXPECT_EQ(report.results[2].name, "paging");
  EXPECT_EQ(report.results[2].reason, "no disk");
}

TEST(Ktap, TakesWindowsLinesDashesAndOutputOfTheProgram) {
  const KtapReport report = parse_ktap(
      "KTAP version 1\r\n1..2\r\nhello\r\n\r\nok 1 - first\r\n  ok 1 inner\r\nok 2\r\n#end\r\n");
  EXPECT_TRUE(report.whole());
  ASSERT_EQ(report.results.size(), 2u);
  EXPECT_EQ(report.results[0].name, "first");
  EXPECT_EQ(report.results[0].diagnostics, std::vector<std::string>{"hello"});
  EXPECT_EQ(report.results[1].name, "");
  EXPECT_EQ(report.results[1].diagnostics, std::vector<std::string>{"  ok 1 inner"});
  EXPECT_EQ(report.trailing, std::vector<std::string>{"end"});
}

TEST(Ktap, AFailedTestIsNotSkipped) {
  const KtapReport report = parse_ktap("KTAP version 1\n1..1\nnot ok 1 a # SKIP b\n");
  EXPECT_EQ(report.results[0].outcome, Outcome::Failed);
}

TEST(Ktap, WordsThatOnlyBeginLikeResultsAreDiagnostics) {
  const KtapReport report =
      parse_ktap("KTAP version 1\n1..1\nokay 1\nok 1x\nok\nnot okay\nok 1 real\n");
  EXPECT_TRUE(report.whole());
  ASSERT_EQ(report.results.size(), 1u);
  EXPECT_EQ(report.results[0].diagnostics.size(), 4u);
}

struct Broken {
  const char* what;
  const char* text;
  const char* problem;
};
void PrintTo(const Broken& broken, std::ostream* to) { *to << broken.what; }

class BrokenKtap : public testing::TestWithParam<Broken> {};

TEST_P(BrokenKtap, IsNamed) {
  const KtapReport report = parse_ktap(GetParam().text);
  EXPECT_FALSE(report.whole());
  ASSERT_FALSE(report.problems.empty());
  EXPECT_EQ(report.problems.front(), GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(
    , BrokenKtap,
    testing::Values(
        Broken{"Empty", "", "it has no line 'KTAP version 1'"},
        Broken{"NoVersion", "1..1\nok 1 a\n", "it has no line 'KTAP version 1'"},
        Broken{"OtherVersion", "KTAP version 2\n1..1\nok 1 a\n", "it is of KTAP version 2, not 1"},
        Broken{"TwoVersions", "KTAP version 1\nKTAP version 1\n1..1\nok 1 a\n",
               "it has a second version line"},
        Broken{"NoPlan", "KTAP version 1\nok 1 a\n", "it has no plan"},
        Broken{"LatePlan", "KTAP version 1\nok 1 a\n1..1\n", "its plan comes after results"},
        Broken{"TwoPlans", "KTAP version 1\n1..1\n1..2\nok 1 a\n", "it has a second plan"},
        Broken{"PlanWithoutNumber", "KTAP version 1\n1..many\nok 1 a\n",
               "its plan is not a number"},
        Broken{"NothingPlanned", "KTAP version 1\n1..0\n", "it tests nothing"},
        Broken{"Truncated", "KTAP version 1\n1..3\nok 1 a\n", "it has 1 results of the 3 planned"},
        Broken{"TooMany", "KTAP version 1\n1..1\nok 1 a\nok 2 b\n",
               "it has 2 results of the 1 planned"},
        Broken{"CutInALine", "KTAP version 1\n1..1\nok 1 a", "its last line is cut off: 'ok 1 a'"},
        Broken{"OutOfOrder", "KTAP version 1\n1..2\nok 2 b\nok 1 a\n",
               "result 2 is where number 1 should be"},
        Broken{"Repeated", "KTAP version 1\n1..2\nok 1 a\nok 1 a\n",
               "result 1 is where number 2 should be"},
        Broken{"NumberTooLarge", "KTAP version 1\n1..1\nok 99999999999 a\n",
               "it has 0 results of the 1 planned"},
        Broken{"BailOut", "KTAP version 1\n1..1\nBail out! no memory\nok 1 a\n",
               "it bailed out: no memory"}),
    [](const auto& i) { return std::string(i.param.what); });

TEST(Conformance, TheExitCodeGoesWithTheTests) {
  const std::string passing = "KTAP version 1\n1..1\nok 1 a\n";
  EXPECT_EQ(judge_conformance("p", passing, exit_with(0)).verdict(), Verdict::Passed);
  EXPECT_EQ(judge_conformance("p", good, exit_with(1)).verdict(), Verdict::Failed);
  for (const auto& run :
       {judge_conformance("p", passing, exit_with(1)), judge_conformance("p", good, exit_with(0)),
        judge_conformance("p", passing, exit_with(0xC0000005)),
        judge_conformance("p", "KTAP version 1\n1..2\nok 1 a\n", exit_with(0))}) {
    EXPECT_EQ(run.verdict(), Verdict::EndedWrongly);
  }
  EXPECT_EQ(judge_conformance("p", passing, exit_with(0xC0000005)).problems.front(),
            "it ended with exit code C0000005");
}

TEST(Conformance, AMachineThatDidNotExitIsSaid) {
  RunResult end;
  end.reason = EndReason::CycleLimit;
  end.text = "2000000000 clocks are used up";
  const ConformanceRun run = judge_conformance("p", "KTAP version 1\n1..1\nok 1 a\n", end);
  EXPECT_EQ(run.verdict(), Verdict::EndedWrongly);
  EXPECT_EQ(run.problems.front(), "cycle limit: 2000000000 clocks are used up");
}

TEST(Conformance, AFilterIsANameOrAPattern) {
  const std::vector<std::string> names = {"heap", "heapwalk", "system"};
  EXPECT_EQ(choose_programs(names, ""), names);
  EXPECT_EQ(choose_programs(names, "heap"), std::vector<std::string>{"heap"});
  EXPECT_EQ(choose_programs(names, "heap*").size(), 2u);
  try {
    choose_programs(names, "sistem");
    ADD_FAILURE() << "an unknown name was taken";
  } catch (const UsageError& error) {
    EXPECT_EQ(std::string(error.what()),
              "no conformance program 'sistem' (did you mean system?); there are: heap, heapwalk, "
              "system");
  }
}

TEST(Conformance, KtapHasASubtestAProgram) {
  const ConformanceRun run = judge_conformance("heap", good, exit_with(7));
  EXPECT_EQ(ktap_head(2) + ktap_part(run, 1),
            "KTAP version 1\n1..2\n  KTAP version 1\n  1..3\n  ok 1 pages are zero\n"
            "  # size: expected 16, seen 24\n  not ok 2 spacing\n  ok 3 paging # SKIP no disk\n"
            "# heap: it ended with exit code 00000007\nnot ok 1 heap\n");
}

TEST(Conformance, JunitEscapesAndCounts) {
  ConformanceRun run = judge_conformance(
      "heap", "KTAP version 1\n1..2\n# a<b & \"c\"\x01\nnot ok 1 x > y\nok 2 z # SKIP w\n",
      exit_with(1));
  run.microseconds = 1250000;
  EXPECT_EQ(junit({run}),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"faultline conform\" tests=\"2\" failures=\"1\" errors=\"0\" "
            "skipped=\"1\" time=\"1.250000\">\n"
            "  <testsuite name=\"heap\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\" "
            "time=\"1.250000\">\n"
            "    <testcase classname=\"heap\" name=\"x &gt; y\"><failure message=\"a&lt;b &amp; "
            "&quot;c&quot;?\">a&lt;b &amp; &quot;c&quot;?</failure></testcase>\n"
            "    <testcase classname=\"heap\" name=\"z\"><skipped message=\"w\"/></testcase>\n"
            "  </testsuite>\n</testsuites>\n");
  EXPECT_EQ(summary({run}),
            "1 programs: 0 passed, 1 failed, 0 ended wrongly; 2 tests: 0 passed, 1 failed, 1 "
            "skipped");
}

}  // namespace
}  // namespace faultline::app
