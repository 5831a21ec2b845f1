// Hexadecimal digits as the remote protocol writes them, and a reader of a packet's fields that
// trusts nothing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arch/integers.hpp"

namespace faultline::gdb {

using arch::u16;
using arch::u32;
using arch::u64;
using arch::u8;

std::optional<unsigned> hex_digit(char digit);
/// Two digits a byte.
std::string to_hex(std::span<const u8> bytes);
std::string to_hex(std::string_view text);
/// Nothing unless all of it is pairs of digits.
std::optional<std::vector<u8>> from_hex(std::string_view digits);

/// Takes fields off the front of a packet. What is not there makes it failed, and then everything
/// else fails too.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  /// One to `digits` hexadecimal digits.
  u64 number(unsigned digits = 8);
  u32 address() { return static_cast<u32>(number()); }
  /// The character must come next.
  void expect(char character);
  /// Takes the character if it comes next.
  bool accept(char character);
  /// Up to `separator`, which is taken too, or up to the end.
  std::string_view until(char separator);
  std::string_view rest();

  bool empty() const { return rest_.empty(); }
  bool failed() const { return failed_; }
  /// Everything was there, and nothing is left.
  bool complete() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace faultline::gdb
