// IN and OUT. [386 §8.1, §8.3] [386 §17.2.2 IN, OUT]
#pragma once

#include "cpu/semantics/semantics.hpp"

namespace faultline {

/// The port operand: an immediate byte or DX.
template <Operand O, class S, class Core>
u16 port_operand(Core& core, const Instruction& insn) {
  if constexpr (O == Operand::DX) return core.template reg<u16>(EDX);
  else
    return static_cast<u8>(insn.immediate);
}

template <>
struct Semantics<Mnemonic::IN> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const u16 port = port_operand<S::op2, S>(core, insn);
    core.check_port(port, sizeof(T));
    core.template reg<T>(EAX) = static_cast<T>(core.port_read(port, sizeof(T)));
    core.spend_port(insn);
  }
};
template <>
struct Semantics<Mnemonic::OUT> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const u16 port = port_operand<S::op1, S>(core, insn);
    core.check_port(port, sizeof(T));
    core.port_write(port, sizeof(T), core.template reg<T>(EAX));
    core.spend_port(insn);
  }
};

}  // namespace faultline
