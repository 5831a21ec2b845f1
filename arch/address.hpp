// Linear and physical addresses as distinct types: mixing them does not compile. [386 §5.1, §5.2]
#pragma once

#include <compare>

#include "arch/integers.hpp"

namespace arch {

/// An address after segmentation and before paging, in bytes, modulo 2^32.
struct LinearAddress {
  u32 value = 0;
  friend constexpr bool operator==(LinearAddress, LinearAddress) = default;
  friend constexpr auto operator<=>(LinearAddress, LinearAddress) = default;
};

/// An address after paging, as it appears on the bus, in bytes.
struct PhysicalAddress {
  u32 value = 0;
  friend constexpr bool operator==(PhysicalAddress, PhysicalAddress) = default;
  friend constexpr auto operator<=>(PhysicalAddress, PhysicalAddress) = default;
};

constexpr LinearAddress operator+(LinearAddress a, u32 n) { return {a.value + n}; }
constexpr PhysicalAddress operator+(PhysicalAddress a, u32 n) { return {a.value + n}; }

}  // namespace arch
