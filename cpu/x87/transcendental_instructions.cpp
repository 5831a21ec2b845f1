// The transcendentals through MPFR, correctly rounded, so that every host has the same bits. The
// 387 promises an error below one unit in the last place. [387 §4]
#include "cpu/x87/instructions.hpp"
#include "cpu/x87/mpfr_number.hpp"
#include "cpu/x87/special_operands.hpp"

namespace faultline::x87 {
namespace {

/// Wide enough that nothing of a 64-bit operand, or of a quotient of 63 bits, is lost on the way.
constexpr mpfr_prec_t working_precision = 320;

/// MPFR's answer as a register value: no number is an invalid operation, an infinity is exact.
Result result_of(Number& value, int ternary, ControlWord control) {
  if (mpfr_nan_p(value) != 0) return invalid_result;
  if (mpfr_inf_p(value) != 0) return {positive_infinity.with_sign(value.negative()), 0, false};
  return to_extended(value, ternary, control.full_precision());
}

/// Computes at 64 bits, rounded as the control word says. `function` returns MPFR's ternary value.
template <class Function>
Result rounded(ControlWord control, Function function) {
  Number value(64);
  const int ternary = function(value, rounding_of(control));
  return result_of(value, ternary, control);
}

/// A finite operand or an infinity.
struct Real : Number {
  explicit Real(Extended x) : Number(infinite(x) ? positive_zero : x) {
    if (infinite(x)) mpfr_set_inf(*this, x.negative() ? -1 : 1);
  }
};

/// Pi as the parts know it when they reduce an argument: 66 bits of significand. [387 §4 FPTAN]
void set_internal_pi(mpfr_ptr pi) {
  mpfr_set_uj_2exp(pi, 0xC90FDAA22168C234, -62, MPFR_RNDN);
  Number tail(8);
  mpfr_set_ui_2exp(tail, 0xC, -66, MPFR_RNDN);
  mpfr_add(pi, pi, tail, MPFR_RNDN);
}

/// x less the nearest multiple of pi/2, which is exact, and that multiple's number modulo four.
struct Angle {
  explicit Angle(Extended x) : rest(working_precision) {
    const Number argument(x);
    Number half_pi(working_precision), quarter_pi(working_precision);
    set_internal_pi(half_pi);
    mpfr_div_2ui(half_pi, half_pi, 1, MPFR_RNDN);
    mpfr_div_2ui(quarter_pi, half_pi, 1, MPFR_RNDN);
    if (mpfr_cmpabs(argument, quarter_pi) <= 0) {
      mpfr_set(rest, argument, MPFR_RNDN);
      return;
    }
    long quotient = 0;
    mpfr_remquo(rest, &quotient, argument, half_pi, MPFR_RNDN);
    quadrant = static_cast<unsigned>(quotient & 3);
  }
  Number rest;
  unsigned quadrant = 0;
};

constexpr mpfr_rnd_t mirrored(mpfr_rnd_t rounding) {
  return rounding == MPFR_RNDU ? MPFR_RNDD : rounding == MPFR_RNDD ? MPFR_RNDU : rounding;
}
/// -f(x), rounded once.
template <class Function>
int negative_of(mpfr_ptr out, mpfr_srcptr x, mpfr_rnd_t rounding, Function f) {
  const int ternary = f(out, x, mirrored(rounding));
  mpfr_neg(out, out, MPFR_RNDN);
  return -ternary;
}

Result sine_of(const Angle& angle, unsigned quarter_turns, ControlWord control) {
  return rounded(control, [&](Number& out, mpfr_rnd_t rounding) {
    switch ((angle.quadrant + quarter_turns) & 3) {
      case 0:
        return mpfr_sin(out, angle.rest, rounding);
      case 1:
        return mpfr_cos(out, angle.rest, rounding);
      case 2:
        return negative_of(out, angle.rest, rounding, mpfr_sin);
      default:
        return negative_of(out, angle.rest, rounding, mpfr_cos);
    }
  });
}
Result tangent_of(const Angle& angle, ControlWord control) {
  return rounded(control, [&](Number& out, mpfr_rnd_t rounding) {
    return (angle.quadrant & 1) == 0 ? mpfr_tan(out, angle.rest, rounding)
                                     : negative_of(out, angle.rest, rounding, mpfr_cot);
  });
}

enum class Trigonometric : u8 { Sine, Cosine, SineAndCosine, Tangent };

/// FSINCOS and FPTAN push a second result, and need room for it.
void trigonometric(RegisterStack& stack, Trigonometric which) {
  const bool pushes = which >= Trigonometric::SineAndCosine;
  const auto answer = [&](Extended first, Extended second) {
    stack.set(0, first);
    if (pushes) stack.push(second);
  };
  stack.set_conditions(status::c1 | status::c2, 0);
  if (stack.empty(0) || (pushes && stack.full())) {
    if (stack.empty(0) ? stack.underflow() : stack.overflow()) answer(indefinite, indefinite);
    return;
  }
  const Extended x = stack.st(0);
  if (const auto special = infinite(x) ? invalid_result : not_a_number(x)) {
    if (stack.signal(special->exceptions)) answer(special->value, special->value);
    return;
  }
  if (!stack.signal(denormal_operands(x))) return;
  // From 2^63 on the argument is left as it is, and C2 says so. [387 §4 FSIN]
  if (x.exponent() >= exponent_bias + 63) return stack.set_conditions(status::c2, status::c2);
  const Angle angle(x);
  const ControlWord control = stack.control();
  Result first, second{positive_one, 0, false};
  switch (which) {
    case Trigonometric::Cosine:
      first = sine_of(angle, 1, control);
      break;
    case Trigonometric::Tangent:
      first = tangent_of(angle, control);
      break;
    case Trigonometric::SineAndCosine:
      second = sine_of(angle, 1, control);
      [[fallthrough]];
    default:
      first = sine_of(angle, 0, control);
      break;
  }
  stack.accept(first);
  stack.signal(second.exceptions);
  answer(first.value, second.value);
}

/// The instructions that leave f(ST(1), ST(0)) in ST(1) and pop.
template <class Function>
void of_two(RegisterStack& stack, Function function) {
  stack.set_c1(false);
  if (stack.empty(0) || stack.empty(1)) {
    if (!stack.underflow()) return;
    stack.set(1, indefinite);
    return stack.pop();
  }
  const Extended y = stack.st(1), x = stack.st(0);
  Result result;
  if (const auto special = not_a_number(y, x)) {
    result = *special;
  } else {
    result = function(y, x, stack.control());
    const u16 denormal = denormal_operands(y, x);
    const bool worse = (result.exceptions & (exception::invalid | exception::zero_divide)) != 0;
    if (!worse && !stack.signal(denormal)) return;
  }
  if (!stack.accept(result)) return;
  stack.set(1, result.value);
  stack.pop();
}

/// y × logarithm, which is exact where the logarithm is an integer.
template <class Logarithm>
Result times_logarithm(Extended y, Extended x, ControlWord control, Logarithm logarithm) {
  const Real factor(y), argument(x);
  Number product(working_precision);
  logarithm(product, argument);
  const bool pole = mpfr_inf_p(product) != 0 && !infinite(x) && !infinite(y) && !zero(y);
  mpfr_mul(product, product, factor, MPFR_RNDN);
  Result result = rounded(
      control, [&](Number& out, mpfr_rnd_t rounding) { return mpfr_set(out, product, rounding); });
  if (pole) result.exceptions |= exception::zero_divide;
  return result;
}

}  // namespace

void sine(RegisterStack& stack) { trigonometric(stack, Trigonometric::Sine); }
void cosine(RegisterStack& stack) { trigonometric(stack, Trigonometric::Cosine); }
void sine_and_cosine(RegisterStack& stack) { trigonometric(stack, Trigonometric::SineAndCosine); }
void partial_tangent(RegisterStack& stack) { trigonometric(stack, Trigonometric::Tangent); }

void partial_arctangent(RegisterStack& stack) {
  of_two(stack, [](Extended y, Extended x, ControlWord control) {
    const Real ordinate(y), abscissa(x);
    return rounded(control, [&](Number& out, mpfr_rnd_t rounding) {
      return mpfr_atan2(out, ordinate, abscissa, rounding);
    });
  });
}

void y_log2_x(RegisterStack& stack) {
  of_two(stack, [](Extended y, Extended x, ControlWord control) {
    return times_logarithm(y, x, control, [](mpfr_ptr out, mpfr_srcptr argument) {
      mpfr_log2(out, argument, MPFR_RNDN);
    });
  });
}

void y_log2_x_plus_one(RegisterStack& stack) {
  of_two(stack, [](Extended y, Extended x, ControlWord control) {
    return times_logarithm(y, x, control, [](mpfr_ptr out, mpfr_srcptr argument) {
      Number ln2(working_precision);
      mpfr_const_log2(ln2, MPFR_RNDN);
      mpfr_log1p(out, argument, MPFR_RNDN);
      mpfr_div(out, out, ln2, MPFR_RNDN);
    });
  });
}

void power_of_two_minus_one(RegisterStack& stack) {
  stack.set_c1(false);
  if (stack.empty(0)) {
    if (stack.underflow()) stack.set(0, indefinite);
    return;
  }
  const Extended x = stack.st(0);
  Result result{x, 0, false};
  if (const auto special = not_a_number(x)) {
    result = *special;
  } else if (!stack.signal(denormal_operands(x))) {
    return;
  } else if (x == positive_one.negated()) {
    result.value = {integer_bit, 0xBFFE};  // 1/2 - 1
  } else if (infinite(x)) {
    if (x.negative()) result.value = positive_one.negated();
  } else if (x.exponent() < exponent_bias) {  // outside [-1, 1] the manual promises nothing
    Number power(working_precision);
    const Number argument(x);
    mpfr_const_log2(power, MPFR_RNDN);
    mpfr_mul(power, power, argument, MPFR_RNDN);
    mpfr_expm1(power, power, MPFR_RNDN);
    result = rounded(stack.control(), [&](Number& out, mpfr_rnd_t rounding) {
      return mpfr_set(out, power, rounding);
    });
  }
  if (stack.accept(result)) stack.set(0, result.value);
}

}  // namespace faultline::x87
