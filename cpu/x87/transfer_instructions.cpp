// Loads, stores and constants. [387 §4]
#include "cpu/x87/arithmetic_selected.hpp"
#include "cpu/x87/instructions.hpp"
#include "cpu/x87/special_operands.hpp"

namespace faultline::x87 {
namespace {

using A = SelectedArithmetic;

constexpr u16 stops_a_store = exception::before | exception::overflow | exception::underflow;

/// A store to memory: `masked` when ST(0) is empty and nobody objects.
template <class T, class Convert>
std::optional<T> store(RegisterStack& stack, T masked, Convert convert) {
  if (stack.empty(0)) {
    if (!stack.underflow()) return std::nullopt;
    return masked;
  }
  const Rounded<T> result = convert(stack.st(0), stack.control());
  if (!stack.accept(result, stops_a_store)) return std::nullopt;
  return result.value;
}

template <class T, class Round>
Rounded<T> to_real(Extended x, ControlWord control, unsigned fraction_bits, unsigned exponent_bits,
                   Round round) {
  if (const auto special = not_a_number(x))
    return {static_cast<T>(narrowed(special->value, fraction_bits, exponent_bits)),
            special->exceptions, false};
  if (infinite(x)) return {static_cast<T>(narrowed(x, fraction_bits, exponent_bits)), 0, false};
  return round(x, control);
}

/// A constant lies between two neighbours; the rounding control chooses. [387 §4 FLDcon]
struct InexactConstant {
  u64 below;
  u16 exponent;
  bool nearest_above;
};
constexpr InexactConstant inexact_constants[] = {
    {0xD49A784BCD1B8AFE, 0x4000, false},  // log2 10
    {0xB8AA3B295C17F0BB, 0x3FFF, true},   // log2 e
    {0xC90FDAA22168C234, 0x4000, true},   // pi
    {0x9A209A84FBCFF798, 0x3FFD, true},   // log10 2
    {0xB17217F7D1CF79AB, 0x3FFE, true},   // loge 2
};

}  // namespace

void load(RegisterStack& stack, Operand operand) {
  if (stack.full()) {
    if (stack.overflow()) stack.push(indefinite);
    return;
  }
  stack.set_c1(false);
  // A denormal is loaded even when its exception is unmasked.
  if (stack.signal(operand.exceptions, exception::invalid)) stack.push(operand.value);
}

void load_register(RegisterStack& stack, unsigned i) {
  if (stack.empty(i)) {
    if (stack.underflow()) stack.push(indefinite);
  } else if (stack.full()) {
    if (stack.overflow()) stack.push(indefinite);
  } else {
    stack.set_c1(false);
    stack.push(stack.st(i));
  }
}

void load_constant(RegisterStack& stack, Constant constant) {
  Extended value = constant == Constant::One ? positive_one : positive_zero;
  if (constant >= Constant::Log2Ten && constant <= Constant::LogETwo) {
    const InexactConstant& c =
        inexact_constants[static_cast<int>(constant) - static_cast<int>(Constant::Log2Ten)];
    const Rounding rounding = stack.control().rounding();
    const bool above =
        rounding == Rounding::Up || (rounding == Rounding::Nearest && c.nearest_above);
    value = {c.below + above, c.exponent};
  }
  load(stack, {value});
}

void exchange(RegisterStack& stack, unsigned i) {
  stack.set_c1(false);
  Extended a = stack.st(0), b = stack.st(i);
  const bool no_a = stack.empty(0), no_b = stack.empty(i);
  if (no_a || no_b) {
    if (!stack.underflow()) return;
    if (no_a) a = indefinite;
    if (no_b) b = indefinite;
  }
  stack.set(0, b);
  stack.set(i, a);
}

void conditional_move(RegisterStack& stack, unsigned i, bool condition) {
  if (stack.empty(0) || stack.empty(i)) {
    if (stack.underflow()) stack.set(0, indefinite);
    return;
  }
  stack.set_c1(false);
  if (condition) stack.set(0, stack.st(i));
}

void store_register(RegisterStack& stack, unsigned i, bool pop) {
  Extended value = indefinite;
  if (!stack.empty(0)) {
    stack.set_c1(false);
    value = stack.st(0);
  } else if (!stack.underflow()) {
    return;
  }
  stack.set(i, value);
  if (pop) stack.pop();
}

std::optional<u32> store_single(RegisterStack& stack) {
  return store<u32>(stack, static_cast<u32>(narrowed(indefinite, 23, 8)),
                    [](Extended x, ControlWord control) {
                      return to_real<u32>(x, control, 23, 8, A::to_single);
                    });
}
std::optional<u64> store_double(RegisterStack& stack) {
  return store<u64>(stack, narrowed(indefinite, 52, 11), [](Extended x, ControlWord control) {
    return to_real<u64>(x, control, 52, 11, A::to_double);
  });
}
std::optional<Extended> store_extended(RegisterStack& stack) {
  return store<Extended>(stack, indefinite, [](Extended x, ControlWord) {
    return Result{x, 0, false};
  });
}

std::optional<s64> store_integer(RegisterStack& stack, unsigned bits) {
  const s64 indefinite_integer = static_cast<s64>(~u64{0} << (bits - 1));
  return store<s64>(stack, indefinite_integer, [=](Extended x, ControlWord control) {
    if (!is_finite(class_of(x))) return Rounded<s64>{indefinite_integer, exception::invalid, false};
    return A::to_integer(x, bits, control);
  });
}

std::optional<PackedDecimal> store_decimal(RegisterStack& stack) {
  return store<PackedDecimal>(stack, decimal_indefinite, [](Extended x, ControlWord control) {
    const Rounded<PackedDecimal> invalid{decimal_indefinite, exception::invalid, false};
    if (!is_finite(class_of(x))) return invalid;
    const Rounded<s64> n = A::to_integer(x, 64, control);
    const u64 bits = static_cast<u64>(n.value);
    const u64 magnitude = n.value < 0 ? ~bits + 1 : bits;
    constexpr u64 limit = 1'000'000'000'000'000'000;  // eighteen digits
    if ((n.exceptions & exception::invalid) != 0 || magnitude >= limit) return invalid;
    return Rounded<PackedDecimal>{to_decimal(magnitude, x.negative()), n.exceptions, n.rounded_up};
  });
}

}  // namespace faultline::x87
