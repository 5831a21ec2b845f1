// Binary arithmetic: ADD to NEG, multiply and divide. [386 §3.2] [386 §17.2.2]
#pragma once

#include <limits>

#include "cpu/semantics/semantics.hpp"

namespace faultline {

/// Carry out of every bit of a + b (+ carry) = sum.
template <class T>
constexpr T carries_of_sum(T a, T b, T sum) {
  return static_cast<T>((a & b) | ((a | b) & ~sum));
}
/// Borrow into every bit of a - b (- borrow) = difference.
template <class T>
constexpr T borrows_of_difference(T a, T b, T difference) {
  return static_cast<T>((~a & b) | ((~a | b) & difference));
}

template <>
struct Semantics<Mnemonic::ADD> {
  template <class T>
  static T apply(Flags& flags, T a, T b) {
    const T sum = static_cast<T>(a + b);
    flags.set_arithmetic<T>(sum, carries_of_sum(a, b, sum));
    return sum;
  }
};

template <>
struct Semantics<Mnemonic::ADC> {
  template <class T>
  static T apply(Flags& flags, T a, T b) {
    const T sum = static_cast<T>(a + b + flags.cf());
    flags.set_arithmetic<T>(sum, carries_of_sum(a, b, sum));
    return sum;
  }
};

template <>
struct Semantics<Mnemonic::SUB> {
  template <class T>
  static T apply(Flags& flags, T a, T b) {
    const T difference = static_cast<T>(a - b);
    flags.set_arithmetic<T>(difference, borrows_of_difference(a, b, difference));
    return difference;
  }
};

template <>
struct Semantics<Mnemonic::SBB> {
  template <class T>
  static T apply(Flags& flags, T a, T b) {
    const T difference = static_cast<T>(a - b - flags.cf());
    flags.set_arithmetic<T>(difference, borrows_of_difference(a, b, difference));
    return difference;
  }
};

template <>
struct Semantics<Mnemonic::CMP> {
  template <class T>
  static void test(Flags& flags, T a, T b) {
    Semantics<Mnemonic::SUB>::apply<T>(flags, a, b);
  }
};

template <>
struct Semantics<Mnemonic::INC> {  // CF is not affected
  template <class T>
  static T unary(Flags& flags, T a) {
    const bool carry = flags.cf();
    const T sum = Semantics<Mnemonic::ADD>::apply<T>(flags, a, 1);
    flags.set_cf(carry);
    return sum;
  }
};

template <>
struct Semantics<Mnemonic::DEC> {  // CF is not affected
  template <class T>
  static T unary(Flags& flags, T a) {
    const bool carry = flags.cf();
    const T difference = Semantics<Mnemonic::SUB>::apply<T>(flags, a, 1);
    flags.set_cf(carry);
    return difference;
  }
};

template <>
struct Semantics<Mnemonic::NEG> {
  template <class T>
  static T unary(Flags& flags, T a) {
    return Semantics<Mnemonic::SUB>::apply<T>(flags, 0, a);
  }
};

/// Twice the width of T, for products and dividends.
template <class T>
using Double = std::conditional_t<sizeof(T) == 1, u16, std::conditional_t<sizeof(T) == 2, u32, u64>>;

/// AX, DX:AX or EDX:EAX: where a product goes and a dividend comes from.
template <class T, class Core>
Double<T> double_accumulator(Core& core) {
  if constexpr (sizeof(T) == 1) return core.template reg<u16>(EAX);
  else
    return static_cast<Double<T>>(Double<T>{core.template reg<T>(EDX)} << 8 * sizeof(T) |
                                  core.template reg<T>(EAX));
}
template <class T, class Core>
void set_double_accumulator(Core& core, Double<T> value) {
  if constexpr (sizeof(T) == 1) {
    core.template reg<u16>(EAX) = value;
  } else {
    core.template reg<T>(EAX) = static_cast<T>(value);
    core.template reg<T>(EDX) = static_cast<T>(value >> 8 * sizeof(T));
  }
}

/// CF = OF = the high half matters. SF, ZF, PF by the low half as parts do; AF clear: undefined.
template <class T>
void set_product_flags(Flags& flags, T low, bool overflow) {
  flags.set_logic<T>(low);
  flags.set_cf_of(overflow, overflow);
}

template <>
struct Semantics<Mnemonic::MUL> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const T factor = load<S::op1, S>(core, insn);
    const auto product =
        static_cast<Double<T>>(Double<T>{core.template reg<T>(EAX)} * Double<T>{factor});
    set_double_accumulator<T>(core, product);
    set_product_flags<T>(core.s.flags, static_cast<T>(product), product >> 8 * sizeof(T) != 0);
    core.spend_multiply(factor);
  }
};

/// Signed product of two T's, and whether it leaves T.
template <class T>
struct SignedProduct {
  s64 value;
  explicit SignedProduct(T a, T b)
      : value(s64{static_cast<std::make_signed_t<T>>(a)} * static_cast<std::make_signed_t<T>>(b)) {}
  bool overflows() const { return value != static_cast<std::make_signed_t<T>>(value); }
};

