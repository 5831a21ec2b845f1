// One row of the instruction table: all there is to know about an instruction form, once.
#pragma once

#include "arch/registers.hpp"
#include "cpu/isa/attribute.hpp"
#include "cpu/isa/mnemonic.hpp"
#include "cpu/isa/operand.hpp"

namespace faultline {

/// The manual's clocks of one model: register form, memory form, and the entry's second figure:
/// taken (jumps), protected mode (`pm=`), or each iteration (REP). [386 §17.2.2.3] [486 §26.2.2.3]
struct Clocks {
  u16 reg = 0, mem = 0, alt = 0;
};

/// What the form does to the arithmetic flags: set by result, left undefined, read.
struct FlagEffect {
  u16 written = 0, undefined = 0, read = 0;
};

inline constexpr s8 no_extension = -1;

struct Form {
  u16 opcode = 0;  // 00-FF, or 0F00 + the second byte
  s8 extension = no_extension;  // the /digit in ModRM's reg field
  Mnemonic mnemonic = Mnemonic::NOP;
  Operand operands[3] = {};
  Clocks i386{}, i486{};
  FlagEffect flags{};
  u32 attributes = Plain;
  /// ModRM's r/m field where it extends the opcode too: of register forms of the x87.
  s8 second_extension = no_extension;

  constexpr bool has(Attribute a) const { return (attributes & a) != 0; }
  /// True for a model of these features.
  constexpr bool exists(u32 features) const {
    return (attributes & feature_bits & ~features) == 0;
  }
  constexpr bool modrm() const {
    return extension != no_extension || uses_modrm(operands[0]) || uses_modrm(operands[1]);
  }
  /// True for the forms of the opcode's low bit w = 0: every operand is a byte.
  constexpr bool byte_form() const {
    const bool port_first = operands[0] == Operand::DX || operands[0] == Operand::Ib;
    return byte_wide(operands[port_first ? 1 : 0]);
  }
  constexpr Operand rm() const {
    for (Operand o : operands)
      if (is_rm(o)) return o;
    return Operand::None;
  }
  /// True when the operand size changes nothing.
  constexpr bool sizeless() const {
    return has(Numeric) && operands[0] != Operand::Menv && operands[0] != Operand::Mstate;
  }
  /// True when the row is the one for these fields of ModRM, `r_m` counting with mod 3. Memory and
  /// register forms of one /digit are rows of their own with the x87 alone.
  constexpr bool claims(unsigned digit, bool memory, unsigned r_m) const {
    if (extension != no_extension && extension != static_cast<s8>(digit)) return false;
    if (!has(Numeric)) return true;
    if (memory || memory_only(rm())) return memory && memory_only(rm());
    return second_extension == no_extension || second_extension == static_cast<s8>(r_m);
  }
  constexpr unsigned condition() const { return opcode & 15u; }
};

}  // namespace faultline
