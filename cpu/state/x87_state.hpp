// The x87's registers: plain data, as the rest of the state. [387 §2.2]
#pragma once

#include "cpu/x87/control.hpp"
#include "cpu/x87/extended.hpp"

namespace faultline {

/// The values are those FNINIT leaves. [387 §4 FINIT]
struct X87State {
  x87::Extended registers[8]{};  // by physical number; ST(i) is register (TOP + i) mod 8
  x87::ControlWord control{};
  u16 status = 0;  // without TOP
  u8 top = 0;
  u8 occupied = 0;  // a bit a register, by physical number: not tagged empty
  // Of the last instruction that was not a control instruction. [387 §2.2.5]
  u32 instruction_offset = 0, operand_offset = 0;
  u16 instruction_selector = 0, operand_selector = 0;
  u16 opcode = 0;  // low three bits of the escape, and the byte after it

  constexpr u16 status_word() const {
    return static_cast<u16>(status | top << x87::status::top_shift);
  }
  /// An unmasked exception waits for the next instruction that looks.
  constexpr bool error() const { return (status & x87::status::error_summary) != 0; }

  friend bool operator==(const X87State&, const X87State&) = default;
};

}  // namespace faultline
