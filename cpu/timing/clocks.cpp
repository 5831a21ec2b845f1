#include "cpu/timing/clocks.hpp"

#include "cpu/timing/pipeline.hpp"

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
  const Form& form = insn.form();
  // REP's clocks are those of its own rows.
  const bool repeats = insn.repeat != RepeatPrefix::None && (form.has(Rep) || form.has(RepCondition));
  const bool both = insn.has_displacement && insn.has_immediate;
  return insn.prefixes - (repeats ? 1 : 0) + (both ? 1 : 0) + (insn.index != no_register ? 1 : 0);
}

}  // namespace

void charge(Instruction& insn, const Instruction* previous, const Model& model, Timing timing) {
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
  insn.clocks = insn.first_clocks;
  if (model.column != ClockColumn::I486) return;
  insn.written = pipeline::written_by(insn);
  const unsigned wait = previous != nullptr ? pipeline::wait_for(previous->written, insn) : 0;
  insn.clocks = static_cast<u16>(insn.clocks + encoding_penalty(insn) + wait);
}

}  // namespace faultline
