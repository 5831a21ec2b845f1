// User-mode instructions of later processors, for models that have them: CPUID of the late 486,
// and for `compat` what compilers have used since. [AP-485 §3] [SDM]
#pragma once

#include "cpu/semantics/logic.hpp"
#include "cpu/semantics/x87.hpp"

namespace faultline {

template <>
struct Semantics<Mnemonic::CPUID> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    const Model& model = core.context.model;
    u32 answer[4] = {};  // EAX, EBX, ECX, EDX
    switch (core.gpr(EAX)) {
      case 0:  // the highest leaf, and "GenuineIntel"
        answer[0] = 1;
        answer[1] = 0x756E6547, answer[3] = 0x49656E69, answer[2] = 0x6C65746E;
        break;
      case 1:
        answer[0] = model.reset_dx;
        answer[3] = (model.fpu != FpuKind::None ? 1u << 0 : 0) |
                    (model.has(TimeStamp) ? 1u << 4 : 0) |
                    (model.has(CompareExchange8) ? 1u << 8 : 0) |
                    (model.has(ConditionalMove) ? 1u << 15 : 0);
        break;
      default:
        break;
    }
    core.gpr(EAX) = answer[0];
    core.gpr(EBX) = answer[1];
    core.gpr(ECX) = answer[2];
    core.gpr(EDX) = answer[3];
  }
};

/// The time-stamp counter is machine time itself.
template <>
struct Semantics<Mnemonic::RDTSC> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    core.gpr(EAX) = static_cast<u32>(core.s.clock.now);
    core.gpr(EDX) = static_cast<u32>(core.s.clock.now >> 32);
  }
};

/// Always a write, as CMPXCHG. [SDM CMPXCHG8B]
template <>
struct Semantics<Mnemonic::CMPXCHG8B> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const LinearAddress low_at = core.writable_span(insn.segment, core.address(insn), 8);
    const LinearAddress high_at = low_at + 4;
    const u32 low = core.template read_modify<u32>(low_at);
    const u32 high = core.template read_modify<u32>(high_at);
    const bool equal = low == core.gpr(EAX) && high == core.gpr(EDX);
    core.template write_back<u32>(low_at, equal ? core.gpr(EBX) : low);
    core.template write_back<u32>(high_at, equal ? core.gpr(ECX) : high);
    core.gpr(EAX) = low;
    core.gpr(EDX) = high;
    core.s.flags.set_zf(equal);
  }
};

/// The source is read whatever the condition. [SDM CMOVcc]
struct MoveByCondition {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const auto value = load<S::op2, S>(core, insn);
    if (holds<S::form.condition()>(core.s.flags)) store<S::op1, S>(core, insn, value);
  }
};
template <>
struct Semantics<Mnemonic::CMOVO> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVNO> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVB> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVAE> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVE> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVNE> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVBE> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVA> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVS> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVNS> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVP> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVNP> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVL> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVGE> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVLE> : MoveByCondition {};
template <>
struct Semantics<Mnemonic::CMOVG> : MoveByCondition {};

/// FCMOVcc by a condition code of the integer instructions. [SDM FCMOVcc]
template <unsigned condition>
struct NumericMove : NumericInstruction<NumericMove<condition>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack& stack) {
    note_pointers<S>(core, insn);
    x87::conditional_move(stack, insn.rm, holds<condition>(core.s.flags));
  }
};
template <>
struct Semantics<Mnemonic::FCMOVB> : NumericMove<2> {};
template <>
struct Semantics<Mnemonic::FCMOVNB> : NumericMove<3> {};
template <>
struct Semantics<Mnemonic::FCMOVE> : NumericMove<4> {};
template <>
struct Semantics<Mnemonic::FCMOVNE> : NumericMove<5> {};
template <>
struct Semantics<Mnemonic::FCMOVBE> : NumericMove<6> {};
template <>
struct Semantics<Mnemonic::FCMOVNBE> : NumericMove<7> {};
template <>
struct Semantics<Mnemonic::FCMOVU> : NumericMove<10> {};
template <>
struct Semantics<Mnemonic::FCMOVNU> : NumericMove<11> {};

/// The comparison goes to ZF, PF and CF; OF, SF and AF become 0. [SDM FCOMI]
template <x87::Order order, bool pop>
struct NumericCompareFlags : NumericInstruction<NumericCompareFlags<order, pop>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack& stack) {
    note_pointers<S>(core, insn);
    if (const auto relation = x87::compare_for_flags(stack, order, insn.rm, pop))
      core.s.flags.replace(eflags::arithmetic, (relation->less ? eflags::CF : 0) |
                                                   (relation->equal ? eflags::ZF : 0) |
                                                   (relation->unordered ? eflags::PF : 0));
  }
};
template <>
struct Semantics<Mnemonic::FCOMI> : NumericCompareFlags<x87::Order::Ordered, false> {};
template <>
struct Semantics<Mnemonic::FCOMIP> : NumericCompareFlags<x87::Order::Ordered, true> {};
template <>
struct Semantics<Mnemonic::FUCOMI> : NumericCompareFlags<x87::Order::Unordered, false> {};
template <>
struct Semantics<Mnemonic::FUCOMIP> : NumericCompareFlags<x87::Order::Unordered, true> {};

}  // namespace faultline
