// 8.3 names. [FAT "Name Limits and Character Sets"]
#include "kernel/io/fat16_format.hpp"

namespace fat {
namespace {

constexpr char forbidden[] = "\"*+,./:;<=>?[\\]|";

/// The character as a directory holds it, or 0 when no name may contain it.
u8 stored(char c) {
  const auto byte = static_cast<u8>(c);
  if (byte <= ' ' || byte == 0x7F) return 0;
  for (const char* f = forbidden; *f != 0; ++f) {
    if (c == *f) return 0;
  }
  return c >= 'a' && c <= 'z' ? static_cast<u8>(c - 'a' + 'A') : byte;
}

}  // namespace

void format_short_name(const u8* name, char* text) {
  constexpr u32 base_length = 8, whole_length = 11;
  for (u32 i = 0; i < base_length && name[i] != ' '; ++i) {
    *text++ = static_cast<char>(i == 0 && name[0] == stands_for_e5 ? deleted : name[i]);
  }
  if (name[base_length] != ' ') *text++ = '.';
  for (u32 i = base_length; i < whole_length && name[i] != ' '; ++i) {
    *text++ = static_cast<char>(name[i]);
  }
  *text = 0;
}

bool parse_short_name(const char* text, u32 length, ShortName& name) {
  for (u8& byte : name.byte) byte = ' ';
  if (length > 0 && length <= 2 && text[0] == '.' && text[length - 1] == '.') {
    for (u32 i = 0; i < length; ++i) name.byte[i] = '.';  // a subdirectory's own "." and ".."
    return true;
  }
  u32 at = 0, limit = 8;
  for (u32 i = 0; i < length; ++i) {
    if (text[i] == '.' && limit == 8 && i != 0) {
      at = 8, limit = 11;
      continue;
    }
    const u8 byte = stored(text[i]);
    if (byte == 0 || at == limit) return false;
    name.byte[at++] = byte;
  }
  if (name.byte[0] == ' ') return false;
  if (name.byte[0] == deleted) name.byte[0] = stands_for_e5;
  return true;
}

}  // namespace fat
