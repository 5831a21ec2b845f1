// Shorthand in which the rows are written: flag effects, and families that differ by one number.
#pragma once

#include <array>

#include "cpu/isa/form.hpp"

namespace faultline::isa {

using enum Operand;
using M_ = Mnemonic;

inline constexpr u16 CF = eflags::CF, PF = eflags::PF, AF = eflags::AF, ZF = eflags::ZF,
                     SF = eflags::SF, OF = eflags::OF;
inline constexpr u16 OSZAPC = eflags::arithmetic;
inline constexpr FlagEffect none{};
inline constexpr FlagEffect arithmetic{OSZAPC, 0, 0};
inline constexpr FlagEffect with_carry{OSZAPC, 0, CF};
inline constexpr FlagEffect logic{OSZAPC & ~AF, AF, 0};
inline constexpr FlagEffect count{OSZAPC & ~CF, 0, 0};            // INC, DEC: CF stays
inline constexpr FlagEffect shift{OSZAPC & ~AF, AF | OF, 0};      // OF defined for count 1
inline constexpr FlagEffect rotate{CF | OF, OF, 0};
inline constexpr FlagEffect rotate_carry{CF | OF, OF, CF};
inline constexpr FlagEffect multiply{CF | OF, SF | ZF | AF | PF, 0};
inline constexpr FlagEffect divide{0, OSZAPC, 0};
inline constexpr FlagEffect carry_only{CF, OF | SF | AF | PF, 0};  // BT family: ZF unchanged
inline constexpr FlagEffect scan{ZF, OF | SF | AF | PF | CF, 0};
inline constexpr FlagEffect all_flags{OSZAPC, 0, 0};

/// Flags a condition code reads, by its low four bits. [386 App. D]
constexpr u16 condition_reads(unsigned cc) {
  constexpr u16 reads[8] = {OF, CF, ZF, CF | ZF, SF, PF, SF | OF, ZF | SF | OF};
  return reads[cc >> 1 & 7];
}

template <std::size_t... N>
constexpr auto join(const std::array<Form, N>&... parts) {
  std::array<Form, (N + ...)> all{};
  std::size_t at = 0;
  auto add = [&](const auto& part) {
    for (const Form& f : part) all[at++] = f;
  };
  (add(parts), ...);
  return all;
}

/// The six accumulator and ModRM forms of a two-operand arithmetic group, at `base`.
/// Clocks: [386 §17.2.2] as corrected by the microcode count (docs/timing.md); [486 §26].
constexpr std::array<Form, 6> alu(u16 base, Mnemonic m, FlagEffect f) {
  const bool compare = m == Mnemonic::CMP;
  const Clocks to_rm = compare ? Clocks{2, 5} : Clocks{2, 7}, to_reg{2, 6}, acc{2, 2};
  const Clocks to_rm4 = compare ? Clocks{1, 2} : Clocks{1, 3}, to_reg4{1, 2}, acc4{1, 1};
  const u32 lock = compare ? Plain : Lockable;
  auto op = [base](u16 n) { return static_cast<u16>(base + n); };
  return {{
      {op(0), no_extension, m, {Eb, Gb}, to_rm, to_rm4, f, lock},
      {op(1), no_extension, m, {Ev, Gv}, to_rm, to_rm4, f, lock},
      {op(2), no_extension, m, {Gb, Eb}, to_reg, to_reg4, f, Plain},
      {op(3), no_extension, m, {Gv, Ev}, to_reg, to_reg4, f, Plain},
      {op(4), no_extension, m, {AL, Ib}, acc, acc4, f, Plain},
      {op(5), no_extension, m, {eAX, Iv}, acc, acc4, f, Plain},
  }};
}

/// Group 1: 80, 81, 82, 83 with /digit. 82 repeats 80. [386 App. A]
constexpr std::array<Form, 4> group1(s8 digit, Mnemonic m, FlagEffect f) {
  const bool compare = m == Mnemonic::CMP;
  const Clocks c3 = compare ? Clocks{2, 5} : Clocks{2, 7};
  const Clocks c4 = compare ? Clocks{1, 2} : Clocks{1, 3};
  const u32 lock = compare ? Plain : Lockable;
  return {{
      {0x80, digit, m, {Eb, Ib}, c3, c4, f, lock},
      {0x81, digit, m, {Ev, Iv}, c3, c4, f, lock},
      {0x82, digit, m, {Eb, Ib}, c3, c4, f, lock | Undocumented},
      {0x83, digit, m, {Ev, Ibs}, c3, c4, f, lock},
  }};
}

/// Group 2: shifts and rotates by an immediate, by one, by CL.
constexpr std::array<Form, 6> group2(s8 digit, Mnemonic m, FlagEffect f, u32 attributes = Plain) {
  const bool through = m == Mnemonic::RCL || m == Mnemonic::RCR;
  const Clocks by_one = through ? Clocks{3, 7} : Clocks{3, 7};       // PRM prints 9/10 for RCL
  const Clocks by_n = through ? Clocks{8, 9} : Clocks{3, 7};
  const Clocks one4{3, 4}, imm4 = through ? Clocks{8, 9} : Clocks{2, 4},
      cl4 = through ? Clocks{8, 9} : Clocks{3, 4};
  return {{
      {0xC0, digit, m, {Eb, Ib}, by_n, imm4, f, attributes},
      {0xC1, digit, m, {Ev, Ib}, by_n, imm4, f, attributes},
      {0xD0, digit, m, {Eb, One}, by_one, one4, f, attributes},
      {0xD1, digit, m, {Ev, One}, by_one, one4, f, attributes},
      {0xD2, digit, m, {Eb, CL}, by_n, cl4, f, attributes},
      {0xD3, digit, m, {Ev, CL}, by_n, cl4, f, attributes},
  }};
}

/// `count` one-byte opcodes that carry a register in their low three bits.
template <unsigned count = 8>
constexpr std::array<Form, count> by_register(u16 base, Form f) {
  std::array<Form, count> rows{};
  for (unsigned i = 0; i < count; ++i) {
    rows[i] = f;
    rows[i].opcode = static_cast<u16>(base + i);
  }
  return rows;
}

/// The sixteen conditions from `base`, mnemonics in condition order.
constexpr std::array<Form, 16> by_condition(u16 base, Mnemonic first, Form f) {
  std::array<Form, 16> rows{};
  for (unsigned i = 0; i < 16; ++i) {
    rows[i] = f;
    rows[i].opcode = static_cast<u16>(base + i);
    rows[i].mnemonic = static_cast<Mnemonic>(static_cast<unsigned>(first) + i);
    rows[i].flags.read = condition_reads(i);
  }
  return rows;
}

}  // namespace faultline::isa
