// Mathematics by the x87: angles.
#include "guest/msvcrt/x87.hpp"

using c::Extended;
using c::Real;

namespace {

/// x less the multiple of a right angle that is nearest, and which of the four it was. The right
/// angle and the multiple come in parts of 32 and 31 bits, so that their products are exact.
Real reduce(Real x, unsigned& quadrant) {
  constexpr Real half = 0x1p31L;
  constexpr Real parts[] = {0x1.921FB544p0L, 0x42D18469p-64L, 0x898CC517p-96L, 0x01B839A2p-128L};
  quadrant = 0;
  if (c::magnitude(x) < c::pi / 4) return x;
  const Real turns = c::integral(x * 2 / c::pi), high = c::integral(turns / half) * half,
             low = turns - high;
  quadrant = static_cast<unsigned>(static_cast<int>(low)) & 3;
  for (const Real part : parts) {
    x -= high * part;
    x -= low * part;
  }
  return x;
}

/// Of an angle below 2^63, where the processor's own functions end.
Real sine_of(double x, unsigned ahead) {
  unsigned quadrant;
  const Real rest = reduce(x, quadrant);
  quadrant = (quadrant + ahead) & 3;
  const Real value = (quadrant & 1) != 0 ? c::cosine(rest) : c::sine(rest);
  return (quadrant & 2) != 0 ? -value : value;
}

bool has_angle(double x) { return c::magnitude(x) < 0x1p63L; }

}  // namespace

extern "C" {

double sin(double x) {
  if (c::is_nan(x) || x == 0) return x;
  if (!has_angle(x)) return c::out_of_domain();
  const Extended extended;
  return static_cast<double>(sine_of(x, 0));
}

double cos(double x) {
  if (c::is_nan(x)) return x;
  if (!has_angle(x)) return c::out_of_domain();
  const Extended extended;
  return static_cast<double>(sine_of(x, 1));
}

double tan(double x) {
  if (c::is_nan(x) || x == 0) return x;
  if (!has_angle(x)) return c::out_of_domain();
  const Extended extended;
  return static_cast<double>(sine_of(x, 0) / sine_of(x, 1));
}

double atan(double x) {
  if (c::is_nan(x)) return c::no_number(x);
  const Extended extended;
  return static_cast<double>(c::angle(x, 1));
}

double atan2(double y, double x) {
  if (c::is_nan(x)) return x;
  if (c::is_nan(y)) return y;
  const Extended extended;
  return static_cast<double>(c::angle(y, x));
}

double asin(double x) {
  if (c::is_nan(x)) return c::no_number(x);
  if (c::magnitude(x) > 1) return c::out_of_domain();
  const Extended extended;
  const Real exact = x;
  return static_cast<double>(c::angle(exact, c::root((1 - exact) * (1 + exact))));
}

double acos(double x) {
  if (c::is_nan(x)) return x;
  if (c::magnitude(x) > 1) return c::out_of_domain();
  const Extended extended;
  const Real exact = x;
  return static_cast<double>(c::angle(c::root((1 - exact) * (1 + exact)), exact));
}

double _hypot(double x, double y) {
  if (c::is_infinite(x) || c::is_infinite(y)) return c::from_bits(c::infinity_bits);
  if (c::is_nan(x)) return x;
  if (c::is_nan(y)) return y;
  const Extended extended;
  const Real a = x, b = y;  // whose squares extended reals have room for
  return c::in_range(c::root(a * a + b * b));
}

struct Complex {
  double x, y;
};
double _cabs(Complex z) { return _hypot(z.x, z.y); }

}  // extern "C"
