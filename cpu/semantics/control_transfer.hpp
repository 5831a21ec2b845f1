// Jumps, calls and returns within the segment, loops, BOUND. [386 §3.5] [386 §17.2.2]
#pragma once

#include "cpu/semantics/logic.hpp"

namespace faultline {

/// Destination of a relative jump; a 16-bit operand size keeps the low word of EIP.
template <class S, class Core>
u32 relative_target(Core& core, const Instruction& insn) {
  const u32 eip = core.next_eip(insn) + insn.displacement;
  return sizeof(typename S::Width) == 2 ? eip & 0xFFFF : eip;
}

struct JumpByCondition {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    if (!holds<S::form.condition()>(core.s.flags)) return;
    core.jump(relative_target<S>(core, insn));
    core.spend_taken(insn);
  }
};
template <> struct Semantics<Mnemonic::JO> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JNO> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JB> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JAE> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JE> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JNE> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JBE> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JA> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JS> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JNS> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JP> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JNP> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JL> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JGE> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JLE> : JumpByCondition {};
template <> struct Semantics<Mnemonic::JG> : JumpByCondition {};

template <>
struct Semantics<Mnemonic::JCXZ> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    if ((core.gpr(ECX) & insn.address_mask) != 0) return;
    core.jump(relative_target<S>(core, insn));
    core.spend_taken(insn);
  }
};

/// LOOP, LOOPE, LOOPNE: count down at the address size, leave ECX alone if the jump faults.
template <class Condition>
struct CountedLoop {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const u32 mask = insn.address_mask, ecx = core.gpr(ECX);
    const u32 count = (ecx - 1) & mask;
    if (count != 0 && Condition::holds(core.s.flags)) {
      core.jump(relative_target<S>(core, insn));
      core.spend_taken(insn);
    }
    core.gpr(ECX) = (ecx & ~mask) | count;
  }
};
struct Always {
  static bool holds(const Flags&) { return true; }
};
struct WhileEqual {
  static bool holds(const Flags& f) { return f.zf(); }
};
struct WhileNotEqual {
  static bool holds(const Flags& f) { return !f.zf(); }
};
template <> struct Semantics<Mnemonic::LOOP> : CountedLoop<Always> {};
template <> struct Semantics<Mnemonic::LOOPE> : CountedLoop<WhileEqual> {};
template <> struct Semantics<Mnemonic::LOOPNE> : CountedLoop<WhileNotEqual> {};

/// Target of a near JMP or CALL: relative, or the value of r/m.
template <class S, class Core>
u32 near_target(Core& core, const Instruction& insn) {
  if constexpr (is_rm(S::op1)) return load<S::op1, S>(core, insn);
  else
    return relative_target<S>(core, insn);
}

template <>
struct Semantics<Mnemonic::JMP> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    core.jump(near_target<S>(core, insn));
    core.spend_m();
  }
};

template <>
struct Semantics<Mnemonic::CALL> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    core.jump(near_target<S>(core, insn));
    core.template push<T>(static_cast<T>(core.next_eip(insn)));
    core.spend_m();
  }
};

template <>
struct Semantics<Mnemonic::RET> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    core.jump(core.template peek_stack<T>());
    core.set_stack_pointer(core.gpr(ESP) + sizeof(T) + insn.immediate);
    core.spend_m();
  }
};

template <>
struct Semantics<Mnemonic::BOUND> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    using Signed = std::make_signed_t<T>;
    const u32 at = core.address(insn);
    const auto low = static_cast<Signed>(core.template read<T>(insn.segment, at));
    const auto high = static_cast<Signed>(
        core.template read<T>(insn.segment, (at + sizeof(T)) & insn.address_mask));
    const auto value = static_cast<Signed>(core.template reg<T>(insn.reg));
    if (value < low || value > high) core.raise(Vector::BR);
  }
};

}  // namespace faultline
