// What a mnemonic does to the operands of its rows: which it reads, which it writes. The 486's
// pipeline waits by it, and whoever looks for the life of a register reads it.
#pragma once

#include "cpu/isa/form.hpp"

// clang-format off

namespace faultline {

enum class Access : u8 { Read, Write, Modify };

constexpr bool reads(Access a) { return a != Access::Write; }
constexpr bool writes(Access a) { return a != Access::Read; }

/// The first operand; destinations come first in the manual's notation. [386 §17.2.1]
constexpr Access first_operand_access(const Form& form) {
  using enum Mnemonic;
  if (form.mnemonic >= SETO && form.mnemonic <= SETG) return Access::Write;
  switch (form.mnemonic) {
    case MOV: case MOVZX: case MOVSX: case LEA: case POP: case IN: case INS: case LODS: case STOS:
    case MOVS: case BSF: case BSR: case LAR: case LSL: case LDS: case LES: case LFS: case LGS:
    case LSS: case SLDT: case STR: case SMSW: case SGDT: case SIDT: case MOVSREG: case MOVCR:
    case MOVDR: case MOVTR: case POPSREG: case FNSTSW:
      return Access::Write;
    case IMUL3:  // of three operands the first is only written
      return form.operands[2] == Operand::None ? Access::Modify : Access::Write;
    case CMP: case TEST: case PUSH: case PUSHSREG: case JMP: case CALL: case JMPF: case CALLF:
    case BT: case OUT: case OUTS: case CMPS: case SCAS: case BOUND: case LLDT: case LTR: case LGDT:
    case LIDT: case LMSW: case VERR: case VERW: case INVLPG: case RET: case RETF: case ENTER:
    case MUL: case IMUL: case DIV: case IDIV:  // their results go to the accumulator
      return Access::Read;
    default:
      return Access::Modify;
  }
}

/// Operand `index` of the form. XCHG and XADD write both of theirs.
constexpr Access operand_access(const Form& form, unsigned index) {
  if (index == 0) return first_operand_access(form);
  const bool exchanges = form.mnemonic == Mnemonic::XCHG || form.mnemonic == Mnemonic::XADD;
  return index == 1 && exchanges ? Access::Modify : Access::Read;
}

/// True for operand codes that may name a general register.
constexpr bool may_be_general(Operand o) {
  switch (o) {
    case Operand::Eb: case Operand::Ew: case Operand::Ev: case Operand::Gb: case Operand::Gw:
    case Operand::Gv: case Operand::Rd: case Operand::Rv: case Operand::Zb: case Operand::Zv:
    case Operand::AL: case Operand::eAX: case Operand::AX: case Operand::CL: case Operand::DX:
      return true;
    default:
      return false;
  }
}

/// True when an instruction of this form may write a general register that it names.
constexpr bool writes_general(const Form& form) {
  for (unsigned i = 0; i < 3; ++i)
    if (may_be_general(form.operands[i]) && writes(operand_access(form, i))) return true;
  return false;
}

}  // namespace faultline
