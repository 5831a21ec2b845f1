// The arithmetic that must be exact to the bit, as an interface with two implementations: the
// host's own x87, and MPFR. Operands are finite; NaNs and infinities never come this far. What the
// control word says of rounding, precision and masked overflow and underflow is obeyed here.
#pragma once

#include <concepts>

#include "cpu/x87/control.hpp"
#include "cpu/x87/extended.hpp"

namespace faultline::x87 {

/// A result with the exceptions it came with. `rounded_up`: the magnitude grew (C1).
template <class T>
struct Rounded {
  T value{};
  u16 exceptions = 0;  // exception::overflow, underflow, precision; invalid from to_integer
  bool rounded_up = false;

  friend bool operator==(const Rounded&, const Rounded&) = default;
};

/// An unmasked overflow or underflow of a register result delivers it with the exponent moved by
/// this much, so that a handler can use it. [387 §3.2.5]
inline constexpr int exponent_adjustment = 24576;

template <class A>
concept Arithmetic = requires(Extended x, ControlWord control, unsigned bits) {
  { A::add(x, x, control) } -> std::same_as<Rounded<Extended>>;
  { A::subtract(x, x, control) } -> std::same_as<Rounded<Extended>>;
  { A::multiply(x, x, control) } -> std::same_as<Rounded<Extended>>;
  { A::divide(x, x, control) } -> std::same_as<Rounded<Extended>>;    // divisor not zero
  { A::square_root(x, control) } -> std::same_as<Rounded<Extended>>;  // not negative, or -0
  { A::round_to_integer(x, control) } -> std::same_as<Rounded<Extended>>;
  // With overflow or underflow unmasked the value is not to be stored.
  { A::to_single(x, control) } -> std::same_as<Rounded<u32>>;
  { A::to_double(x, control) } -> std::same_as<Rounded<u64>>;
  // Two's complement of 16, 32 or 64 bits; the integer indefinite and `invalid` when out of range.
  { A::to_integer(x, bits, control) } -> std::same_as<Rounded<s64>>;
};

}  // namespace faultline::x87
