// FCOM, FUCOM, FTST and FXAM. [387 §4]
#include "cpu/x87/instructions.hpp"
#include "cpu/x87/special_operands.hpp"

namespace faultline::x87 {
namespace {

constexpr u16 less = status::c0, equal = status::c3,
              unordered = status::c0 | status::c2 | status::c3;

/// A number whose order is that of the finite numbers and infinities.
struct Rank {
  unsigned exponent;
  u64 significand;
  friend auto operator<=>(const Rank&, const Rank&) = default;
};
/// A denormal has the exponent of the smallest normal, which a pseudo-denormal equals.
Rank rank(Extended x) { return {x.exponent() == 0 ? 1 : x.exponent(), x.significand}; }

u16 conditions_of(Extended a, Extended b) {
  if (zero(a) && zero(b)) return equal;
  if (a.negative() != b.negative()) return a.negative() ? less : 0;
  const auto order = a.negative() ? rank(b) <=> rank(a) : rank(a) <=> rank(b);
  return order < 0 ? less : order == 0 ? equal : 0;
}

struct Comparison {
  u16 conditions = unordered, exceptions = 0;
};

Comparison compared(Order order, Extended a, Operand operand) {
  const Extended b = operand.value;
  const Class ca = class_of(a), cb = class_of(b);
  const auto objectionable = [order](Class c) {
    return c == Class::Unsupported || c == Class::SignalingNan ||
           (c == Class::QuietNan && order == Order::Ordered);
  };
  if (objectionable(ca) || objectionable(cb)) return {unordered, exception::invalid};
  if (is_nan(ca) || is_nan(cb)) return {};
  return {conditions_of(a, b), static_cast<u16>(operand.exceptions | denormal_operands(a, b))};
}

void compare(RegisterStack& stack, Order order, Extended a, Operand operand, unsigned pops) {
  const Comparison result = compared(order, a, operand);
  stack.set_conditions(status::conditions, result.conditions);
  if (stack.signal(result.exceptions))
    for (; pops != 0; --pops) stack.pop();
}

void compare_nothing(RegisterStack& stack, unsigned pops) {
  const bool masked = stack.underflow();
  stack.set_conditions(status::conditions, unordered);
  if (masked)
    for (; pops != 0; --pops) stack.pop();
}

}  // namespace

void compare(RegisterStack& stack, Operand operand, unsigned pops) {
  if (stack.empty(0)) return compare_nothing(stack, pops);
  compare(stack, Order::Ordered, stack.st(0), operand, pops);
}

void compare_register(RegisterStack& stack, Order order, unsigned i, unsigned pops) {
  if (stack.empty(0) || stack.empty(i)) return compare_nothing(stack, pops);
  compare(stack, order, stack.st(0), {stack.st(i)}, pops);
}

std::optional<Relation> compare_for_flags(RegisterStack& stack, Order order, unsigned i, bool pop) {
  Comparison result;
  bool done = false;
  if (stack.empty(0) || stack.empty(i)) {
    done = stack.underflow();
  } else {
    result = compared(order, stack.st(0), {stack.st(i)});
    done = stack.signal(result.exceptions);  // C1 stays, as the host's parts leave it
  }
  if (!done) return std::nullopt;
  if (pop) stack.pop();
  return Relation{(result.conditions & status::c0) != 0, (result.conditions & status::c3) != 0,
                  (result.conditions & status::c2) != 0};
}

void compare_with_zero(RegisterStack& stack) { compare(stack, {positive_zero}, 0); }

void examine(RegisterStack& stack) {
  const Extended x = stack.st(0);
  u16 conditions = x.negative() ? status::c1 : 0;
  if (stack.empty(0)) {
    conditions |= status::c3 | status::c0;
  } else {
    switch (class_of(x)) {
      case Class::Unsupported:
        break;
      case Class::QuietNan:
      case Class::SignalingNan:
        conditions |= status::c0;
        break;
      case Class::Normal:
        conditions |= status::c2;
        break;
      case Class::Infinity:
        conditions |= status::c2 | status::c0;
        break;
      case Class::Zero:
        conditions |= status::c3;
        break;
      case Class::Denormal:
        conditions |= status::c3 | status::c2;
        break;
    }
  }
  stack.set_conditions(status::conditions, conditions);
}

}  // namespace faultline::x87
