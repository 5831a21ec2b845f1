// Loading and storing operands by their code. The one file beside the decoder that knows them.
#pragma once

#include "cpu/interpreter/core.hpp"

namespace faultline {

/// A place in the table where an instruction is executed: the row, the operand width, and whether
/// ModRM names memory. All of it is known when the handler is compiled.
template <unsigned Row, OperandWidth T, bool memory_>
struct Site {
  static constexpr Form form = forms[Row];
  static constexpr bool memory = memory_;
  using Width = T;
  static constexpr Operand op1 = form.operands[0], op2 = form.operands[1], op3 = form.operands[2];
};

/// The width at which operand O of a form of width T is read.
template <Operand O, OperandWidth T>
using OperandType = std::conditional_t<
    O == Operand::Ew || O == Operand::Gw || O == Operand::Sw, u16,
    std::conditional_t<O == Operand::Eb || O == Operand::Gb || O == Operand::CL, u8, T>>;

template <Operand O, class S, class Core>
auto load(Core& core, const Instruction& insn) {
  using T = OperandType<O, typename S::Width>;
  if constexpr (is_rm(O)) {
    if constexpr (S::memory)
      return core.template read<T>(insn.segment, core.address(insn));
    else
      return T{core.template reg<T>(insn.rm)};
  } else if constexpr (O == Operand::Gb || O == Operand::Gw || O == Operand::Gv) {
    return T{core.template reg<T>(insn.reg)};
  } else if constexpr (O == Operand::Zb || O == Operand::Zv) {
    return T{core.template reg<T>(insn.rm)};
  } else if constexpr (O == Operand::AL || O == Operand::eAX) {
    return T{core.template reg<T>(EAX)};
  } else if constexpr (O == Operand::CL) {
    return u8{core.template reg<u8>(ECX)};
  } else if constexpr (O == Operand::DX) {
    return u16{core.template reg<u16>(EDX)};
  } else if constexpr (O == Operand::One) {
    return u8{1};
  } else if constexpr (O == Operand::Ob || O == Operand::Ov) {
    return core.template read<T>(insn.segment, insn.displacement);
  } else {
    static_assert(O == Operand::Ib || O == Operand::Iw || O == Operand::Iv || O == Operand::Ibs);
    return static_cast<T>(insn.immediate);
  }
}

template <Operand O, class S, class Core, class T>
void store(Core& core, const Instruction& insn, T value) {
  static_assert(std::same_as<T, OperandType<O, typename S::Width>>);
  if constexpr (is_rm(O)) {
    if constexpr (S::memory)
      core.template write<T>(insn.segment, core.address(insn), value);
    else
      core.template reg<T>(insn.rm) = value;
  } else if constexpr (O == Operand::Gb || O == Operand::Gw || O == Operand::Gv) {
    core.template reg<T>(insn.reg) = value;
  } else if constexpr (O == Operand::Zb || O == Operand::Zv) {
    core.template reg<T>(insn.rm) = value;
  } else if constexpr (O == Operand::Ob || O == Operand::Ov) {
    core.template write<T>(insn.segment, insn.displacement, value);
  } else {
    static_assert(O == Operand::AL || O == Operand::eAX);
    core.template reg<T>(EAX) = value;
  }
}

/// Load, compute, store of a destination that is also a source. `compute` sees the old value and
/// returns the new one; in memory, write permission is checked before it runs.
template <Operand O, class S, class Core, class Compute>
void modify(Core& core, const Instruction& insn, Compute compute) {
  using T = OperandType<O, typename S::Width>;
  if constexpr (is_rm(O) && S::memory) {
    const LinearAddress at = core.template writable<T>(insn.segment, core.address(insn));
    const T old = core.template read_modify<T>(at);
    core.template write_back<T>(at, compute(old));
  } else {
    const T old = load<O, S>(core, insn);
    store<O, S>(core, insn, static_cast<T>(compute(old)));
  }
}

}  // namespace faultline
