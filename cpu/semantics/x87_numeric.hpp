// The meanings of the numeric instructions, each a line or two over cpu/x87. [387 §4]
#pragma once

#include "cpu/semantics/x87.hpp"

namespace faultline {

/// FADD to FDIVR, with a register or a real or integer in memory; the popping forms name ST(i).
template <x87::Operation operation, bool pop = false>
struct NumericArithmetic : NumericInstruction<NumericArithmetic<operation, pop>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack& stack) {
    if constexpr (S::memory) {
      const x87::Operand operand = load_numeric<S::op1>(core, insn);
      note_pointers<S>(core, insn);
      x87::arithmetic(stack, operation, operand);
    } else {
      note_pointers<S>(core, insn);
      const bool to_top = S::op1 == Operand::ST0;
      x87::arithmetic(stack, operation, to_top ? 0 : insn.rm, to_top ? insn.rm : 0, pop);
    }
  }
};
// clang-format off
template <> struct Semantics<Mnemonic::FADD> : NumericArithmetic<x87::Operation::Add> {};
template <> struct Semantics<Mnemonic::FIADD> : NumericArithmetic<x87::Operation::Add> {};
template <> struct Semantics<Mnemonic::FADDP> : NumericArithmetic<x87::Operation::Add, true> {};
template <> struct Semantics<Mnemonic::FMUL> : NumericArithmetic<x87::Operation::Multiply> {};
template <> struct Semantics<Mnemonic::FIMUL> : NumericArithmetic<x87::Operation::Multiply> {};
template <> struct Semantics<Mnemonic::FMULP> : NumericArithmetic<x87::Operation::Multiply, true> {};
template <> struct Semantics<Mnemonic::FSUB> : NumericArithmetic<x87::Operation::Subtract> {};
template <> struct Semantics<Mnemonic::FISUB> : NumericArithmetic<x87::Operation::Subtract> {};
template <> struct Semantics<Mnemonic::FSUBP> : NumericArithmetic<x87::Operation::Subtract, true> {};
template <> struct Semantics<Mnemonic::FSUBR> : NumericArithmetic<x87::Operation::SubtractReversed> {};
template <> struct Semantics<Mnemonic::FISUBR> : NumericArithmetic<x87::Operation::SubtractReversed> {};
template <> struct Semantics<Mnemonic::FSUBRP> : NumericArithmetic<x87::Operation::SubtractReversed, true> {};
template <> struct Semantics<Mnemonic::FDIV> : NumericArithmetic<x87::Operation::Divide> {};
template <> struct Semantics<Mnemonic::FIDIV> : NumericArithmetic<x87::Operation::Divide> {};
template <> struct Semantics<Mnemonic::FDIVP> : NumericArithmetic<x87::Operation::Divide, true> {};
template <> struct Semantics<Mnemonic::FDIVR> : NumericArithmetic<x87::Operation::DivideReversed> {};
template <> struct Semantics<Mnemonic::FIDIVR> : NumericArithmetic<x87::Operation::DivideReversed> {};
template <> struct Semantics<Mnemonic::FDIVRP> : NumericArithmetic<x87::Operation::DivideReversed, true> {};
// clang-format on

template <x87::Order order, unsigned pops>
struct NumericCompare : NumericInstruction<NumericCompare<order, pops>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack& stack) {
    if constexpr (S::memory) {
      const x87::Operand operand = load_numeric<S::op1>(core, insn);
      note_pointers<S>(core, insn);
      x87::compare(stack, operand, pops);
    } else {
      note_pointers<S>(core, insn);
      // FCOMPP and FUCOMPP have ST(1) in their second byte.
      x87::compare_register(stack, order, insn.rm, pops);
    }
  }
};
// clang-format off
template <> struct Semantics<Mnemonic::FCOM> : NumericCompare<x87::Order::Ordered, 0> {};
template <> struct Semantics<Mnemonic::FICOM> : NumericCompare<x87::Order::Ordered, 0> {};
template <> struct Semantics<Mnemonic::FCOMP> : NumericCompare<x87::Order::Ordered, 1> {};
template <> struct Semantics<Mnemonic::FICOMP> : NumericCompare<x87::Order::Ordered, 1> {};
template <> struct Semantics<Mnemonic::FCOMPP> : NumericCompare<x87::Order::Ordered, 2> {};
template <> struct Semantics<Mnemonic::FUCOM> : NumericCompare<x87::Order::Unordered, 0> {};
template <> struct Semantics<Mnemonic::FUCOMP> : NumericCompare<x87::Order::Unordered, 1> {};
template <> struct Semantics<Mnemonic::FUCOMPP> : NumericCompare<x87::Order::Unordered, 2> {};
// clang-format on

