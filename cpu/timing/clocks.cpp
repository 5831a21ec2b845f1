#include "cpu/timing/clocks.hpp"

namespace faultline {
namespace {

/// The figure before the `n` of a repeated string instruction.
u16 repeat_base(ClockColumn column, Mnemonic m) {
  if (column == ClockColumn::I386) return m == Mnemonic::INS || m == Mnemonic::OUTS ? 13 : 5;
  switch (m) {
    case Mnemonic::MOVS: return 12;  // 12+3n [486 §26 REP]
    case Mnemonic::INS: case Mnemonic::OUTS: return 16;
    default: return 7;
  }
}

/// 486 penalties that the encoding alone decides. [486 App. E]
u32 encoding_penalty(const Instruction& insn) {
  const bool both = insn.has_displacement && insn.has_immediate;
  return insn.prefixes + (both ? 1 : 0) + (insn.index != no_register ? 1 : 0);
}

}  // namespace

void charge(Instruction& insn, const Model& model, Timing timing) {
  if (timing == Timing::None) {
    insn.clocks = 1;
    return;
  }
  const Form& form = insn.form();
  const Clocks& c = model.column == ClockColumn::I386 ? form.i386 : form.i486;
  const bool repeated = insn.repeat != RepeatPrefix::None && (form.has(Rep) || form.has(RepCondition));
  insn.first_clocks = repeated ? repeat_base(model.column, form.mnemonic)
                               : insn.memory ? c.mem : c.reg;
  insn.alternative = c.alt;
  const u32 penalty = model.column == ClockColumn::I486 ? encoding_penalty(insn) : 0;
  insn.clocks = static_cast<u16>(insn.first_clocks + penalty);
}

}  // namespace faultline
