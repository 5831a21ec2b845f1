// Two reports of one conformance program, ours and Wine's: where they differ, and whether every
// difference is one that is explained.
#pragma once

#include <string>
#include <vector>

#include "app/ktap.hpp"

namespace faultline::tests {

/// A check of a test that came out differently; of a test as a whole the check is "(skipped)",
/// "(no answer)" or "(result)".
struct Difference {
  std::string test, check;
  auto operator<=>(const Difference&) const = default;
};

/// In order, without repetition. Throws std::runtime_error when `theirs` is of another version of
/// the program: its plan or the names of its tests are not ours.
std::vector<Difference> differences(const app::KtapReport& ours, const app::KtapReport& theirs);

/// A line of differences.txt: PROGRAM | TEST | CHECK | REASON. The check `*` is any of the test.
struct Explanation {
  unsigned line = 0;
  std::string program, test, check, reason;
};
/// Lines that begin with '#' are comments. Throws std::runtime_error for a line without its four
/// parts, and for one that is there twice.
std::vector<Explanation> parse_explanations(const std::string& text);

/// What is wrong, a line each: differences that no line explains, and lines of this program that
/// explain nothing.
std::vector<std::string> objections(const std::string& program,
                                    const std::vector<Difference>& found,
                                    const std::vector<Explanation>& explanations);

}  // namespace faultline::tests
