// The register stack and the exceptions: what every numeric instruction is made of. [387 §2.2,
// §3.2]
#pragma once

#include "cpu/state/x87_state.hpp"
#include "cpu/x87/arithmetic.hpp"

namespace faultline::x87 {

class RegisterStack {
 public:
  explicit RegisterStack(X87State& state) : s_(state) {}

  ControlWord control() const { return s_.control; }
  bool empty(unsigned i) const { return (s_.occupied >> physical(i) & 1) == 0; }
  Extended st(unsigned i) const { return s_.registers[physical(i)]; }
  /// Writes ST(i), which is not empty then.
  void set(unsigned i, Extended value) {
    s_.registers[physical(i)] = value;
    s_.occupied |= static_cast<u8>(1 << physical(i));
  }
  void free(unsigned i) { s_.occupied &= static_cast<u8>(~(1 << physical(i))); }
  void rotate(int by) { s_.top = static_cast<u8>((s_.top + by) & 7); }
  /// True when a push would meet a register in use.
  bool full() const { return !empty(7); }
  void push(Extended value) {
    rotate(-1);
    set(0, value);
  }
  void pop() {
    free(0);
    rotate(1);
  }

  void set_conditions(u16 mask, u16 value) {
    s_.status = static_cast<u16>((s_.status & ~mask) | value);
  }
  void set_c1(bool value) { set_conditions(status::c1, value ? status::c1 : 0); }

  /// Flags `exceptions`. False when one of `blocking` is unmasked, so that the instruction stores
  /// nothing and leaves the stack alone. [387 §3.2]
  bool signal(u16 exceptions, u16 blocking = exception::before) {
    s_.status |= exceptions;
    summarize();
    return s_.control.masked(exceptions & blocking);
  }
  /// The same for a result, with C1 telling how it was rounded.
  template <class T>
  bool accept(const Rounded<T>& result, u16 blocking = exception::before) {
    set_c1(result.rounded_up);
    return signal(result.exceptions, blocking);
  }
  /// Invalid operation for want of an operand, or of room: C1 tells which. [387 §3.2.2]
  bool underflow() { return stack_fault(false); }
  bool overflow() { return stack_fault(true); }

  /// Error summary and busy follow from flags and masks.
  void summarize() {
    constexpr u16 summary = status::error_summary | status::busy;
    const bool error = (s_.status & ~s_.control.value & exception::all) != 0;
    s_.status = static_cast<u16>((s_.status & ~summary) | (error ? summary : 0));
  }

  X87State& state() { return s_; }

 private:
  unsigned physical(unsigned i) const { return (s_.top + i) & 7; }
  bool stack_fault(bool overflow) {
    set_c1(overflow);
    return signal(exception::invalid | status::stack_fault);
  }

  X87State& s_;
};

}  // namespace faultline::x87
