// "Did you mean ...?": the nearest of the words that would have been right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace faultline {

/// The candidate nearest to `word` in edits, when no more than a third of it is wrong.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// " (did you mean X?)", or an empty string when nothing is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace faultline
