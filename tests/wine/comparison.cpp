// Check by check; a check is known by the text in front of ": expected".
#include "tests/wine/comparison.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

namespace faultline::tests {
namespace {

using app::KtapReport;
using app::KtapResult;

std::set<std::string> failed_checks(const KtapResult& result) {
  std::set<std::string> checks;
  for (const std::string& line : result.diagnostics) {
    if (const auto end = line.find(": expected "); end != line.npos) {
      checks.insert(line.substr(0, end));
    }
  }
  return checks;
}

void compare(const KtapResult& ours, const KtapResult& theirs, std::set<Difference>& found) {
  const auto mine = failed_checks(ours), other = failed_checks(theirs);
  std::set<std::string> checks;
  std::set_symmetric_difference(mine.begin(), mine.end(), other.begin(), other.end(),
                                std::inserter(checks, checks.end()));
  for (const std::string& check : checks) found.insert({ours.name, check});
  if (!checks.empty() || ours.outcome == theirs.outcome) return;
  const bool skipped = ours.outcome == KtapResult::Outcome::Skipped ||
                       theirs.outcome == KtapResult::Outcome::Skipped;
  found.insert({ours.name, skipped ? "(skipped)" : "(result)"});
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool explains(const Explanation& line, const std::string& program, const Difference& difference) {
  return line.program == program && line.test == difference.test &&
         (line.check == "*" || line.check == difference.check);
}

}  // namespace

std::vector<Difference> differences(const KtapReport& ours, const KtapReport& theirs) {
  if (ours.plan != theirs.plan || theirs.results.size() > ours.results.size()) {
    throw std::runtime_error("the recorded answers have another plan: record them again");
  }
  std::set<Difference> found;
  for (std::size_t i = 0; i < ours.results.size(); ++i) {
    const KtapResult& mine = ours.results[i];
    if (i >= theirs.results.size()) {
      found.insert({mine.name, "(no answer)"});
      continue;
    }
    if (theirs.results[i].name != mine.name) {
      throw std::runtime_error("the recorded answers have '" + theirs.results[i].name +
                               "' in place of '" + mine.name + "': record them again");
    }
    compare(mine, theirs.results[i], found);
  }
  return {found.begin(), found.end()};
}

std::vector<Explanation> parse_explanations(const std::string& text) {
  std::vector<Explanation> explanations;
  std::set<std::string> seen;
  std::istringstream lines(text);
  unsigned number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (trimmed(line).empty() || line.starts_with('#')) continue;
    std::vector<std::string> parts;
    std::istringstream rest(line);
    for (std::string part; parts.size() < 3 && std::getline(rest, part, '|');) {
      parts.push_back(trimmed(part));
    }
    std::string reason;
    std::getline(rest, reason);
    parts.push_back(trimmed(reason));
    const bool whole = parts.size() == 4 &&
                       std::none_of(parts.begin(), parts.end(), [](auto& p) { return p.empty(); });
    const std::string where = "line " + std::to_string(number) + " of the differences";
    if (!whole) throw std::runtime_error(where + ": not PROGRAM | TEST | CHECK | REASON");
    if (!seen.insert(parts[0] + '|' + parts[1] + '|' + parts[2]).second) {
      throw std::runtime_error(where + " is there twice");
    }
    explanations.push_back({number, parts[0], parts[1], parts[2], parts[3]});
  }
  return explanations;
}

std::vector<std::string> objections(const std::string& program,
                                    const std::vector<Difference>& found,
                                    const std::vector<Explanation>& explanations) {
  std::vector<std::string> lines;
  for (const Difference& difference : found) {
    if (std::none_of(explanations.begin(), explanations.end(), [&](const Explanation& line) {
          return explains(line, program, difference);
        })) {
      lines.push_back("unexplained: " + program + " | " + difference.test + " | " +
                      difference.check);
    }
  }
  for (const Explanation& line : explanations) {
    if (line.program != program) continue;
    if (std::none_of(found.begin(), found.end(), [&](const Difference& difference) {
          return explains(line, program, difference);
        })) {
      lines.push_back("no such difference any more: line " + std::to_string(line.line) + ": " +
                      program + " | " + line.test + " | " + line.check);
    }
  }
  return lines;
}

}  // namespace faultline::tests