struct NumericLoad : NumericInstruction<NumericLoad> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack& stack) {
    if constexpr (S::memory) {
      x87::Operand operand = load_numeric<S::op1>(core, insn);
      note_pointers<S>(core, insn);
      // A signaling NaN of a narrower format is quieted on its way. [387 §3.1.4]
      const bool signaling = x87::class_of(operand.value) == x87::Class::SignalingNan;
      if (signaling && S::op1 != Operand::M80real)
        operand = {x87::quieted(operand.value), x87::exception::invalid};
      x87::load(stack, operand);
    } else {
      note_pointers<S>(core, insn);
      x87::load_register(stack, insn.rm);
    }
  }
};
template <>
struct Semantics<Mnemonic::FLD> : NumericLoad {};
template <>
struct Semantics<Mnemonic::FILD> : NumericLoad {};
template <>
struct Semantics<Mnemonic::FBLD> : NumericLoad {};

/// Bytes of a store's destination.
constexpr u32 stored_bytes(Operand o) {
  switch (o) {
    case Operand::M16int:
      return 2;
    case Operand::M32int:
    case Operand::M32real:
      return 4;
    case Operand::M64int:
    case Operand::M64real:
      return 8;
    default:
      return 10;
  }
}

template <bool pop>
struct NumericStore : NumericInstruction<NumericStore<pop>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack& stack) {
    if constexpr (S::memory) {
      probe_store(core, insn, stored_bytes(S::op1));
      note_pointers<S>(core, insn);
      if (store_top<S::op1>(core, insn, stack) && pop) stack.pop();
    } else {
      note_pointers<S>(core, insn);
      x87::store_register(stack, insn.rm, pop);
    }
  }

 private:
  /// False when an unmasked exception forbids the store.
  template <Operand O, class Core>
  static bool store_top(Core& core, const Instruction& insn, x87::RegisterStack& stack) {
    if constexpr (O == Operand::M32real) {
      const auto value = x87::store_single(stack);
      if (value) write_part<u32>(core, insn, 0, *value);
      return value.has_value();
    } else if constexpr (O == Operand::M64real) {
      const auto value = x87::store_double(stack);
      if (value) write_u64(core, insn, 0, *value);
      return value.has_value();
    } else if constexpr (O == Operand::M80real) {
      const auto value = x87::store_extended(stack);
      if (value) write_extended(core, insn, 0, *value);
      return value.has_value();
    } else if constexpr (O == Operand::M80dec) {
      const auto value = x87::store_decimal(stack);
      if (value) write_extended(core, insn, 0, {value->low, value->high});
      return value.has_value();
    } else {
      const auto value = x87::store_integer(stack, 8 * stored_bytes(O));
      if (!value) return false;
      if constexpr (O == Operand::M16int) write_part<u16>(core, insn, 0, static_cast<u16>(*value));
      if constexpr (O == Operand::M32int) write_part<u32>(core, insn, 0, static_cast<u32>(*value));
      if constexpr (O == Operand::M64int) write_u64(core, insn, 0, static_cast<u64>(*value));
      return true;
    }
  }
};
// clang-format off
template <> struct Semantics<Mnemonic::FST> : NumericStore<false> {};
template <> struct Semantics<Mnemonic::FSTP> : NumericStore<true> {};
template <> struct Semantics<Mnemonic::FIST> : NumericStore<false> {};
template <> struct Semantics<Mnemonic::FISTP> : NumericStore<true> {};
template <> struct Semantics<Mnemonic::FBSTP> : NumericStore<true> {};
// clang-format on

