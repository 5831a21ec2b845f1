// Reading and writing hexadecimal.
#include "debugger/gdb/hex.hpp"

namespace faultline::gdb {

std::optional<unsigned> hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A' + 10);
  return std::nullopt;
}

std::string to_hex(std::span<const u8> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const u8 byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string to_hex(std::string_view text) {
  return to_hex({reinterpret_cast<const u8*>(text.data()), text.size()});
}

std::optional<std::vector<u8>> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::vector<u8> bytes(digits.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto high = hex_digit(digits[2 * i]), low = hex_digit(digits[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    bytes[i] = static_cast<u8>(*high << 4 | *low);
  }
  return bytes;
}

u64 Fields::number(unsigned digits) {
  u64 value = 0;
  unsigned taken = 0;
  while (!rest_.empty()) {
    const auto digit = hex_digit(rest_.front());
    if (!digit) break;
    value = value << 4 | *digit;
    rest_.remove_prefix(1);
    ++taken;
  }
  if (taken == 0 || taken > digits) failed_ = true;
  return failed_ ? 0 : value;
}

void Fields::expect(char character) {
  if (!accept(character)) failed_ = true;
}

bool Fields::accept(char character) {
  if (rest_.empty() || rest_.front() != character) return false;
  rest_.remove_prefix(1);
  return true;
}

std::string_view Fields::until(char separator) {
  const auto end = rest_.find(separator);
  const std::string_view field = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  return field;
}

std::string_view Fields::rest() {
  const std::string_view all = rest_;
  rest_ = {};
  return all;
}

}  // namespace faultline::gdb
