#include "cpu/deferred.hpp"

#include "cpu/decode/decoder.hpp"

namespace faultline {

void note_deferred_form(CpuContext& context, const Instruction& insn) {
  context.stop_message = disassemble(insn, context.state.eip);
}

}  // namespace faultline