/// Instructions of the register stack alone. `work` may take ModRM's r/m.
template <auto work>
struct NumericPlain : NumericInstruction<NumericPlain<work>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack& stack) {
    note_pointers<S>(core, insn);
    if constexpr (requires { work(stack, insn.rm); })
      work(stack, insn.rm);
    else
      work(stack);
  }
};
template <x87::Constant constant>
void load_x87_constant(x87::RegisterStack& stack) {
  x87::load_constant(stack, constant);
}
template <x87::Remainder kind>
void x87_remainder(x87::RegisterStack& stack) {
  x87::partial_remainder(stack, kind);
}
/// FINCSTP and FDECSTP move TOP; the tags stay. [387 §4 FINCSTP]
template <int by>
void rotate_stack(x87::RegisterStack& stack) {
  stack.set_c1(false);
  stack.rotate(by);
}
inline void free_register(x87::RegisterStack& stack, unsigned i) {
  stack.set_c1(false);
  stack.free(i);
}
inline void free_register_and_pop(x87::RegisterStack& stack, unsigned i) {
  free_register(stack, i);
  stack.pop();
}
inline void no_numeric_operation(x87::RegisterStack&) {}

// clang-format off
template <> struct Semantics<Mnemonic::FXCH> : NumericPlain<x87::exchange> {};
template <> struct Semantics<Mnemonic::FFREE> : NumericPlain<free_register> {};
template <> struct Semantics<Mnemonic::FFREEP> : NumericPlain<free_register_and_pop> {};
template <> struct Semantics<Mnemonic::FNOP> : NumericPlain<no_numeric_operation> {};
template <> struct Semantics<Mnemonic::FCHS> : NumericPlain<x87::change_sign> {};
template <> struct Semantics<Mnemonic::FABS> : NumericPlain<x87::absolute> {};
template <> struct Semantics<Mnemonic::FTST> : NumericPlain<x87::compare_with_zero> {};
template <> struct Semantics<Mnemonic::FXAM> : NumericPlain<x87::examine> {};
template <> struct Semantics<Mnemonic::FLD1> : NumericPlain<load_x87_constant<x87::Constant::One>> {};
template <> struct Semantics<Mnemonic::FLDL2T> : NumericPlain<load_x87_constant<x87::Constant::Log2Ten>> {};
template <> struct Semantics<Mnemonic::FLDL2E> : NumericPlain<load_x87_constant<x87::Constant::Log2E>> {};
template <> struct Semantics<Mnemonic::FLDPI> : NumericPlain<load_x87_constant<x87::Constant::Pi>> {};
template <> struct Semantics<Mnemonic::FLDLG2> : NumericPlain<load_x87_constant<x87::Constant::Log10Two>> {};
template <> struct Semantics<Mnemonic::FLDLN2> : NumericPlain<load_x87_constant<x87::Constant::LogETwo>> {};
template <> struct Semantics<Mnemonic::FLDZ> : NumericPlain<load_x87_constant<x87::Constant::Zero>> {};
template <> struct Semantics<Mnemonic::F2XM1> : NumericPlain<x87::power_of_two_minus_one> {};
template <> struct Semantics<Mnemonic::FYL2X> : NumericPlain<x87::y_log2_x> {};
template <> struct Semantics<Mnemonic::FYL2XP1> : NumericPlain<x87::y_log2_x_plus_one> {};
template <> struct Semantics<Mnemonic::FPTAN> : NumericPlain<x87::partial_tangent> {};
template <> struct Semantics<Mnemonic::FPATAN> : NumericPlain<x87::partial_arctangent> {};
template <> struct Semantics<Mnemonic::FSIN> : NumericPlain<x87::sine> {};
template <> struct Semantics<Mnemonic::FCOS> : NumericPlain<x87::cosine> {};
template <> struct Semantics<Mnemonic::FSINCOS> : NumericPlain<x87::sine_and_cosine> {};
template <> struct Semantics<Mnemonic::FXTRACT> : NumericPlain<x87::extract> {};
template <> struct Semantics<Mnemonic::FPREM> : NumericPlain<x87_remainder<x87::Remainder::Chop>> {};
template <> struct Semantics<Mnemonic::FPREM1> : NumericPlain<x87_remainder<x87::Remainder::Nearest>> {};
template <> struct Semantics<Mnemonic::FSQRT> : NumericPlain<x87::square_root> {};
template <> struct Semantics<Mnemonic::FRNDINT> : NumericPlain<x87::round_to_integer> {};
template <> struct Semantics<Mnemonic::FSCALE> : NumericPlain<x87::scale> {};
template <> struct Semantics<Mnemonic::FDECSTP> : NumericPlain<rotate_stack<-1>> {};
template <> struct Semantics<Mnemonic::FINCSTP> : NumericPlain<rotate_stack<1>> {};
// clang-format on

}  // namespace faultline
