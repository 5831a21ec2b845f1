// Test results as the kernel's documentation defines them, KTAP version 1: what a program printed,
// read and judged. Subtests are not looked into: an indented line is one of its test's diagnostics.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::app {

struct KtapResult {
  enum class Outcome { Passed, Failed, Skipped };
  unsigned number = 0;
  std::string name;
  Outcome outcome = Outcome::Passed;
  std::string reason;                    // of a SKIP, or of another directive
  std::vector<std::string> diagnostics;  // the lines before the result, without "# "
};

struct KtapReport {
  std::optional<unsigned> plan;
  std::vector<KtapResult> results;
  std::vector<std::string> trailing;  // diagnostics behind the last result
  std::vector<std::string> problems;  // why this is not a whole report; a line each

  bool whole() const { return problems.empty(); }
  unsigned count(KtapResult::Outcome outcome) const;
};

/// Reads everything there is, whatever is wrong with it.
KtapReport parse_ktap(std::string_view text);

}  // namespace faultline::app
