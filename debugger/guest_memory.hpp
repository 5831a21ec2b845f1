// The guest's linear memory as a debugger reads it: through the page tables, without side effects.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "arch/integers.hpp"

namespace faultline {

class GuestMemory {
 public:
  virtual ~GuestMemory() = default;
  /// All of `to`, or false when a byte of it lies in a page that is not present.
  virtual bool read(arch::u32 linear, std::span<arch::u8> to) const = 0;

  template <class T>
  std::optional<T> read_as(arch::u32 linear) const {
    T value{};
    if (!read(linear, {reinterpret_cast<arch::u8*>(&value), sizeof value})) return std::nullopt;
    return value;
  }
  std::optional<arch::u32> dword(arch::u32 linear) const { return read_as<arch::u32>(linear); }
  /// At most `limit` characters up to a NUL; empty when the memory is not there.
  std::string text(arch::u32 linear, std::size_t limit) const;
};

}  // namespace faultline
