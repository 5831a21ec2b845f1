#include "cpu/x87/mpfr_number.hpp"

#include "cpu/x87/mpfr_arithmetic.hpp"

namespace faultline::x87 {
namespace {

/// A binary format: significant bits, and MPFR's exponents of its smallest and largest normals.
struct Format {
  int precision;
  mpfr_exp_t smallest, largest;
  int adjustment;  // of the exponent when overflow or underflow is unmasked
};
constexpr Format single_format{24, -125, 128, 0};
constexpr Format double_format{53, -1021, 1024, 0};
constexpr Format extended_format(ControlWord control) {
  return {precision_of(control), -16381, 16384, exponent_adjustment};
}

/// What became of a value that was fitted into a format.
struct Fit {
  u16 exceptions = 0;
  bool rounded_up = false;
  bool infinite = false;  // the value is infinity, whatever the variable holds
};

bool away_from_zero(const Number& value, int ternary) {
  return value.negative() ? ternary < 0 : ternary > 0;
}

Fit exact_or_not(const Number& value, int ternary) {
  return {static_cast<u16>(ternary != 0 ? exception::precision : 0), away_from_zero(value, ternary),
          false};
}

/// Infinity or the largest number, as the rounding control says. [387 §3.2.5 table 3-4]
Fit overflow(Number& value, const Format& format, ControlWord control) {
  const Rounding r = control.rounding();
  const bool to_infinity =
      r == Rounding::Nearest || r == (value.negative() ? Rounding::Down : Rounding::Up);
  const bool minus = value.negative();
  mpfr_set_ui_2exp(value, 1, format.largest, MPFR_RNDN);
  mpfr_nextbelow(value);
  if (minus) mpfr_neg(value, value, MPFR_RNDN);
  return {exception::overflow | exception::precision, to_infinity, to_infinity};
}

/// Into the denormals, rounding once from the exact result. [387 §3.1.1]
Fit denormalize(Number& value, int ternary, const Format& format, ControlWord control) {
  const mpfr_rnd_t rounding = rounding_of(control);
  const mpfr_exp_t range = mpfr_get_emin();
  mpfr_set_emin(format.smallest - format.precision + 1);
  ternary = mpfr_check_range(value, ternary, rounding);
  ternary = mpfr_subnormalize(value, ternary, rounding);
  mpfr_set_emin(range);
  Fit fit = exact_or_not(value, ternary);
  if (ternary != 0) fit.exceptions |= exception::underflow;
  return fit;
}

Fit fit(Number& value, int ternary, const Format& format, ControlWord control) {
  if (value.zero()) return exact_or_not(value, ternary);
  if (value.exponent() > format.largest) {
    if (control.masked(exception::overflow)) return overflow(value, format, control);
    mpfr_mul_2si(value, value, -format.adjustment, MPFR_RNDN);
    Fit scaled = exact_or_not(value, ternary);
    scaled.exceptions |= exception::overflow;
    if (value.exponent() > format.largest)  // FSCALE can go beyond the adjustment
      return {exception::overflow | exception::precision, true, true};
    return scaled;
  }
  if (value.exponent() < format.smallest) {
    if (control.masked(exception::underflow)) return denormalize(value, ternary, format, control);
    mpfr_mul_2si(value, value, format.adjustment, MPFR_RNDN);
    Fit scaled = exact_or_not(value, ternary);
    scaled.exceptions |= exception::underflow;
    if (value.exponent() < format.smallest) {
      mpfr_set_zero(value, value.negative() ? -1 : 1);
      scaled.exceptions |= exception::precision;
    }
    return scaled;
  }
  return exact_or_not(value, ternary);
}

/// The fields of a format with `fraction_bits` and a hidden integer bit.
u64 encode(const Number& value, const Fit& fit, const Format& format) {
  const int fraction_bits = format.precision - 1;
  const u64 top = static_cast<u64>(format.largest) * 2 - 1;
  if (fit.infinite) return top << fraction_bits;
  if (value.zero()) return 0;
  const u64 significand = value.leading_bits() >> (64 - format.precision);
  if (value.exponent() < format.smallest)
    return significand >> (format.smallest - value.exponent());
  const auto biased = static_cast<u64>(value.exponent() - format.smallest + 1);
  return biased << fraction_bits | (significand & ((u64{1} << fraction_bits) - 1));
}

template <class T>
Rounded<T> to_memory_format(Extended a, const Format& format, ControlWord control) {
  const Number exact(a);
  Number value(format.precision);
  const int ternary = mpfr_set(value, exact, rounding_of(control));
  const Fit f = fit(value, ternary, format, control);
  // A store that an unmasked exception stops has not rounded anything.
  if (const u16 range = f.exceptions & (exception::overflow | exception::underflow);
      !control.masked(range))
    return {0, range, false};
  const T sign = a.negative() ? T{1} << (8 * sizeof(T) - 1) : 0;
  return {static_cast<T>(encode(value, f, format) | sign), f.exceptions, f.rounded_up};
}

}  // namespace

u64 Number::leading_bits() const {
  Number integer(mpfr_get_prec(value_));
  mpfr_abs(integer, value_, MPFR_RNDN);
  mpfr_set_exp(integer, 64);
  return mpfr_get_uj(integer, MPFR_RNDZ);
}

Rounded<Extended> to_extended(Number& value, int ternary, ControlWord control) {
  const bool minus = value.negative();
  const Format format = extended_format(control);
  const Fit f = fit(value, ternary, format, control);
  Rounded<Extended> result{positive_zero, f.exceptions, f.rounded_up};
  if (f.infinite) {
    result.value = positive_infinity;
  } else if (!value.zero()) {
    const mpfr_exp_t below = format.smallest - value.exponent();
    result.value = below > 0 ? Extended{value.leading_bits() >> below, 0}
                             : Extended{value.leading_bits(), static_cast<u16>(1 - below)};
  }
  result.value = result.value.with_sign(minus);
  return result;
}

Rounded<u32> MpfrArithmetic::to_single(Extended a, ControlWord control) {
  return to_memory_format<u32>(a, single_format, control);
}
Rounded<u64> MpfrArithmetic::to_double(Extended a, ControlWord control) {
  return to_memory_format<u64>(a, double_format, control);
}

}  // namespace faultline::x87
