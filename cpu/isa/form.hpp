// One row of the instruction table: all there is to know about an instruction form, once.
#pragma once

#include "arch/registers.hpp"
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

enum Attribute : u16 {
  Plain = 0,
  Lockable = 1 << 0,       // LOCK allowed with a memory destination [386 §11.2]
  Rep = 1 << 1,            // REP repeats
  RepCondition = 1 << 2,   // REPE and REPNE repeat while ZF says so
  Privileged = 1 << 3,     // #GP(0) unless CPL = 0 [386 §6.3.5]
  IoSensitive = 1 << 4,    // CPL > IOPL: #GP(0), or for ports the I/O permission map [386 §8.3]
  ProtectedOnly = 1 << 5,  // #UD in real and virtual-8086 mode
  EndsBlock = 1 << 6,      // may change EIP, mode, segments or interrupt state
  StackWide = 1 << 7,      // operand size follows the operand-size attribute, never a byte
  Deferred = 1 << 8,       // waits for milestone 2: ends the run with a message naming the form
  Model486 = 1 << 9,       // invalid opcode on the 386
  Undocumented = 1 << 10,  // absent from the opcode map, present in the parts
  Model386 = 1 << 11,      // on the 386 alone
  Numeric = 1 << 12,       // the x87's: #NM by EM and TS, then waits for its pending error
  NoWait = 1 << 13,        // with Numeric: does not look at a pending error [387 §4]
  Reserved = 1 << 14,      // the encodings of its opcode that no other row has
};

inline constexpr s8 no_extension = -1;

struct Form {
  u16 opcode = 0;  // 00-FF, or 0F00 + the second byte
  s8 extension = no_extension;  // the /digit in ModRM's reg field
  Mnemonic mnemonic = Mnemonic::NOP;
  Operand operands[3] = {};
  Clocks i386{}, i486{};
  FlagEffect flags{};
  u16 attributes = Plain;
  /// ModRM's r/m field where it extends the opcode too: of register forms of the x87.
  s8 second_extension = no_extension;

  constexpr bool has(Attribute a) const { return (attributes & a) != 0; }
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
