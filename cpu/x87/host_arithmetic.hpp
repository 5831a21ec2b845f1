// The arithmetic through the host's own x87: on x86 hosts alone.
#pragma once

#include "cpu/x87/arithmetic.hpp"

namespace faultline::x87 {

struct HostArithmetic {
  static Rounded<Extended> add(Extended a, Extended b, ControlWord control);
  static Rounded<Extended> subtract(Extended a, Extended b, ControlWord control);
  static Rounded<Extended> multiply(Extended a, Extended b, ControlWord control);
  static Rounded<Extended> divide(Extended a, Extended b, ControlWord control);
  static Rounded<Extended> square_root(Extended a, ControlWord control);
  static Rounded<Extended> round_to_integer(Extended a, ControlWord control);
  static Rounded<u32> to_single(Extended a, ControlWord control);
  static Rounded<u64> to_double(Extended a, ControlWord control);
  static Rounded<s64> to_integer(Extended a, unsigned bits, ControlWord control);
};
static_assert(Arithmetic<HostArithmetic>);

}  // namespace faultline::x87
