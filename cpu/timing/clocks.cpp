#include "cpu/timing/clocks.hpp"

#include "cpu/isa/microcode.hpp"
#include "cpu/timing/pipeline.hpp"
#include "cpu/timing/repeat_clocks.hpp"

namespace faultline {
namespace {

/// 486 penalties that the encoding alone decides. [486 App. E]
u32 encoding_penalty(const Instruction& insn) {
  const bool both = insn.has_displacement && insn.has_immediate;
  const u32 rep = is_repeated(insn) ? 1 : 0;  // its rows have it in their figures
  return insn.prefixes - rep + (both ? 1 : 0) + (insn.index != no_register ? 1 : 0);
}

/// The 386 adds three components of an address in two steps. [N2M]
u32 address_penalty(const Instruction& insn) {
  return insn.base != no_register && insn.index != no_register && insn.has_displacement ? 1 : 0;
}

/// Rows of control, debug and test registers hold a figure for each kind: the first, `mem` and
/// `alt`. [386 §17.2.2 MOV] [486 §26 MOV]
u16 special_register_figure(const Clocks& c, Operand kind, unsigned number) {
  if (kind == Operand::Cd) return number == 0 ? c.alt : number == 2 ? c.mem : c.reg;
  if (kind == Operand::Dd) return number >= 4 ? c.mem : c.reg;
  return number == 3 ? c.mem : c.reg;  // TR3 and the others
}

/// ENTER by its level. [386 §17.2.2 ENTER: 10, 12, 15+4(n-1)] [486 §26 ENTER: 14, 17, 17+3n]
u16 enter_figure(const Clocks& c, ClockColumn column, u32 level) {
  if (level < 2) return level == 0 ? c.reg : c.mem;
  return static_cast<u16>(column == ClockColumn::I486 ? 17 + 3 * level : 15 + 4 * (level - 1));
}

u16 first_figure(const Instruction& insn, const Clocks& c, ClockColumn column) {
  const Form& form = insn.form();
  if (is_repeated(insn)) return repeat_clocks(column, form.mnemonic).base;
  for (const Operand o : {form.operands[0], form.operands[1]})
    if (o == Operand::Cd || o == Operand::Dd || o == Operand::Td)
      return special_register_figure(c, o, insn.reg);
  if (form.mnemonic == Mnemonic::ENTER) return enter_figure(c, column, insn.immediate2 & 31u);
  return insn.memory ? c.mem : c.reg;
}

u16 second_figure(const Instruction& insn, const Clocks& c, ClockColumn column) {
  const Mnemonic m = insn.form().mnemonic;
  if (is_repeated(insn)) return repeat_clocks(column, m).each;
  // pm=18/19 [386 §17.2.2 MOV]
  const bool slower = m == Mnemonic::MOVSREG && insn.memory && column != ClockColumn::I486;
  // DIV of 32 bits: from memory it takes as much longer as one of 16. [386 §17.2.2 DIV: 38/41]
  const bool divides = m == Mnemonic::DIV || m == Mnemonic::IDIV;
  if (divides && insn.memory) return static_cast<u16>(c.alt + c.mem - c.reg);
  return static_cast<u16>(c.alt + (slower ? 1 : 0));
}

}  // namespace

const Clocks& clocks_of(unsigned row, ClockColumn column) {
  const Form& form = forms[row];
  if (column == ClockColumn::I486) return form.i486;
  if (column == ClockColumn::I386Microcode)
    if (const Clocks* counted = isa::microcode_clocks(form)) return *counted;
  return form.i386;
}

void charge(Instruction& insn, const Instruction* previous, ClockColumn column, Timing timing) {
  if (timing == Timing::None) {
    insn.clocks = 1;
    return;
  }
  const Clocks& c = clocks_of(insn.row, column);
  insn.first_clocks = first_figure(insn, c, column);
  insn.alternative = second_figure(insn, c, column);
  u32 more = 0;
  if (column == ClockColumn::I486) {
    insn.written = pipeline::written_by(insn);
    more = encoding_penalty(insn);
    if (previous != nullptr) more += pipeline::wait_for(previous->written, insn);
  } else {
    more = address_penalty(insn);
  }
  insn.clocks = static_cast<u16>(insn.first_clocks + more);
}

}  // namespace faultline
