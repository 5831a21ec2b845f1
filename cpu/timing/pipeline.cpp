#include "cpu/timing/pipeline.hpp"

#include <array>
#include <bit>

#include "cpu/isa/access.hpp"

namespace faultline::pipeline {
namespace {

constexpr u32 bit(unsigned register_number) { return 1u << register_number & 0xFFu; }

// clang-format off
/// The general register that an operand names, as the bits of written_by; none for memory.
u32 general_register(Operand o, const Instruction& insn) {
  if (is_rm(o) && insn.memory) return 0;
  switch (o) {
    case Operand::Eb: case Operand::Zb: return bit(insn.rm & 3) << 8;
    case Operand::Gb: return bit(insn.reg & 3) << 8;
    case Operand::AL: return bit(EAX) << 8;
    case Operand::CL: return bit(ECX) << 8;
    case Operand::Ew: case Operand::Ev: case Operand::Rd: case Operand::Rv: case Operand::Zv:
      return bit(insn.rm);
    case Operand::Gw: case Operand::Gv: return bit(insn.reg);
    case Operand::eAX: case Operand::AX: return bit(EAX);
    case Operand::DX: return bit(EDX);
    default: return 0;
  }
}
// clang-format on

/// Which operands of each row may name a general register that is read, or written: bit n, the nth.
using OperandSets = std::array<u8, form_count>;
template <class Wanted>
constexpr OperandSets operands_of_rows(Wanted wanted) {
  OperandSets sets{};
  for (unsigned row = 0; row < form_count; ++row)
    for (unsigned i = 0; i < 3; ++i)
      if (may_be_general(forms[row].operands[i]) && wanted(operand_access(forms[row], i)))
        sets[row] |= static_cast<u8>(1u << i);
  return sets;
}
constexpr OperandSets read_operands = operands_of_rows(reads);
constexpr OperandSets written_operands = operands_of_rows(writes);

u32 registers(const Instruction& insn, const OperandSets& of_rows) {
  u32 all = 0;
  for (unsigned set = of_rows[insn.row]; set != 0; set &= set - 1)
    all |= general_register(insn.form().operands[std::countr_zero(set)], insn);
  return all;
}

/// Addresses the stack by ESP. LEAVE takes its address from EBP.
bool uses_stack_pointer(const Form& form) {
  return form.has(StackWide) && form.mnemonic != Mnemonic::LEAVE;
}

}  // namespace

u16 written_by(const Instruction& insn) {
  return static_cast<u16>(registers(insn, written_operands));
}

unsigned wait_for(u32 written, const Instruction& insn) {
  if (written == 0 || insn.row == no_form) return 0;
  const u32 wide = written & 0xFF, narrow = written >> 8 & 0xFF;
  const u32 address = insn.memory ? bit(insn.base) | bit(insn.index) : 0;
  unsigned clocks = 0;
  if (((wide | narrow) & address) != 0) clocks += 1;  // a base [486 App. E] or an index [ABR]
  // PUSH, POP, CALL and RET change ESP without naming it and wait for none of each other.
  if ((wide & bit(ESP)) != 0 && uses_stack_pointer(insn.form())) clocks += 2;  // [ABR]
  if (narrow != 0 && (narrow & registers(insn, read_operands) & 0xFF & ~address) != 0)
    clocks += 1;  // a byte, then the whole of it [ABR]
  return clocks;
}

}  // namespace faultline::pipeline
