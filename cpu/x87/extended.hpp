// The 80-bit extended format, the only one the registers hold, and its classes. [387 §3.1]
#pragma once

#include "mmu/clock.hpp"

namespace faultline::x87 {

/// Sign, 15-bit exponent biased by 16383, and a significand whose integer bit is explicit.
struct Extended {
  u64 significand = 0;
  u16 sign_exponent = 0;

  constexpr bool negative() const { return (sign_exponent & 0x8000) != 0; }
  constexpr unsigned exponent() const { return sign_exponent & 0x7FFFu; }
  constexpr Extended with_sign(bool minus) const {
    return {significand, static_cast<u16>(exponent() | (minus ? 0x8000u : 0u))};
  }
  constexpr Extended magnitude() const { return with_sign(false); }
  constexpr Extended negated() const { return with_sign(!negative()); }

  friend constexpr bool operator==(const Extended&, const Extended&) = default;
};

inline constexpr unsigned exponent_bias = 16383, exponent_top = 0x7FFF;
inline constexpr u64 integer_bit = u64{1} << 63, quiet_bit = u64{1} << 62;

inline constexpr Extended positive_zero{0, 0};
inline constexpr Extended positive_one{integer_bit, 0x3FFF};
inline constexpr Extended positive_infinity{integer_bit, 0x7FFF};
/// What a masked invalid operation answers. [387 §3.1.5]
inline constexpr Extended indefinite{integer_bit | quiet_bit, 0xFFFF};

/// Unsupported are the unnormals, pseudo-infinities and pseudo-NaNs of the 8087, which the 387
/// rejects. A pseudo-denormal counts as denormal. [387 §3.1.6]
enum class Class : u8 { Zero, Denormal, Normal, Infinity, QuietNan, SignalingNan, Unsupported };

constexpr Class class_of(Extended x) {
  const bool integer = (x.significand & integer_bit) != 0;
  if (x.exponent() == 0) return x.significand == 0 ? Class::Zero : Class::Denormal;
  if (!integer) return Class::Unsupported;
  if (x.exponent() != exponent_top) return Class::Normal;
  if (x.significand == integer_bit) return Class::Infinity;
  return (x.significand & quiet_bit) != 0 ? Class::QuietNan : Class::SignalingNan;
}
constexpr bool is_nan(Class c) { return c == Class::QuietNan || c == Class::SignalingNan; }
/// A number that is no infinity.
constexpr bool is_finite(Class c) { return c <= Class::Normal; }

constexpr Extended quieted(Extended nan) {
  return {nan.significand | quiet_bit, nan.sign_exponent};
}

}  // namespace faultline::x87
