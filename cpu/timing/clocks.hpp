// What an instruction costs, as far as it is known when it is decoded. [386 §17.2.2.3] [486 §26]
#pragma once

#include "cpu/decode/instruction.hpp"
#include "cpu/engine.hpp"

namespace faultline {

/// The clocks of a row in a column. Where the microcode's count is no other, it is the manual's.
const Clocks& clocks_of(unsigned row, ClockColumn column);

/// Fills clocks, first_clocks, alternative and written of a decoded instruction. `previous` is the
/// one in front of it in its block, or null. Without a timing table every instruction is one clock.
void charge(Instruction& insn, const Instruction* previous, ClockColumn column, Timing timing);

}  // namespace faultline
