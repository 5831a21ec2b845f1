// Scan code tables. [PC/AT TR, Keyboard]
#include "machine/scan_codes.hpp"

#include <array>
#include <string_view>

namespace faultline {

using namespace arch;

namespace {
// The set 2 code of each set 1 make code.
constexpr std::array<u8, 0x5E> set2_codes{
    0x00, 0x76, 0x16, 0x1E, 0x26, 0x25, 0x2E, 0x36, 0x3D, 0x3E, 0x46, 0x45, 0x4E, 0x55, 0x66, 0x0D,
    0x15, 0x1D, 0x24, 0x2D, 0x2C, 0x35, 0x3C, 0x43, 0x44, 0x4D, 0x54, 0x5B, 0x5A, 0x14, 0x1C, 0x1B,
    0x23, 0x2B, 0x34, 0x33, 0x3B, 0x42, 0x4B, 0x4C, 0x52, 0x0E, 0x12, 0x5D, 0x1A, 0x22, 0x21, 0x2A,
    0x32, 0x31, 0x3A, 0x41, 0x49, 0x4A, 0x59, 0x7C, 0x11, 0x29, 0x58, 0x05, 0x06, 0x04, 0x0C, 0x03,
    0x0B, 0x83, 0x0A, 0x01, 0x09, 0x77, 0x7E, 0x6C, 0x75, 0x7D, 0x7B, 0x6B, 0x73, 0x74, 0x79, 0x69,
    0x72, 0x7A, 0x70, 0x71, 0x84, 0x60, 0x61, 0x78, 0x07, 0x00, 0x00, 0x1F, 0x27, 0x2F};

constexpr std::array<u8, 256> invert() {
  std::array<u8, 256> table{};
  for (unsigned i = 0; i < 256; ++i) table[i] = static_cast<u8>(i);  // FA, FE, AA, E0, EE stay
  for (unsigned make = 1; make < set2_codes.size(); ++make) {
    if (set2_codes[make] != 0) table[set2_codes[make]] = static_cast<u8>(make);
  }
  table[0x00] = 0xFF;  // overrun
  table[0x02] = 0x41;
  table[0x7F] = 0x54;
  return table;
}
constexpr std::array<u8, 256> set1_codes = invert();

constexpr u8 left_shift = 0x2A, control = 0x1D, release = 0x80;

// The keys that print, in set 1 order from 02; a blank where a key prints nothing.
constexpr std::string_view plain = "1234567890-=\b\tqwertyuiop[]\n asdfghjkl;'` \\zxcvbnm,./";
constexpr std::string_view shifted = "!@#$%^&*()_+  QWERTYUIOP{}  ASDFGHJKL:\"~ |ZXCVBNM<>?";
constexpr u8 first_key = 0x02, space_bar = 0x39, escape = 0x01;
}  // namespace

u8 set1_of_set2(u8 code) { return set1_codes[code]; }

u8 set2_of_set1(u8 make) { return make < set2_codes.size() ? set2_codes[make] : u8{0}; }

std::vector<u8> keystrokes_of(char character) {
  const auto press = [](u8 key) { return std::vector<u8>{key, static_cast<u8>(key | release)}; };
  const auto holding = [](u8 modifier, u8 key) {
    return std::vector<u8>{modifier, key, static_cast<u8>(key | release),
                           static_cast<u8>(modifier | release)};
  };
  if (character == ' ') return press(space_bar);
  if (character == '\x1B') return press(escape);
  if (character == '\r') character = '\n';
  if (const auto key = plain.find(character); key != plain.npos) {
    return press(static_cast<u8>(first_key + key));
  }
  if (const auto key = shifted.find(character); key != shifted.npos) {
    return holding(left_shift, static_cast<u8>(first_key + key));
  }
  if (character >= 1 && character <= 26) {  // Ctrl+A to Ctrl+Z
    const auto key = plain.find(static_cast<char>(character + 'a' - 1));
    return holding(control, static_cast<u8>(first_key + key));
  }
  return {};
}

}  // namespace faultline
