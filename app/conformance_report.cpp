// Both formats, from the same runs. Times are the emulated machine's.
#include "app/conformance_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace faultline::app {
namespace {

using Outcome = KtapResult::Outcome;
using Verdict = ConformanceRun::Verdict;

/// Character data or an attribute's value. What XML 1.0 has no place for becomes a question mark.
std::string xml(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '"') {
      result += "&quot;";
    } else if (c == '\n') {
      result += "&#10;";
    } else {
      result += code < 0x20 || code > 0x7E ? '?' : c;
    }
  }
  return result;
}

std::string seconds(u64 microseconds) {
  return fmt::format("{}.{:06}", microseconds / 1000000, microseconds % 1000000);
}

std::string junit_case(const std::string& program, const KtapResult& result) {
  const std::string head =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml(program), xml(result.name));
  if (result.outcome == Outcome::Passed) return head + "/>\n";
  if (result.outcome == Outcome::Skipped) {
    return fmt::format("{}><skipped message=\"{}\"/></testcase>\n", head, xml(result.reason));
  }
  const std::string first = result.diagnostics.empty() ? "failed" : result.diagnostics.front();
  return fmt::format("{}><failure message=\"{}\">{}</failure></testcase>\n", head, xml(first),
                     xml(fmt::format("{}", fmt::join(result.diagnostics, "\n"))));
}

std::string junit_suite(const ConformanceRun& run) {
  const bool wrong = run.verdict() == Verdict::EndedWrongly;
  std::string text = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
      "time=\"{}\">\n",
      xml(run.program), run.report.results.size() + wrong, run.report.count(Outcome::Failed),
      wrong ? 1 : 0, run.report.count(Outcome::Skipped), seconds(run.microseconds));
  for (const KtapResult& result : run.report.results) text += junit_case(run.program, result);
  if (wrong) {
    text += fmt::format(
        "    <testcase classname=\"{0}\" name=\"ends as it should\"><error message=\"{1}\">{2}"
        "</error></testcase>\n",
        xml(run.program), xml(run.problems.front()),
        xml(fmt::format("{}\n\n{}", fmt::join(run.problems, "\n"), run.output)));
  }
  return text + "  </testsuite>\n";
}

}  // namespace

std::string ktap_head(std::size_t programs) {
  return fmt::format("KTAP version 1\n1..{}\n", programs);
}

std::string ktap_part(const ConformanceRun& run, std::size_t number) {
  std::string text;
  std::string_view rest = run.output;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    std::string line(rest.substr(0, end));
    std::erase(line, '\r');
    text += "  " + line + '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const std::string& problem : run.problems) {
    text += fmt::format("# {}: {}\n", run.program, problem);
  }
  return fmt::format("{}{} {} {}\n", text, run.verdict() == Verdict::Passed ? "ok" : "not ok",
                     number, run.program);
}

std::string junit(const std::vector<ConformanceRun>& runs) {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  u64 microseconds = 0;
  std::string suites;
  for (const ConformanceRun& run : runs) {
    const bool wrong = run.verdict() == Verdict::EndedWrongly;
    tests += run.report.results.size() + wrong;
    failures += run.report.count(Outcome::Failed);
    errors += wrong;
    skipped += run.report.count(Outcome::Skipped);
    microseconds += run.microseconds;
    suites += junit_suite(run);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"faultline conform\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
      "skipped=\"{}\" time=\"{}\">\n{}</testsuites>\n",
      tests, failures, errors, skipped, seconds(microseconds), suites);
}

std::string summary(const std::vector<ConformanceRun>& runs) {
  const auto programs = [&](Verdict verdict) {
    return std::count_if(runs.begin(), runs.end(),
                         [&](const auto& run) { return run.verdict() == verdict; });
  };
  std::size_t counts[3] = {};
  for (const ConformanceRun& run : runs) {
    for (const KtapResult& result : run.report.results) {
      ++counts[static_cast<std::size_t>(result.outcome)];
    }
  }
  return fmt::format(
      "{} programs: {} passed, {} failed, {} ended wrongly; {} tests: {} passed, {} failed, {} "
      "skipped",
      runs.size(), programs(Verdict::Passed), programs(Verdict::Failed),
      programs(Verdict::EndedWrongly), counts[0] + counts[1] + counts[2],
      counts[static_cast<std::size_t>(Outcome::Passed)],
      counts[static_cast<std::size_t>(Outcome::Failed)],
      counts[static_cast<std::size_t>(Outcome::Skipped)]);
}

}  // namespace faultline::app
