// Words of a command line.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "debugger/command.hpp"
#include "debugger/expression.hpp"
#include "debugger/suggestion.hpp"

namespace faultline {
namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// The indices of choices that `word` names; one that it names whole is the only one.
std::vector<std::size_t> named(std::string_view word, std::span<const std::string_view> choices) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i] == word) return {i};
    if (!word.empty() && choices[i].starts_with(word)) found.push_back(i);
  }
  return found;
}

}  // namespace

Arguments::Arguments(DebugSession& session, std::string_view text)
    : session_(session), text_(text) {
  for (std::size_t at = 0; at < text_.size();) {
    if (blank(text_[at])) {
      ++at;
      continue;
    }
    starts_.push_back(at);
    std::string word;
    unsigned depth = 0;
    bool quoted = false;
    for (; at < text_.size() && (quoted || depth != 0 || !blank(text_[at])); ++at) {
      const char c = text_[at];
      if (c == '"') {
        quoted = !quoted;
        continue;
      }
      if (!quoted && c == '(') ++depth;
      if (!quoted && c == ')' && depth != 0) --depth;
      word += c;
    }
    words_.push_back(std::move(word));
  }
}

std::string Arguments::word(std::string_view what) {
  if (empty()) throw CommandError(fmt::format("{} is missing", what));
  return words_[next_++];
}

std::string Arguments::rest() {
  if (empty()) return {};
  std::string text = text_.substr(starts_[next_]);
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  next_ = words_.size();
  return text;
}

u32 Arguments::value(std::string_view what) { return evaluate(session_, word(what)); }
u32 Arguments::value_or(u32 otherwise) { return empty() ? otherwise : value("a value"); }

namespace {

u64 parse_count(const std::string& text, std::string_view what) {
  std::string_view digits = text;
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    digits.remove_prefix(2);
    base = 16;
  } else if (digits.starts_with("0n")) {
    digits.remove_prefix(2);
  }
  u64 value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size())
    throw CommandError(fmt::format("'{}' is no {} (a decimal number)", text, what));
  return value;
}

}  // namespace

u64 Arguments::count_of(std::string_view what) { return parse_count(word(what), what); }
u64 Arguments::count_or(u64 otherwise) { return empty() ? otherwise : count_of("count"); }

u64 Arguments::length_or(u64 otherwise) {
  if (empty()) return otherwise;
  std::string text = word("count");
  if (text.starts_with('L') || text.starts_with('l')) text.erase(0, 1);
  return parse_count(text.empty() ? word("count") : text, "count");
}

std::size_t Arguments::keyword(std::string_view what, std::span<const std::string_view> choices) {
  const std::string given = word(what);
  const auto found = named(given, choices);
  if (found.size() == 1) return found.front();
  std::vector<std::string> words(choices.begin(), choices.end());
  if (found.empty()) {
    throw CommandError(fmt::format("'{}' is no {}{}; there are: {}", given, what,
                                   suggestion(given, words), fmt::join(words, ", ")));
  }
  std::vector<std::string_view> several;
  for (const std::size_t i : found) several.push_back(choices[i]);
  throw CommandError(fmt::format("'{}' may be {}", given, fmt::join(several, " or ")));
}

std::optional<std::size_t> Arguments::keyword_if(std::span<const std::string_view> choices) {
  if (empty()) return std::nullopt;
  const auto found = named(peek(), choices);
  if (found.size() != 1) return std::nullopt;
  ++next_;
  return found.front();
}

void Arguments::finish() const {
  if (!empty()) throw CommandError(fmt::format("unexpected argument '{}'", words_[next_]));
}

}  // namespace faultline