template <class T, class Core>
void spend_signed_multiply(Core& core, T multiplier) {
  const bool negative = multiplier >> (8 * sizeof(T) - 1) != 0;
  core.spend_multiply(negative ? static_cast<T>(0u - multiplier) : multiplier, negative);
}

template <>
struct Semantics<Mnemonic::IMUL> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const T factor = load<S::op1, S>(core, insn);
    const SignedProduct<T> product(core.template reg<T>(EAX), factor);
    set_double_accumulator<T>(core, static_cast<Double<T>>(product.value));
    set_product_flags<T>(core.s.flags, static_cast<T>(product.value), product.overflows());
    spend_signed_multiply(core, factor);
  }
};

template <>
struct Semantics<Mnemonic::IMUL3> {  // to a register: two or three operands
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const T a = load<S::op2, S>(core, insn);
    T b;
    if constexpr (S::op3 == Operand::None) b = load<S::op1, S>(core, insn);
    else b = load<S::op3, S>(core, insn);
    const SignedProduct<T> product(a, b);
    store<S::op1, S>(core, insn, static_cast<T>(product.value));
    set_product_flags<T>(core.s.flags, static_cast<T>(product.value), product.overflows());
    spend_signed_multiply(core, b);
  }
};

// Division: the operand is read before the divide error can occur; flags are undefined and stay.
template <>
struct Semantics<Mnemonic::DIV> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const T divisor = load<S::op1, S>(core, insn);
    const u64 dividend = double_accumulator<T>(core);
    if (divisor == 0 || dividend / divisor > std::numeric_limits<T>::max())
      core.raise(Vector::DE);
    const auto quotient = static_cast<T>(dividend / divisor);
    const auto remainder = static_cast<T>(dividend % divisor);
    set_double_accumulator<T>(
        core, static_cast<Double<T>>(Double<T>{remainder} << 8 * sizeof(T) | quotient));
    if constexpr (sizeof(T) == 4) core.spend_alternative(insn);
  }
};

template <>
struct Semantics<Mnemonic::IDIV> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    using Signed = std::make_signed_t<T>;
    const s64 divisor = static_cast<Signed>(load<S::op1, S>(core, insn));
    const s64 dividend = static_cast<std::make_signed_t<Double<T>>>(double_accumulator<T>(core));
    // The one quotient 64 bits cannot hold is refused first.
    if (divisor == 0 || (divisor == -1 && dividend == std::numeric_limits<s64>::min()))
      core.raise(Vector::DE);
    const s64 quotient = dividend / divisor, remainder = dividend % divisor;
    if (quotient != static_cast<Signed>(quotient)) core.raise(Vector::DE);
    set_double_accumulator<T>(
        core, static_cast<Double<T>>(Double<T>{static_cast<T>(remainder)} << 8 * sizeof(T) |
                                     static_cast<T>(quotient)));
    if constexpr (sizeof(T) == 4) core.spend_alternative(insn);
  }
};

template <>
struct Semantics<Mnemonic::CBW> : RegistersOnly {  // CWDE with 32-bit operands
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    if constexpr (sizeof(typename S::Width) == 2)
      core.template reg<u16>(EAX) =
          static_cast<u16>(static_cast<s8>(core.template reg<u8>(EAX)));
    else
      core.gpr(EAX) = static_cast<u32>(static_cast<s16>(core.template reg<u16>(EAX)));
  }
};

template <>
struct Semantics<Mnemonic::CWD> : RegistersOnly {  // CDQ with 32-bit operands
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    using T = typename S::Width;
    const T value = core.template reg<T>(EAX);
    core.template reg<T>(EDX) = static_cast<T>(value >> (8 * sizeof(T) - 1) != 0 ? ~T{0} : T{0});
  }
};

template <>
struct Semantics<Mnemonic::XADD> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const T addend = load<S::op2, S>(core, insn);
    T old = 0;
    modify<S::op1, S>(core, insn, [&](T a) {
      old = a;
      return Semantics<Mnemonic::ADD>::apply<T>(core.s.flags, a, addend);
    });
    // With both operands the same register the sum stays. [486 §26 XADD]
    if (S::memory || insn.rm != insn.reg) store<S::op2, S>(core, insn, old);
  }
};

template <>
struct Semantics<Mnemonic::CMPXCHG> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    T& accumulator = core.template reg<T>(EAX);
    const T expected = accumulator, source = load<S::op2, S>(core, insn);
    T old = 0;
    modify<S::op1, S>(core, insn, [&](T a) {
      old = a;
      return a == expected ? source : a;  // the destination is always written [486 §26 CMPXCHG]
    });
    Semantics<Mnemonic::CMP>::test<T>(core.s.flags, expected, old);
    if (old != expected) accumulator = old;
  }
};

}  // namespace faultline
