// Numbers to and from text, and the command line split into arguments. No system is needed here,
// so tests/unit/guest runs the same code on the host.
#pragma once

#include "arch/integers.hpp"

namespace crt {

using arch::u32;

/// Writes the digits of `value`, at least `width` of them, without a terminator; returns the end.
constexpr char* format_unsigned(char* out, u32 value, u32 base, unsigned width) {
  char digits[32];
  unsigned count = 0;
  do {
    digits[count++] = "0123456789ABCDEF"[value % base];
    value /= base;
  } while (value != 0);
  while (count < width) digits[count++] = '0';
  while (count != 0) *out++ = digits[--count];
  return out;
}

/// A number as programs take it: decimal, 0x hexadecimal, either with a minus sign.
struct Number {
  bool valid = false;
  u32 value = 0;
};

constexpr int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

constexpr Number parse_number(const char* text) {
  const bool negative = *text == '-';
  if (negative) ++text;
  u32 base = 10;
  if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    base = 16;
    text += 2;
  }
  if (*text == '\0') return {};
  u32 value = 0;
  for (; *text != '\0'; ++text) {
    const u32 digit = static_cast<u32>(digit_value(*text));
    if (digit >= base || value > (~u32{0} - digit) / base) return {};
    value = value * base + digit;
  }
  return {true, negative ? 0 - value : value};
}

/// Splits a Win32 command line by the rules of the C run-time: blanks separate, quotes group, and
/// 2n backslashes before a quote are n backslashes, 2n + 1 are n and a literal quote. The program
/// name (the first argument) knows no escapes. Strings go to `storage`, which must hold
/// strlen(line) + 1 characters more than there are arguments; argv gets a null at its end.
constexpr int split_command_line(const char* line, char** argv, int capacity, char* storage) {
  int argc = 0;
  char* out = storage;
  for (;;) {
    while (*line == ' ' || *line == '\t') ++line;
    if (*line == '\0' || argc == capacity - 1) break;
    argv[argc++] = out;
    bool quoted = false;
    while (*line != '\0' && (quoted || (*line != ' ' && *line != '\t'))) {
      unsigned backslashes = 0;
      while (argc > 1 && *line == '\\') {
        ++backslashes;
        ++line;
      }
      const bool quote = *line == '"';
      for (unsigned i = quote ? backslashes / 2 : backslashes; i != 0; --i) *out++ = '\\';
      if (quote && backslashes % 2 == 0) {
        quoted = !quoted;
        ++line;
      } else if (quote || backslashes == 0) {
        *out++ = *line++;
      }
    }
    *out++ = '\0';
  }
  argv[argc] = nullptr;
  return argc;
}

}  // namespace crt
