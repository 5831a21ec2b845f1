// Debug registers: breakpoints on instructions and data, guarded access. [386 §12.2, §12.3]
#pragma once

#include "cpu/interpreter/tell.hpp"

namespace faultline {

namespace dr7 {
inline constexpr u32 GD = 1u << 13;
/// L or G of breakpoint n.
constexpr bool enabled(u32 value, unsigned n) { return (value >> 2 * n & 3) != 0; }
/// R/W of breakpoint n: 0 execution, 1 data writes, 3 data reads and writes.
constexpr u32 kind(u32 value, unsigned n) { return value >> (16 + 4 * n) & 3; }
/// Bytes of breakpoint n; LEN 2 is undefined and taken for one byte.
constexpr u32 length(u32 value, unsigned n) {
  constexpr u32 bytes[4] = {1, 2, 1, 4};
  return bytes[value >> (18 + 4 * n) & 3];
}
}  // namespace dr7

/// With GD set any access to a debug register is a fault; the handler gets GD clear. [386 §12.2.2]
template <Timing t, class O>
void Core<t, O>::guard_debug_registers() {
  if ((s.debug[7] & dr7::GD) == 0) return;
  s.debug[7] &= ~dr7::GD;
  s.debug[6] |= dr6::BD;
  raise(Vector::DB);
}

template <Timing t, class O>
void Core<t, O>::write_debug_register(unsigned number, u32 value) {
  if (number == 6) value = (value & 0x0000E00F) | (is486() ? 0xFFFF0FF0 : 0);
  if (number == 7) value |= 0x400;  // bit 10 reads as one
  [[maybe_unused]] const u32 before = s.debug[number];
  s.debug[number] = value;
  if constexpr (O::watching) tell_register(MicroEvent::DebugWrite, number, before, value);
  arm_breakpoints();
}

/// Tells the MMU the data breakpoints of DR7, and the run loop whether there are others.
template <Timing t, class O>
void Core<t, O>::arm_breakpoints() {
  const u32 control = s.debug[7];
  DataWatch& watch = context.mmu.watch;
  watch = {};
  watches_execution_ = false;
  for (unsigned n = 0; n < 4; ++n) {
    if (!dr7::enabled(control, n)) continue;
    if (dr7::kind(control, n) == 0) {
      watches_execution_ = true;
      continue;
    }
    const u32 length = dr7::length(control, n);
    watch.ranges[n] = {s.debug[n] & ~(length - 1), length, dr7::kind(control, n) == 3};
    watch.active = true;
  }
  mmu.drop_shadow();
  look_around();
}

/// Before the instruction at EIP, unless RF lets it pass. [386 §12.3.1.1]
template <Timing t, class O>
void Core<t, O>::check_execution_breakpoints() {
  const u32 linear = s.segment[CS].base + s.eip, control = s.debug[7];
  u32 met = 0;
  for (unsigned n = 0; n < 4; ++n)
    if (dr7::enabled(control, n) && dr7::kind(control, n) == 0 && s.debug[n] == linear)
      met |= dr6::B0 << n;
  if (met == 0) return;
  s.debug[6] |= met;
  raise(Vector::DB);
}

}  // namespace faultline
