// The interrupted program's registers, as interrupt_entry.S leaves them on the stack.
#pragma once

#include "arch/integers.hpp"
#include "arch/registers.hpp"

namespace firmware {

using namespace arch;

union Register {
  u32 extended;
  u16 word;
  struct {
    u8 low, high;
  } byte;
};

/// A service reads its arguments here and leaves its results here.
struct Registers {
  Register di, si, bp, sp, b, d, c, a;  // PUSHAD order
  u16 gs, fs, es, ds, handler, ip, cs, flags;

  u8& al() { return a.byte.low; }
  u8& ah() { return a.byte.high; }
  u8& bl() { return b.byte.low; }
  u8& bh() { return b.byte.high; }
  u8& cl() { return c.byte.low; }
  u8& ch() { return c.byte.high; }
  u8& dl() { return d.byte.low; }
  u8& dh() { return d.byte.high; }
  u16& ax() { return a.word; }
  u16& bx() { return b.word; }
  u16& cx() { return c.word; }
  u16& dx() { return d.word; }

  void set_carry(bool on) { set_flag(eflags::CF, on); }
  void set_zero(bool on) { set_flag(eflags::ZF, on); }

 private:
  void set_flag(u32 mask, bool on) { flags = static_cast<u16>(on ? flags | mask : flags & ~mask); }
};
static_assert(sizeof(Registers) == 48 && offsetof(Registers, handler) == 40);

}  // namespace firmware
