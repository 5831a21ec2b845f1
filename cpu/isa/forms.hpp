// The whole instruction table, and the look-up from opcode bytes to a row.
#pragma once

#include "cpu/isa/groups.hpp"
#include "cpu/isa/one_byte.hpp"
#include "cpu/isa/two_byte.hpp"

namespace faultline {

inline constexpr auto forms = isa::join(isa::one_byte_rows, isa::two_byte_rows, isa::group1_rows,
                                        isa::group2_rows, isa::group_rows);
inline constexpr unsigned form_count = forms.size();
inline constexpr u16 no_form = 0xFFFF;

namespace isa {

/// Row by [0F escape][opcode byte][ModRM reg].
struct OpcodeMap {
  u16 row[2][256][8];
};

constexpr OpcodeMap make_opcode_map() {
  OpcodeMap map{};
  for (auto& plane : map.row)
    for (auto& opcode : plane)
      for (u16& cell : opcode) cell = no_form;
  for (unsigned i = 0; i < form_count; ++i) {
    const Form& f = forms[i];
    auto& cells = map.row[f.opcode >> 8 == 0x0F ? 1 : 0][f.opcode & 0xFF];
    for (unsigned digit = 0; digit < 8; ++digit)
      if (f.extension == no_extension || f.extension == static_cast<s8>(digit))
        cells[digit] = static_cast<u16>(i);
  }
  return map;
}

/// No two rows claim the same opcode and digit.
constexpr bool rows_are_distinct() {
  for (unsigned i = 0; i < form_count; ++i)
    for (unsigned j = i + 1; j < form_count; ++j)
      if (forms[i].opcode == forms[j].opcode &&
          (forms[i].extension == forms[j].extension || forms[i].extension == no_extension ||
           forms[j].extension == no_extension))
        return false;
  return true;
}

/// LOCK is legal on these alone. [386 §11.2] [486 §11.2]
constexpr bool may_lock(Mnemonic m) {
  switch (m) {
    case M_::ADD: case M_::ADC: case M_::SUB: case M_::SBB: case M_::AND: case M_::OR: case M_::XOR:
    case M_::INC: case M_::DEC: case M_::NOT: case M_::NEG: case M_::BTS: case M_::BTR:
    case M_::BTC: case M_::XCHG: case M_::CMPXCHG: case M_::XADD:
      return true;
    default:
      return false;
  }
}
constexpr bool lock_rules_hold() {
  for (const Form& f : forms)
    if (f.has(Lockable) && !(may_lock(f.mnemonic) && is_rm(f.operands[0]))) return false;
  return true;
}

}  // namespace isa

inline constexpr isa::OpcodeMap opcode_map = isa::make_opcode_map();
static_assert(isa::rows_are_distinct(), "two rows of the instruction table collide");
static_assert(isa::lock_rules_hold(), "a row allows LOCK where the manual does not");

}  // namespace faultline
