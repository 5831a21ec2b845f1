// An MPFR variable with an owner, and the way between it and the formats of the x87.
#pragma once

#include <cstdint>
#define MPFR_USE_INTMAX_T  // the functions of uintmax_t
#include <mpfr.h>

#include "cpu/x87/arithmetic.hpp"

namespace faultline::x87 {

class Number {
 public:
  explicit Number(mpfr_prec_t precision) { mpfr_init2(value_, precision); }
  /// A finite number of the extended format, exactly.
  explicit Number(Extended x) : Number(64) {
    // A denormal has the exponent of the smallest normal. [387 §3.1.1]
    const int exponent = x.exponent() == 0 ? 1 : static_cast<int>(x.exponent());
    mpfr_set_uj_2exp(value_, x.significand, exponent - static_cast<int>(exponent_bias) - 63,
                     MPFR_RNDN);
    if (x.negative()) mpfr_neg(value_, value_, MPFR_RNDN);
  }
  ~Number() { mpfr_clear(value_); }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;

  operator mpfr_ptr() { return value_; }
  operator mpfr_srcptr() const { return value_; }

  bool zero() const { return mpfr_zero_p(value_) != 0; }
  bool negative() const { return mpfr_signbit(value_) != 0; }
  /// Of a value in [1/2, 1) × 2^exponent.
  mpfr_exp_t exponent() const { return mpfr_get_exp(value_); }
  /// The magnitude's leading 64 bits, as an integer with its top bit set.
  u64 leading_bits() const;

 private:
  mpfr_t value_;
};

constexpr mpfr_rnd_t rounding_of(ControlWord control) {
  switch (control.rounding()) {
    case Rounding::Nearest:
      return MPFR_RNDN;
    case Rounding::Down:
      return MPFR_RNDD;
    case Rounding::Up:
      return MPFR_RNDU;
    default:
      return MPFR_RNDZ;
  }
}

constexpr int precision_of(ControlWord control) {
  switch (control.precision()) {
    case Precision::Single:
      return 24;
    case Precision::Double:
      return 53;
    default:
      return 64;
  }
}

/// `value`, rounded already to the precision that `control` asks for with the inexactness MPFR
/// returned, in the extended format's range. [387 §3.2.5]
Rounded<Extended> to_extended(Number& value, int ternary, ControlWord control);

}  // namespace faultline::x87
