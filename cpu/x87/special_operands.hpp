// What becomes of operands that are no finite numbers. [387 §3.1, §3.2.2]
#pragma once

#include <optional>

#include "cpu/x87/arithmetic.hpp"

namespace faultline::x87 {

using Result = Rounded<Extended>;

inline constexpr Result invalid_result{indefinite, exception::invalid, false};

/// The answer when `a` is a NaN or unsupported.
std::optional<Result> not_a_number(Extended a);
/// The answer when either is: the NaN with the larger significand, quieted. [387 §3.1.4]
std::optional<Result> not_a_number(Extended a, Extended b);

/// exception::denormal when one of them is.
constexpr u16 denormal_operands(Extended a, Extended b = positive_one) {
  const bool any = class_of(a) == Class::Denormal || class_of(b) == Class::Denormal;
  return any ? exception::denormal : 0;
}
constexpr bool infinite(Extended x) { return class_of(x) == Class::Infinity; }
constexpr bool zero(Extended x) { return class_of(x) == Class::Zero; }

}  // namespace faultline::x87
