// Add, subtract, multiply, divide and their relatives. [387 §4]
#include "cpu/x87/arithmetic_selected.hpp"
#include "cpu/x87/instructions.hpp"
#include "cpu/x87/mpfr_number.hpp"
#include "cpu/x87/special_operands.hpp"

namespace faultline::x87 {
namespace {

using A = SelectedArithmetic;

Result exactly(Extended value, u16 exceptions = 0) { return {value, exceptions, false}; }

Result add(Extended a, Extended b, ControlWord control) {
  if (infinite(a) && infinite(b)) return a == b ? exactly(a) : invalid_result;
  if (infinite(a)) return exactly(a);
  if (infinite(b)) return exactly(b);
  return A::add(a, b, control);
}
Result subtract(Extended a, Extended b, ControlWord control) {
  if (infinite(a) && infinite(b)) return a != b ? exactly(a) : invalid_result;
  if (infinite(a)) return exactly(a);
  if (infinite(b)) return exactly(b.negated());
  return A::subtract(a, b, control);
}
Result multiply(Extended a, Extended b, ControlWord control) {
  const bool minus = a.negative() != b.negative();
  if (infinite(a) || infinite(b))
    return zero(a) || zero(b) ? invalid_result : exactly(positive_infinity.with_sign(minus));
  return A::multiply(a, b, control);
}
Result divide(Extended a, Extended b, ControlWord control) {
  const bool minus = a.negative() != b.negative();
  if (infinite(a))
    return infinite(b) ? invalid_result : exactly(positive_infinity.with_sign(minus));
  if (infinite(b)) return exactly(positive_zero.with_sign(minus));
  if (zero(b))
    return zero(a) ? invalid_result
                   : exactly(positive_infinity.with_sign(minus), exception::zero_divide);
  return A::divide(a, b, control);
}

Result compute(Operation operation, Extended a, Extended b, ControlWord control) {
  switch (operation) {
    case Operation::Add:
      return add(a, b, control);
    case Operation::Multiply:
      return multiply(a, b, control);
    case Operation::Subtract:
      return subtract(a, b, control);
    case Operation::SubtractReversed:
      return subtract(b, a, control);
    case Operation::Divide:
      return divide(a, b, control);
    default:
      return divide(b, a, control);
  }
}

/// A denormal operand counts only when nothing worse was found; unmasked, it comes alone.
Result with_denormal(Result result, u16 denormal, ControlWord control) {
  if ((result.exceptions & (exception::invalid | exception::zero_divide)) != 0) return result;
  if (!control.masked(denormal)) return {result.value, denormal, false};
  result.exceptions |= denormal;
  return result;
}

Result binary(Operation operation, Extended a, Extended b, u16 found, ControlWord control) {
  if (const auto special = not_a_number(a, b)) return *special;
  return with_denormal(compute(operation, a, b, control),
                       static_cast<u16>(found | denormal_operands(a, b)), control);
}

/// The life of an instruction of one operand.
template <class Compute>
void unary(RegisterStack& stack, Compute compute_one) {
  if (stack.empty(0)) {
    if (stack.underflow()) stack.set(0, indefinite);
    return;
  }
  const Extended x = stack.st(0);
  const auto special = not_a_number(x);
  const Result result = special ? *special
                                : with_denormal(compute_one(x, stack.control()),
                                                denormal_operands(x), stack.control());
  if (stack.accept(result)) stack.set(0, result.value);
}

/// 2^trunc(y), as far as it matters: beyond these every exponent over- or underflows.
long scale_exponent(Extended y) {
  const Rounded<s64> n = A::to_integer(y, 32, {0x0F7F});
  constexpr s64 far = 0x10000;
  if ((n.exceptions & exception::invalid) != 0 || n.value > far || n.value < -far)
    return y.negative() ? -far : far;
  return static_cast<long>(n.value);
}

Result scaled(Extended x, Extended y, ControlWord control) {
  if (infinite(y)) {
    if (y.negative())
      return infinite(x) ? invalid_result : exactly(positive_zero.with_sign(x.negative()));
    return zero(x) ? invalid_result : exactly(positive_infinity.with_sign(x.negative()));
  }
  if (infinite(x) || zero(x)) return exactly(x);
  Number value(x);
  mpfr_mul_2si(value, value, scale_exponent(y), MPFR_RNDN);
  return to_extended(value, 0, control.full_precision());
}

}  // namespace

void arithmetic(RegisterStack& stack, Operation operation, Operand operand) {
  if (stack.empty(0)) {
    if (stack.underflow()) stack.set(0, indefinite);
    return;
  }
  const Result result =
      binary(operation, stack.st(0), operand.value, operand.exceptions, stack.control());
  if (stack.accept(result)) stack.set(0, result.value);
}

void arithmetic(RegisterStack& stack, Operation operation, unsigned destination, unsigned source,
                bool pop) {
  if (stack.empty(destination) || stack.empty(source)) {
    if (!stack.underflow()) return;
    stack.set(destination, indefinite);
  } else {
    const Result result =
        binary(operation, stack.st(destination), stack.st(source), 0, stack.control());
    if (!stack.accept(result)) return;
    stack.set(destination, result.value);
  }
  if (pop) stack.pop();
}

void square_root(RegisterStack& stack) {
  unary(stack, [](Extended x, ControlWord control) {
    if (zero(x)) return exactly(x);
    if (x.negative()) return invalid_result;
    return infinite(x) ? exactly(x) : A::square_root(x, control);
  });
}

void round_to_integer(RegisterStack& stack) {
  unary(stack, [](Extended x, ControlWord control) {
    return infinite(x) ? exactly(x) : A::round_to_integer(x, control);
  });
}

namespace {
/// FABS and FCHS look at the sign alone, whatever the bits stand for.
template <class Change>
void change_bits(RegisterStack& stack, Change change) {
  if (stack.empty(0)) {
    if (stack.underflow()) stack.set(0, indefinite);
    return;
  }
  stack.set_c1(false);
  stack.set(0, change(stack.st(0)));
}
}  // namespace

void absolute(RegisterStack& stack) {
  change_bits(stack, [](Extended x) { return x.magnitude(); });
}
void change_sign(RegisterStack& stack) {
  change_bits(stack, [](Extended x) { return x.negated(); });
}

void scale(RegisterStack& stack) {
  if (stack.empty(0) || stack.empty(1)) {
    if (stack.underflow()) stack.set(0, indefinite);
    return;
  }
  const Extended x = stack.st(0), y = stack.st(1);
  const auto special = not_a_number(x, y);
  const Result result = special ? *special
                                : with_denormal(scaled(x, y, stack.control()),
                                                denormal_operands(x, y), stack.control());
  if (stack.accept(result)) stack.set(0, result.value);
}

void extract(RegisterStack& stack) {
  if (stack.empty(0) || stack.full()) {
    if (stack.empty(0) ? stack.underflow() : stack.overflow()) {
      stack.set(0, indefinite);
      stack.push(indefinite);
    }
    return;
  }
  const Extended x = stack.st(0);
  Extended exponent = x, significand = x;
  u16 exceptions = denormal_operands(x);
  if (const auto special = not_a_number(x)) {
    exponent = significand = special->value;
    exceptions = special->exceptions;
  } else if (infinite(x)) {
    exponent = positive_infinity;
  } else if (zero(x)) {
    exponent = positive_infinity.negated();
    exceptions = exception::zero_divide;
  } else {
    const int shift = std::countl_zero(x.significand);
    const int biased = x.exponent() == 0 ? 1 : static_cast<int>(x.exponent());
    significand = Extended{x.significand << shift, exponent_bias}.with_sign(x.negative());
    exponent = from_integer(biased - shift - static_cast<int>(exponent_bias)).value;
  }
  stack.set_c1(false);
  if (!stack.signal(exceptions)) return;
  stack.set(0, exponent);
  stack.push(significand);
}

}  // namespace faultline::x87
