// What an instruction leaves to the one that runs next: the 386's empty prefetch queue after a
// jump, the 486's registers that are still on their way through the pipeline. State::in_flight
// carries it from block to block, so that clocks do not depend on how blocks are formed.
#pragma once

#include "cpu/decode/instruction.hpp"

namespace faultline::pipeline {

/// The 386 has jumped: the next instruction pays its components. [386 §17.2.2.3]
inline constexpr u32 jumped = 1u << 16;

/// The general registers an instruction names as destinations: bit n, register n written with 16 or
/// 32 bits; bit 8 + n, a byte of it.
u16 written_by(const Instruction& insn);

/// Clocks that the 486 waits in front of `insn` when its predecessor has written these registers.
unsigned wait_for(u32 written, const Instruction& insn);

}  // namespace faultline::pipeline
