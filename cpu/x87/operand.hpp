// Memory operands on their way to the extended format, which holds each of them exactly.
// [387 §2.3]
#pragma once

#include <bit>

#include "cpu/x87/control.hpp"
#include "cpu/x87/extended.hpp"

namespace faultline::x87 {

/// An operand, and exception::denormal when it was a denormal of a narrower format: widened it is
/// none. A signaling NaN stays one.
struct Operand {
  Extended value{};
  u16 exceptions = 0;
};

/// `magnitude` × 2^`exponent`, normalized.
constexpr Extended normalized(u64 magnitude, int exponent, bool negative) {
  if (magnitude == 0) return positive_zero.with_sign(negative);
  const int shift = std::countl_zero(magnitude);
  const auto biased = static_cast<u16>(exponent - shift + 63 + static_cast<int>(exponent_bias));
  return Extended{magnitude << shift, biased}.with_sign(negative);
}

/// A real of memory with `fraction_bits` and a hidden integer bit.
constexpr Operand widened(u64 bits, unsigned fraction_bits, unsigned exponent_bits) {
  const u64 fraction = bits & ((u64{1} << fraction_bits) - 1);
  const unsigned top = (1u << exponent_bits) - 1;
  const auto exponent = static_cast<unsigned>(bits >> fraction_bits) & top;
  const bool negative = (bits >> (fraction_bits + exponent_bits) & 1) != 0;
  const u64 significand = integer_bit | fraction << (63 - fraction_bits);
  const int bias = static_cast<int>(top >> 1);
  if (exponent == top) return {Extended{significand, exponent_top}.with_sign(negative)};
  if (exponent == 0)
    return {normalized(fraction, 1 - bias - static_cast<int>(fraction_bits), negative),
            fraction != 0 ? exception::denormal : u16{0}};
  const auto biased =
      static_cast<u16>(static_cast<int>(exponent) - bias + static_cast<int>(exponent_bias));
  return {Extended{significand, biased}.with_sign(negative)};
}
constexpr Operand from_single(u32 bits) { return widened(bits, 23, 8); }
constexpr Operand from_double(u64 bits) { return widened(bits, 52, 11); }

constexpr Operand from_integer(s64 value) {
  const bool negative = value < 0;
  const u64 magnitude = negative ? ~static_cast<u64>(value) + 1 : static_cast<u64>(value);
  return {normalized(magnitude, 0, negative)};
}

/// Packed decimal: 18 digits in nine bytes, the sign in the top bit of the tenth. [387 §2.3.1]
struct PackedDecimal {
  u64 low = 0;   // the sixteen low digits
  u16 high = 0;  // two digits, and the byte with the sign
};
inline constexpr PackedDecimal decimal_indefinite{0xC000000000000000, 0xFFFF};

constexpr Operand from_decimal(PackedDecimal d) {
  u64 value = (d.high >> 4 & 15u) * 10u + (d.high & 15u);
  for (int shift = 60; shift >= 0; shift -= 4) value = value * 10 + (d.low >> shift & 15);
  return {normalized(value, 0, (d.high & 0x8000) != 0)};
}
constexpr PackedDecimal to_decimal(u64 magnitude, bool negative) {
  PackedDecimal d{0, static_cast<u16>(negative ? 0x8000 : 0)};
  for (unsigned shift = 0; shift < 64; shift += 4, magnitude /= 10)
    d.low |= magnitude % 10 << shift;
  d.high |= static_cast<u16>(magnitude % 10 | magnitude / 10 << 4);
  return d;
}

/// An infinity or NaN of the extended format, cut to a narrower one.
constexpr u64 narrowed(Extended x, unsigned fraction_bits, unsigned exponent_bits) {
  const u64 fraction = (x.significand & ~integer_bit) >> (63 - fraction_bits);
  const u64 top = (u64{1} << exponent_bits) - 1;
  return u64{x.negative()} << (fraction_bits + exponent_bits) | top << fraction_bits | fraction;
}

}  // namespace faultline::x87
