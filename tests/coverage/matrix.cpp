// The tables of docs/coverage.md: rows by mode, in the groups that the instruction table has.
#include "tests/coverage/matrix.hpp"

#include <fmt/format.h>

#include "tests/coverage/route.hpp"

namespace faultline::coverage {
namespace {

struct Group {
  const char* name;
  std::size_t rows;
};
constexpr Group groups[] = {
    {"one-byte opcodes", isa::one_byte_rows.size()},
    {"two-byte opcodes", isa::two_byte_rows.size()},
    {"group 1: arithmetic with an immediate", isa::group1_rows.size()},
    {"group 2: shifts and rotates", isa::group2_rows.size()},
    {"groups 3 to 9", isa::group_rows.size()},
    {"x87 arithmetic", isa::x87_arithmetic_rows.size()},
    {"x87 transfers", isa::x87_transfer_rows.size()},
    {"x87, others", isa::x87_other_rows.size()},
    {"x87, later", isa::x87_later_rows.size()},
    {"x87, reserved escapes", isa::x87_reserved_rows.size()},
};

template <class Count>
std::string by_mode(Count count) {
  std::string text;
  for (Mode mode : all_modes) text += fmt::format(" {} |", count(mode));
  return text;
}

}  // namespace

unsigned Ledger::rows(Mode mode, unsigned first, unsigned last) const {
  unsigned count = 0;
  for (unsigned row = first; row < last; ++row) count += expected_[row][index(mode)];
  return count;
}
unsigned Ledger::rows(unsigned first, unsigned last) const {
  unsigned count = 0;
  for (unsigned row = first; row < last; ++row) {
    bool any = false;
    for (bool expected : expected_[row]) any = any || expected;
    count += any;
  }
  return count;
}
u64 Ledger::cases(Mode mode) const {
  u64 count = 0;
  for (const auto& row : seen_) count += row[index(mode)];
  return count;
}
u64 Ledger::cases() const {
  u64 count = 0;
  for (Mode mode : all_modes) count += cases(mode);
  return count;
}
void Ledger::for_missing(const std::function<void(unsigned, Mode)>& missing) const {
  for (unsigned row = 0; row < form_count; ++row)
    for (Mode mode : all_modes)
      if (expected_[row][index(mode)] && seen_[row][index(mode)] == 0) missing(row, mode);
}

std::string document(const Ledger& executed, const Ledgers& raised, const Ledgers& routed,
                     const std::array<u64, 32>& by_vector) {
  std::string text =
      "| rows | | real | ring 0 | ring 3 | V86 |\n"
      "|---|---|---|---|---|---|\n";
  unsigned first = 0;
  for (const Group& g : groups) {
    const unsigned last = first + static_cast<unsigned>(g.rows);
    text += fmt::format("| {} | {} |{}\n", g.name, g.rows,
                        by_mode([&](Mode m) { return executed.rows(m, first, last); }));
    first = last;
  }
  text += fmt::format("| all | {} |{}\n", form_count,
                      by_mode([&](Mode m) { return executed.rows(m); }));
  text += fmt::format("| executions | {} |{}\n", executed.cases(),
                      by_mode([&](Mode m) { return executed.cases(m); }));
  text +=
      "\n| route | rows | real | ring 0 | ring 3 | V86 | which rows |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const Route& r : routes()) {
    const Ledger& ledger = routed.at(r.name);
    text += fmt::format("| {} | {} |{} {} |\n", r.name, ledger.rows(),
                        by_mode([&](Mode m) { return ledger.rows(m); }), r.where);
  }
  text +=
      "\n| cause | exception | rows | real | ring 0 | ring 3 | V86 | which rows |\n"
      "|---|---|---|---|---|---|---|---|\n";
  u64 faults = 0;
  std::vector<Cause> causes = all_causes();
  causes.push_back(other_model);
  for (const Cause& c : causes) {
    const Ledger& ledger = raised.at(c.name);
    faults += ledger.cases();
    text += fmt::format("| {} | {} | {} |{} {} |\n", c.name, c.vector, ledger.rows(),
                        by_mode([&](Mode m) { return ledger.rows(m); }), c.where);
  }
  text += "\n| vector | raised |\n|---|---|\n";
  for (unsigned v = 0; v < by_vector.size(); ++v)
    if (by_vector[v] != 0) text += fmt::format("| {} | {} |\n", v, by_vector[v]);
  return text + fmt::format("| all | {} |\n", faults);
}

}  // namespace faultline::coverage
