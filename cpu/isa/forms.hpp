// The whole instruction table, and the look-up from opcode bytes to a row.
#pragma once

#include "cpu/isa/groups.hpp"
#include "cpu/isa/one_byte.hpp"
#include "cpu/isa/two_byte.hpp"
#include "cpu/isa/x87.hpp"

namespace faultline {

inline constexpr auto forms = isa::join(isa::one_byte_rows, isa::two_byte_rows, isa::group1_rows,
                                        isa::group2_rows, isa::group_rows, isa::x87_rows);
inline constexpr unsigned form_count = forms.size();
inline constexpr u16 no_form = 0xFFFF;

namespace isa {

/// Row by [0F escape][opcode byte][ModRM reg][memory, or 1 + ModRM r/m].
struct OpcodeMap {
  u16 row[2][256][8][9];
  u16 any[2][256];         // some row of the opcode: whether it has ModRM, all of them agree
  bool collision = false;  // two rows claim the same encoding
};

/// Writes row `i` into its cells; a reserved row into those that are left.
constexpr void claim_cells(OpcodeMap& map, unsigned i) {
  const Form& f = forms[i];
  const unsigned plane = f.opcode >> 8 == 0x0F ? 1 : 0, opcode = f.opcode & 0xFF;
  map.any[plane][opcode] = static_cast<u16>(i);
  for (unsigned digit = 0; digit < 8; ++digit)
    for (unsigned place = 0; place < 9; ++place) {
      u16& cell = map.row[plane][opcode][digit][place];
      if (!f.claims(digit, place == 0, place - 1)) continue;
      if (f.has(Reserved) && cell != no_form) continue;
      map.collision = map.collision || cell != no_form;
      cell = static_cast<u16>(i);
    }
}

constexpr OpcodeMap make_opcode_map() {
  OpcodeMap map{};
  for (auto& plane : map.row)
    for (auto& opcode : plane)
      for (auto& digit : opcode)
        for (u16& cell : digit) cell = no_form;
  for (auto& plane : map.any)
    for (u16& cell : plane) cell = no_form;
  for (bool reserved : {false, true})
    for (unsigned i = 0; i < form_count; ++i)
      if (forms[i].has(Reserved) == reserved) claim_cells(map, i);
  return map;
}

/// LOCK is legal on these alone. [386 §11.2] [486 §11.2]
constexpr bool may_lock(Mnemonic m) {
  switch (m) {
    case M_::ADD: case M_::ADC: case M_::SUB: case M_::SBB: case M_::AND: case M_::OR: case M_::XOR:
    case M_::INC: case M_::DEC: case M_::NOT: case M_::NEG: case M_::BTS: case M_::BTR:
    case M_::BTC: case M_::XCHG: case M_::CMPXCHG: case M_::CMPXCHG8B:
    case M_::XADD:
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
static_assert(!opcode_map.collision, "two rows of the instruction table collide");
static_assert(isa::lock_rules_hold(), "a row allows LOCK where the manual does not");

}  // namespace faultline
