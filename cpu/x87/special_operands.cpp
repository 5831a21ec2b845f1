#include "cpu/x87/special_operands.hpp"

namespace faultline::x87 {

std::optional<Result> not_a_number(Extended a) {
  switch (class_of(a)) {
    case Class::Unsupported:
      return invalid_result;
    case Class::SignalingNan:
      return Result{quieted(a), exception::invalid, false};
    case Class::QuietNan:
      return Result{a, 0, false};
    default:
      return std::nullopt;
  }
}

std::optional<Result> not_a_number(Extended a, Extended b) {
  const Class ca = class_of(a), cb = class_of(b);
  if (ca == Class::Unsupported || cb == Class::Unsupported) return invalid_result;
  if (!is_nan(ca)) return not_a_number(b);
  if (!is_nan(cb)) return not_a_number(a);
  const u16 exceptions =
      ca == Class::SignalingNan || cb == Class::SignalingNan ? exception::invalid : 0;
  // A quiet NaN is preferred to a signaling one; otherwise the larger significand counts, and of
  // equal ones the positive.
  if (ca != cb) return Result{ca == Class::QuietNan ? a : b, exceptions, false};
  const bool second = a.significand != b.significand ? a.significand < b.significand
                                                     : a.negative() && !b.negative();
  return Result{quieted(second ? b : a), exceptions, false};
}

}  // namespace faultline::x87
