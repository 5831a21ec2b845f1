// EFLAGS with the six arithmetic flags kept lazily: the last result, and a word of carries from
// which each flag is read when somebody asks. [386 §2.3.4]
#pragma once

#include <bit>
#include <type_traits>

#include "arch/registers.hpp"
#include "mmu/clock.hpp"

namespace faultline {

class Flags {
 public:
  // Reading. ZF, SF and PF come from the result, corrected by the deltas; CF, OF, AF from carries.
  bool cf() const { return carries_ >> 31 != 0; }
  bool of() const { return ((carries_ >> 31) ^ (carries_ >> 30 & 1)) != 0; }
  bool af() const { return bit(carries_, 3); }
  bool zf() const { return result_ == 0; }
  bool sf() const { return ((result_ >> 31) ^ (carries_ & 1)) != 0; }
  bool pf() const { return (std::popcount((result_ ^ carries_ >> 8) & 0xFF) & 1) == 0; }
  bool df() const { return (other_ & eflags::DF) != 0; }
  bool interrupts() const { return (other_ & eflags::IF) != 0; }
  bool trap() const { return (other_ & eflags::TF) != 0; }
  bool alignment_check() const { return (other_ & eflags::AC) != 0; }
  bool virtual8086() const { return (other_ & eflags::VM) != 0; }
  bool resume() const { return (other_ & eflags::RF) != 0; }
  bool nested_task() const { return (other_ & eflags::NT) != 0; }
  unsigned iopl() const { return other_ >> eflags::IOPL_shift & 3; }

  /// The whole register as PUSHFD shows it, RF and VM included.
  u32 value() const {
    return other_ | eflags::always_one | (cf() ? eflags::CF : 0) | (pf() ? eflags::PF : 0) |
           (af() ? eflags::AF : 0) | (zf() ? eflags::ZF : 0) | (sf() ? eflags::SF : 0) |
           (of() ? eflags::OF : 0);
  }

  /// Sets the whole register; the caller has masked what may change.
  void set(u32 value) {
    other_ = value & ~(eflags::arithmetic | eflags::always_one);
    const bool zero = (value & eflags::ZF) != 0, parity = (value & eflags::PF) != 0;
    result_ = zero ? 0 : 1;
    carries_ = ((value & eflags::SF) != 0 ? 1 : 0) |
               (zero != parity ? u32{1} << 8 : 0) | ((value & eflags::AF) != 0 ? 8 : 0);
    set_cf_of((value & eflags::CF) != 0, (value & eflags::OF) != 0);
  }
  void replace(u32 mask, u32 value) { set((this->value() & ~mask) | (value & mask)); }
  void set_bits(u32 mask) { other_ |= mask; }      // mask: not an arithmetic flag
  void clear_bits(u32 mask) { other_ &= ~mask; }   // mask: not an arithmetic flag

  // Writing by result. `carries` has, at each bit, the carry (or borrow) out of that bit.
  template <class T>
  void set_arithmetic(T result, T carries) {
    constexpr unsigned up = 32 - 8 * sizeof(T);
    result_ = static_cast<u32>(static_cast<s32>(static_cast<std::make_signed_t<T>>(result)));
    carries_ = (u32{carries} << up & 0xC0000000u) | (carries & 8u);
  }
  /// CF = OF = AF = 0 (AF is undefined after logic; real parts clear it).
  template <class T>
  void set_logic(T result) {
    set_arithmetic<T>(result, 0);
  }
  /// ZF, SF, PF by result; CF, OF, AF stay.
  template <class T>
  void set_result(T result) {
    result_ = static_cast<u32>(static_cast<s32>(static_cast<std::make_signed_t<T>>(result)));
    carries_ &= 0xC0000008u;
  }
  void set_cf_of(bool carry, bool overflow) {
    carries_ = (carries_ & 0x3FFFFFFFu) | u32{carry} << 31 | u32{carry != overflow} << 30;
  }
  void set_cf(bool carry) { set_cf_of(carry, of()); }
  void set_of(bool overflow) { set_cf_of(cf(), overflow); }
  void set_af(bool adjust) { carries_ = (carries_ & ~8u) | (adjust ? 8 : 0); }
  void set_zf(bool zero) { replace(eflags::ZF, zero ? eflags::ZF : 0); }

  friend bool operator==(const Flags& a, const Flags& b) { return a.value() == b.value(); }

 private:
  u32 result_ = 1;    // sign-extended from the operand's width; zero means ZF
  u32 carries_ = 0;   // 31 CF, 30 CF xor OF, 15:8 parity delta, 3 AF, 0 sign delta
  u32 other_ = 0;     // the flags that are not arithmetic
};

}  // namespace faultline
