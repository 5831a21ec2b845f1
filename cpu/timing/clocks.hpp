// What an instruction costs, as far as it is known when it is decoded. [386 §17.2.2.3] [486 §26]
#pragma once

#include "cpu/decode/instruction.hpp"
#include "cpu/engine.hpp"

namespace faultline {

/// Fills clocks, first_clocks, alternative and written of a decoded instruction. `previous` is the
/// one in front of it in its block, or null. Without a timing table every instruction is one clock.
void charge(Instruction& insn, const Instruction* previous, const Model& model, Timing timing);

/// Clocks of an interrupt or exception that the processor takes. [386 §17.2.2 INT] [486 §26 INT]
struct InterruptClocks {
  u16 real, same_level, inner_level;
};
constexpr InterruptClocks interrupt_clocks_of(ClockColumn column) {
  return column == ClockColumn::I386 ? InterruptClocks{37, 59, 99} : InterruptClocks{30, 44, 71};
}

/// What a RETF or IRET to an outer level costs beyond one to the same level.
/// [386 §17.2.2 RET, IRET: 68, 82] [486 §26: 35, 36]
constexpr u32 outer_return_extra(ClockColumn column, Mnemonic m) {
  if (column == ClockColumn::I386) return m == Mnemonic::IRET ? 82 - 38 : 68 - 32;
  return m == Mnemonic::IRET ? 36 - 20 : 35 - 17;
}

/// A task switch between 32-bit tasks. [386 §17.2.2 JMP, "ts"] [486 §26 JMP]
constexpr u32 task_switch_clocks(ClockColumn column) {
  return column == ClockColumn::I386 ? 300 : 162;
}

/// Bus clocks of a TLB walk: two reads, and a locked update for each of A and D.
/// [N2M: a 386 walk is about 20 clocks at zero wait states]; the 486's 13, 21 and 28 are remembered
/// figures (docs/deviations.md).
constexpr MmuTiming walk_timing(ClockColumn column) {
  return column == ClockColumn::I386 ? MmuTiming{5, 5} : MmuTiming{6, 8};
}

}  // namespace faultline
