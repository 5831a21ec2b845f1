// Version, plan, results; the rest is diagnostics of the result that follows.
#include "app/ktap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace faultline::app {
namespace {

using Outcome = KtapResult::Outcome;

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<unsigned> take_number(std::string_view& text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What follows "ok" or "not ok": number, name and directive, "# SKIP reason".
std::optional<KtapResult> parse_result(std::string_view rest, bool passed) {
  if (!take(rest, " ")) return std::nullopt;
  const auto number = take_number(rest);
  if (!number || (!rest.empty() && rest.front() != ' ')) return std::nullopt;
  KtapResult result;
  result.number = *number;
  result.outcome = passed ? Outcome::Passed : Outcome::Failed;
  rest = trimmed(rest);
  if (take(rest, "- ")) rest = trimmed(rest);
  const auto hash = rest.find('#');
  result.name = trimmed(rest.substr(0, hash));
  if (hash == rest.npos) return result;
  std::string_view directive = trimmed(rest.substr(hash + 1));
  if (take(directive, "SKIP")) {
    if (passed) result.outcome = Outcome::Skipped;
    directive = trimmed(directive);
  }
  result.reason = directive;
  return result;
}

class Reader {
 public:
  KtapReport read(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find('\n');
      std::string_view line = text.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (end == text.npos) problem(fmt::format("its last line is cut off: '{}'", line));
      this->line(line);
      text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    report_.trailing = std::move(diagnostics_);
    conclude();
    return std::move(report_);
  }

 private:
  void line(std::string_view line) {
    if (trimmed(line).empty()) return;
    std::string_view rest = line;
    if (take(rest, "Bail out!")) {
      const auto reason = trimmed(rest);
      problem(reason.empty() ? "it bailed out" : fmt::format("it bailed out: {}", reason));
    } else if (take(rest, "KTAP version ")) {
      version(rest);
    } else if (take(rest, "1..")) {
      plan(rest);
    } else {
      const bool passed = line.starts_with("ok");
      if (passed || line.starts_with("not ok")) {
        if (auto found = parse_result(line.substr(passed ? 2 : 6), passed)) {
          return result(std::move(*found));
        }
      }
      rest = line;
      take(rest, "# ") || take(rest, "#");
      diagnostics_.emplace_back(rest);
    }
  }

  void version(std::string_view text) {
    if (versions_++ != 0) problem("it has a second version line");
    if (text != "1") problem(fmt::format("it is of KTAP version {}, not 1", text));
  }

  void plan(std::string_view text) {
    const auto count = take_number(text);
    if (!count || !text.empty()) return problem("its plan is not a number");
    if (report_.plan) return problem("it has a second plan");
    if (!report_.results.empty()) problem("its plan comes after results");
    report_.plan = count;
  }

  void result(KtapResult&& result) {
    const std::size_t expected = report_.results.size() + 1;
    if (result.number != expected) {
      problem(fmt::format("result {} is where number {} should be", result.number, expected));
    }
    result.diagnostics = std::move(diagnostics_);
    diagnostics_.clear();
    report_.results.push_back(std::move(result));
  }

  void conclude() {
    if (versions_ == 0) problem("it has no line 'KTAP version 1'");
    if (!report_.plan) {
      problem("it has no plan");
    } else if (*report_.plan != report_.results.size()) {
      problem(fmt::format("it has {} results of the {} planned", report_.results.size(),
                          *report_.plan));
    } else if (*report_.plan == 0) {
      problem("it tests nothing");
    }
  }

  void problem(std::string text) { report_.problems.push_back(std::move(text)); }

  KtapReport report_;
  std::vector<std::string> diagnostics_;
  unsigned versions_ = 0;
};

}  // namespace

unsigned KtapReport::count(Outcome outcome) const {
  return static_cast<unsigned>(std::count_if(results.begin(), results.end(),
                                             [&](const auto& r) { return r.outcome == outcome; }));
}

KtapReport parse_ktap(std::string_view text) { return Reader().read(text); }

}  // namespace faultline::app
