// The x87's own functions on extended reals, and the precision they are computed in.
#pragma once

#include "guest/msvcrt/msvcrt.hpp"

namespace c {

using Real = long double;

/// 64 bits of precision for its scope, whatever the program has chosen; rounding as given.
class Extended {
 public:
  enum Rounding : USHORT { Nearest = 0x000, Down = 0x400, Up = 0x800, Chop = 0xC00 };
  explicit Extended(Rounding rounding = Nearest) {
    __asm__ volatile("fnstcw %0" : "=m"(old_));
    const auto own = static_cast<USHORT>((old_ & ~0xF00) | 0x300 | 0x3F | rounding);
    __asm__ volatile("fldcw %0" : : "m"(own));
  }
  ~Extended() { __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(old_)); }
  Extended(const Extended&) = delete;
  Extended& operator=(const Extended&) = delete;

 private:
  USHORT old_;
};

inline Real integral(Real x) {  // in the current rounding
  __asm__ volatile("frndint" : "+t"(x));
  return x;
}
/// y * log2(x)
inline Real y_log2(Real y, Real x) {
  Real result;
  __asm__("fyl2x" : "=t"(result) : "0"(x), "u"(y) : "st(1)");
  return result;
}
/// 2^x - 1 for -1 <= x <= 1.
inline Real exp2_minus_1(Real x) {
  __asm__("f2xm1" : "+t"(x));
  return x;
}
inline Real scale(Real x, Real by) {
  Real result;
  __asm__("fscale" : "=t"(result) : "0"(x), "u"(by));
  return result;
}
inline Real root(Real x) {
  __asm__("fsqrt" : "+t"(x));
  return x;
}
/// The angle of the point (x, y).
inline Real angle(Real y, Real x) {
  Real result;
  __asm__("fpatan" : "=t"(result) : "0"(x), "u"(y) : "st(1)");
  return result;
}
/// Of |x| below 2^63.
inline Real sine(Real x) {
  __asm__("fsin" : "+t"(x));
  return x;
}
inline Real cosine(Real x) {
  __asm__("fcos" : "+t"(x));
  return x;
}
inline Real magnitude(Real x) { return x < 0 ? -x : x; }

inline constexpr Real log2_e = 1.442695040888963407359924681L,
                      ln_2 = 0.693147180559945309417232121L,
                      log10_2 = 0.301029995663981195213738894L, pi = 3.141592653589793238462643383L;

/// 2^x for finite x.
inline Real exp2(Real x) {
  const Real whole = integral(x);
  return scale(exp2_minus_1(x - whole) + 1, whole);
}
/// e^x - 1, as exact near 0 as elsewhere.
inline Real exp_minus_1(Real x) {
  const Real power = x * log2_e;
  return magnitude(power) < 1 ? exp2_minus_1(power) : exp2(power) - 1;
}

// The bits of a double.
inline ULONGLONG bits_of(double value) {
  ULONGLONG bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}
inline double from_bits(ULONGLONG bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
inline constexpr ULONGLONG sign_bit = 1ull << 63, infinity_bits = 0x7FFull << 52,
                           indefinite_bits = 0xFFFull << 52 | 1ull << 51;
inline bool is_nan(double x) { return (bits_of(x) & ~sign_bit) > infinity_bits; }
inline bool is_infinite(double x) { return (bits_of(x) & ~sign_bit) == infinity_bits; }
inline bool is_negative(double x) { return (bits_of(x) & sign_bit) != 0; }

/// What a function gives where it is not defined.
inline double out_of_domain() {
  *_errno() = EDOM;
  return from_bits(indefinite_bits);
}
/// What some functions give for what is no number.
inline double no_number(double x) {
  *_errno() = EDOM;
  return x;
}
/// A result as a double; one too large is an infinity.
inline double in_range(Real value) {
  const auto result = static_cast<double>(value);
  if (is_infinite(result)) *_errno() = ERANGE;
  return result;
}

}  // namespace c
