// Fixed-width integers under the short names used throughout the project.
#pragma once

#include <cstddef>
#include <cstdint>

namespace arch {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s8 = std::int8_t;
using s16 = std::int16_t;
using s32 = std::int32_t;
using s64 = std::int64_t;

/// `count` low bits set; count is 0 to 32.
constexpr u32 low_bits(unsigned count) {
  return count >= 32 ? ~u32{0} : (u32{1} << count) - 1;
}

/// Bits high..low of value, both inclusive, as the manual writes 31:12.
constexpr u32 bits(u32 value, unsigned high, unsigned low) {
  return (value >> low) & low_bits(high - low + 1);
}

constexpr bool bit(u32 value, unsigned index) { return (value >> index & 1) != 0; }

}  // namespace arch
