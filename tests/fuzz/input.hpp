// The bytes of a fuzzer's input, read one field after the other; behind its end all is zero.
#pragma once

#include <algorithm>
#include <span>

#include "mmu/clock.hpp"

namespace faultline::fuzz {

class Input {
 public:
  explicit Input(std::span<const u8> bytes) : rest_(bytes) {}

  u8 byte() {
    if (rest_.empty()) return 0;
    const u8 first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }
  u16 word() {
    const u8 low = byte();
    return static_cast<u16>(low | byte() << 8);
  }
  u32 dword() {
    const u32 low = word();
    return low | u32{word()} << 16;
  }
  void bytes(std::span<u8> to) {
    for (u8& each : to) each = byte();
  }
  std::span<const u8> rest() const { return rest_; }

 private:
  std::span<const u8> rest_;
};

}  // namespace faultline::fuzz
