// FPREM and FPREM1: the exact remainder, reduced by at most 63 bits of quotient at a time.
// [387 §4 FPREM]
#include "cpu/x87/instructions.hpp"
#include "cpu/x87/mpfr_number.hpp"
#include "cpu/x87/special_operands.hpp"

namespace faultline::x87 {
namespace {

struct Reduced {
  Result result{};
  u16 conditions = 0;
  u16 defined = status::c1 | status::c2;  // the others stay when there is no quotient
};

/// The three low bits of the quotient, where FPREM leaves them: C0, C3, C1 from the top.
u16 quotient_conditions(u64 quotient) {
  return static_cast<u16>(((quotient & 4) != 0 ? status::c0 : 0) |
                          ((quotient & 2) != 0 ? status::c3 : 0) |
                          ((quotient & 1) != 0 ? status::c1 : 0));
}

Reduced remainder(Extended x, Extended y, Remainder kind, ControlWord control) {
  const u16 denormal = denormal_operands(x, y);
  if (infinite(x) || zero(y)) return {invalid_result, 0};
  if (!control.masked(denormal)) return {{x, denormal, false}, 0};
  if (zero(x)) return {{x, denormal, false}, 0, status::conditions};
  Number dividend(x);
  if (infinite(y)) {
    Result whole = to_extended(dividend, 0, control.full_precision());
    whole.exceptions |= denormal;
    return {whole, 0, status::conditions};
  }
  Number divisor(y), rest(64);
  const mpfr_exp_t difference = dividend.exponent() - divisor.exponent();
  u16 conditions = status::c2;
  if (difference < 64) {
    long quotient = 0;
    if (kind == Remainder::Chop)
      mpfr_fmodquo(rest, &quotient, dividend, divisor, MPFR_RNDN);
    else
      mpfr_remquo(rest, &quotient, dividend, divisor, MPFR_RNDN);
    conditions = quotient_conditions(static_cast<u64>(quotient < 0 ? -quotient : quotient));
  } else {
    // Take away as many bits as one pass of the parts does: between 32 and 63. [387 §4 FPREM]
    const mpfr_exp_t bits = (difference & 31) | 32;
    mpfr_mul_2si(divisor, divisor, difference - bits, MPFR_RNDN);
    mpfr_fmod(rest, dividend, divisor, MPFR_RNDN);
  }
  if (rest.zero())
    return {
        {positive_zero.with_sign(x.negative()), denormal, false}, conditions, status::conditions};
  Result result = to_extended(rest, 0, control.full_precision());
  result.exceptions |= denormal;
  return {result, conditions, status::conditions};
}

}  // namespace

void partial_remainder(RegisterStack& stack, Remainder kind) {
  stack.set_conditions(status::c2, 0);
  if (stack.empty(0) || stack.empty(1)) {
    if (stack.underflow()) stack.set(0, indefinite);
    return;
  }
  const Extended x = stack.st(0), y = stack.st(1);
  const auto special = not_a_number(x, y);
  const Reduced reduced = special ? Reduced{*special, 0} : remainder(x, y, kind, stack.control());
  stack.set_conditions(reduced.defined, reduced.conditions);
  if (stack.signal(reduced.result.exceptions)) stack.set(0, reduced.result.value);
}

}  // namespace faultline::x87
