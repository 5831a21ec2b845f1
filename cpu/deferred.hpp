// Names a form that waits for a later milestone.
#pragma once

#include "cpu/decode/instruction.hpp"
#include "cpu/engine.hpp"

namespace faultline {

/// Writes the text of a deferred form into context.stop_message.
void note_deferred_form(CpuContext& context, const Instruction& insn);

}  // namespace faultline
