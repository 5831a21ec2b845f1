// Mathematics by the x87: powers and logarithms, roots, hyperbolic functions, whole numbers.
#include "guest/msvcrt/x87.hpp"

using c::Extended;
using c::Real;

namespace {

double whole(double x, Extended::Rounding rounding) {
  if (c::is_nan(x)) return x;
  const Extended extended(rounding);
  return static_cast<double>(c::integral(x));
}

/// What is too small is 0 and no error.
double exponential(Real power_of_two) {
  if (power_of_two > 20000) power_of_two = 20000;
  if (power_of_two < -20000) power_of_two = -20000;
  const auto result = static_cast<double>(c::exp2(power_of_two));
  if (c::is_infinite(result)) *_errno() = ERANGE;
  return result;
}

double logarithm(double x, Real unit) {
  if (c::is_nan(x)) return x;
  if (x == 0) {
    *_errno() = ERANGE;
    return c::from_bits(c::sign_bit | c::infinity_bits);
  }
  if (c::is_negative(x)) return c::out_of_domain();
  if (c::is_infinite(x)) return x;
  const Extended extended;
  return static_cast<double>(c::y_log2(unit, x));
}

bool is_whole(double x) {
  const Extended extended;
  return c::integral(x) == x;
}
bool is_odd(double x) { return is_whole(x) && !is_whole(x / 2); }

double infinite_power(double x, double y) {
  const bool grows = (c::magnitude(x) > 1) == (y > 0);
  if (c::is_infinite(y)) {
    if (x == 1 || x == -1) return 1;
    return grows ? c::from_bits(c::infinity_bits) : 0;
  }
  const ULONGLONG sign = c::is_negative(x) && is_odd(y) ? c::sign_bit : 0;
  return c::from_bits(sign | (y > 0 ? c::infinity_bits : 0));
}

}  // namespace

extern "C" {

double fabs(double x) { return c::from_bits(c::bits_of(x) & ~c::sign_bit); }
double ceil(double x) { return whole(x, Extended::Up); }
double floor(double x) { return whole(x, Extended::Down); }

double sqrt(double x) {
  if (c::is_nan(x)) return c::no_number(x);
  if (c::is_negative(x) && x != 0) return c::out_of_domain();
  double result;
  __asm__("fsqrt" : "=t"(result) : "0"(x));
  return result;
}

double exp(double x) {
  if (c::is_nan(x)) return c::no_number(x);
  if (c::is_infinite(x)) return x > 0 ? x : 0;
  const Extended extended;
  return exponential(x * c::log2_e);
}

double log(double x) { return logarithm(x, c::ln_2); }
double log10(double x) { return logarithm(x, c::log10_2); }

double pow(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (c::is_nan(x)) return x;
  if (c::is_nan(y)) return y;
  if (c::is_infinite(x) || c::is_infinite(y)) return infinite_power(x, y);
  const bool negative = c::is_negative(x) && is_odd(y);
  if (x == 0) {
    if (y < 0) *_errno() = ERANGE;
    return c::from_bits((negative ? c::sign_bit : 0) | (y < 0 ? c::infinity_bits : 0));
  }
  if (x < 0 && !is_whole(y)) return c::out_of_domain();
  const Extended extended;
  const double result = exponential(c::y_log2(y, c::magnitude(x)));
  return negative ? -result : result;
}

double sinh(double x) {
  if (c::is_nan(x) || c::is_infinite(x) || x == 0) return x;
  const Extended extended;
  const Real grown = c::exp_minus_1(c::magnitude(x) > 800 ? 800 : c::magnitude(x));
  const Real result = (grown + grown / (grown + 1)) / 2;
  return c::in_range(x < 0 ? -result : result);
}

double cosh(double x) {
  if (c::is_nan(x)) return x;
  if (c::is_infinite(x)) return fabs(x);
  const Extended extended;
  const Real power = c::exp2((c::magnitude(x) > 800 ? 800 : c::magnitude(x)) * c::log2_e);
  return c::in_range((power + 1 / power) / 2);
}

double tanh(double x) {
  if (c::is_nan(x)) return c::no_number(x);
  if (x == 0) return x;
  const Extended extended;
  const Real grown = c::exp_minus_1(2 * (c::magnitude(x) > 50 ? 50 : c::magnitude(x)));
  const auto result = static_cast<double>(grown / (grown + 2));
  return x < 0 ? -result : result;
}

double fmod(double x, double y) {
  if (c::is_nan(x)) return x;
  if (c::is_infinite(x)) return c::out_of_domain();
  if (c::is_nan(y)) return y;
  if (y == 0) return c::from_bits(c::indefinite_bits);
  if (c::is_infinite(y)) return x;
  Real rest = x;
  USHORT status;
  constexpr USHORT incomplete = 0x400;
  do __asm__("fprem\n\tfnstsw %1" : "+t"(rest), "=a"(status) : "u"(static_cast<Real>(y)));
  while ((status & incomplete) != 0);
  return static_cast<double>(rest);
}

double modf(double x, double* whole_part) {
  *whole_part = c::is_nan(x) ? x : whole(x, Extended::Chop);
  if (c::is_nan(x)) return x;
  const double rest = c::is_infinite(x) ? 0 : x - *whole_part;
  return c::from_bits((c::bits_of(rest) & ~c::sign_bit) | (c::bits_of(x) & c::sign_bit));
}

double ldexp(double x, int exponent) {
  if (x == 0 || c::is_nan(x) || c::is_infinite(x)) return x;
  const Extended extended;
  constexpr int most = 5000;
  const int by = exponent > most ? most : exponent < -most ? -most : exponent;
  const auto result = static_cast<double>(c::scale(x, by));
  if (c::is_infinite(result) || result == 0) *_errno() = ERANGE;
  return result;
}

/// A fraction of at least a half, below one.
double frexp(double x, int* exponent) {
  *exponent = 0;
  if (x == 0) return x;
  if (c::is_nan(x) || c::is_infinite(x)) {
    *exponent = -1;
    return x;
  }
  constexpr int shift = 54, bias = 1022;
  ULONGLONG bits = c::bits_of(x);
  if ((bits & c::infinity_bits) == 0) {
    bits = c::bits_of(x * static_cast<double>(1ull << shift));
    *exponent = -shift;
  }
  *exponent += static_cast<int>(bits >> 52 & 0x7FF) - bias;
  return c::from_bits((bits & ~c::infinity_bits) | static_cast<ULONGLONG>(bias) << 52);
}

}  // extern "C"
