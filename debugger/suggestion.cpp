// Edit distance over a handful of words.
#include "debugger/suggestion.hpp"

#include <algorithm>
#include <numeric>

namespace faultline {
namespace {

/// Levenshtein's distance: insertions, deletions, replacements.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const auto best = std::min_element(
      candidates.begin(), candidates.end(),
      [&](const auto& a, const auto& b) { return distance(word, a) < distance(word, b); });
  const std::size_t tolerated = std::max<std::size_t>(2, word.size() / 3);
  if (best == candidates.end() || distance(word, *best) > tolerated) return {};
  return *best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string best = nearest(word, candidates);
  return best.empty() ? best : " (did you mean " + best + "?)";
}

}  // namespace faultline
