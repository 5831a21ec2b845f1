// What was to be run and raised, row by row and mode by mode, and what was.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>

#include "tests/coverage/cause.hpp"

namespace faultline::coverage {

/// Of one cause, or of execution itself.
class Ledger {
 public:
  void expect(unsigned row, Mode mode) { expected_[row][index(mode)] = true; }
  void see(unsigned row, Mode mode) { ++seen_[row][index(mode)]; }
  /// The rows that were expected in a mode.
  unsigned rows(Mode mode, unsigned first = 0, unsigned last = form_count) const;
  unsigned rows(unsigned first = 0, unsigned last = form_count) const;
  u64 cases(Mode mode) const;
  u64 cases() const;
  /// Calls `missing` for each that was expected and never seen.
  void for_missing(const std::function<void(unsigned row, Mode mode)>& missing) const;

 private:
  static unsigned index(Mode mode) { return static_cast<unsigned>(mode); }
  std::array<std::array<bool, mode_count>, form_count> expected_{};
  std::array<std::array<u32, mode_count>, form_count> seen_{};
};

/// By the name of the cause or route.
using Ledgers = std::map<std::string, Ledger>;

/// A row that every model lacks has "not on this model" alone.
inline constexpr Cause other_model{"not on this model", "#UD",
                                   "rows of the 486, of LOADALL, of later parts, on models without",
                                   nullptr, nullptr};

/// docs/coverage.md's tables.
std::string document(const Ledger& executed, const Ledgers& raised, const Ledgers& routed,
                     const std::array<u64, 32>& by_vector);

}  // namespace faultline::coverage
