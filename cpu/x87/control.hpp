// Bits of the control word and the status word. [387 §2.2.2, §2.2.3]
#pragma once

#include "mmu/clock.hpp"

namespace faultline::x87 {

/// The six exceptions, at the same place in both words: a mask bit there hides the flag here.
namespace exception {
inline constexpr u16 invalid = 1 << 0, denormal = 1 << 1, zero_divide = 1 << 2, overflow = 1 << 3,
                     underflow = 1 << 4, precision = 1 << 5;
inline constexpr u16 all = 0x3F;
/// Found before anything is computed: unmasked, they leave the operands alone. [387 §3.2]
inline constexpr u16 before = invalid | denormal | zero_divide;
}  // namespace exception

namespace status {
inline constexpr u16 stack_fault = 1 << 6, error_summary = 1 << 7, c0 = 1 << 8, c1 = 1 << 9,
                     c2 = 1 << 10, c3 = 1 << 14, busy = 1 << 15;
inline constexpr unsigned top_shift = 11;
inline constexpr u16 top_mask = 7 << top_shift;
inline constexpr u16 conditions = c0 | c1 | c2 | c3;
}  // namespace status

enum class Rounding : u8 { Nearest, Down, Up, Chop };
/// Significant bits that add, subtract, multiply, divide and square root keep.
enum class Precision : u8 { Single, Reserved, Double, Extended };

/// Masks, precision and rounding control. Bit 6 reads as one, bits 7 and 13-15 as zero; bit 12,
/// the 287's infinity control, is kept and means nothing. [387 §2.2.3]
struct ControlWord {
  u16 value = 0x037F;

  static constexpr ControlWord loaded(u16 image) {
    return {static_cast<u16>((image & 0x1F3F) | 0x0040)};
  }
  constexpr Rounding rounding() const { return static_cast<Rounding>(value >> 10 & 3); }
  constexpr Precision precision() const { return static_cast<Precision>(value >> 8 & 3); }
  constexpr bool masked(u16 exceptions) const { return (exceptions & ~value) == 0; }
  /// The same with the precision of the whole significand.
  constexpr ControlWord full_precision() const { return {static_cast<u16>(value | 0x0300)}; }

  friend constexpr bool operator==(const ControlWord&, const ControlWord&) = default;
};

}  // namespace faultline::x87
