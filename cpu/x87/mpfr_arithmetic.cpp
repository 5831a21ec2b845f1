#include "cpu/x87/mpfr_arithmetic.hpp"

#include "cpu/x87/mpfr_number.hpp"

namespace faultline::x87 {
namespace {

using Binary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

Rounded<Extended> binary(Binary operation, Extended a, Extended b, ControlWord control) {
  const Number left(a), right(b);
  Number result(precision_of(control));
  const int ternary = operation(result, left, right, rounding_of(control));
  return to_extended(result, ternary, control);
}

}  // namespace

Rounded<Extended> MpfrArithmetic::add(Extended a, Extended b, ControlWord control) {
  return binary(mpfr_add, a, b, control);
}
Rounded<Extended> MpfrArithmetic::subtract(Extended a, Extended b, ControlWord control) {
  return binary(mpfr_sub, a, b, control);
}
Rounded<Extended> MpfrArithmetic::multiply(Extended a, Extended b, ControlWord control) {
  return binary(mpfr_mul, a, b, control);
}
Rounded<Extended> MpfrArithmetic::divide(Extended a, Extended b, ControlWord control) {
  return binary(mpfr_div, a, b, control);
}

Rounded<Extended> MpfrArithmetic::square_root(Extended a, ControlWord control) {
  const Number operand(a);
  Number result(precision_of(control));
  const int ternary = mpfr_sqrt(result, operand, rounding_of(control));
  return to_extended(result, ternary, control);
}

Rounded<Extended> MpfrArithmetic::round_to_integer(Extended a, ControlWord control) {
  const Number operand(a);
  Number result(64);
  mpfr_rint(result, operand, rounding_of(control));
  return to_extended(result, mpfr_cmp(result, operand), control.full_precision());
}

Rounded<s64> MpfrArithmetic::to_integer(Extended a, unsigned bits, ControlWord control) {
  const s64 indefinite_integer = static_cast<s64>(~u64{0} << (bits - 1));
  const Number operand(a);
  Number rounded(64);
  mpfr_rint(rounded, operand, rounding_of(control));
  if (mpfr_cmp_si_2exp(rounded, 1, bits - 1) >= 0 || mpfr_cmp_si_2exp(rounded, -1, bits - 1) < 0)
    return {indefinite_integer, exception::invalid, false};
  const int ternary = mpfr_cmp(rounded, operand);
  const bool away = rounded.negative() ? ternary < 0 : ternary > 0;
  return {static_cast<s64>(mpfr_get_sj(rounded, MPFR_RNDN)),
          static_cast<u16>(ternary != 0 ? exception::precision : 0), away};
}

}  // namespace faultline::x87
