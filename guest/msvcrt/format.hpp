// A format and its arguments: printf's family, to bytes and to UTF-16.
#pragma once

#include "guest/msvcrt/msvcrt.hpp"

namespace c {

/// Takes a byte, or a unit of UTF-16.
using Put = void (*)(void* context, unsigned character);

/// Gives the count of what was put, or -1 where a character has no byte.
int format(Put put, void* context, const char* format, std::va_list arguments);
int format(Put put, void* context, const WCHAR* format, std::va_list arguments);

struct Specification {
  bool left = false, plus = false, blank = false, zero = false, alternative = false;
  int width = 0, precision = -1;
  enum { Int, Short, Wide64 } size = Int;
  bool wide = false, narrow = false;
};

/// A number as text: its sign or prefix, zeros to fill its precision, its digits.
struct NumberText {
  static constexpr int capacity = 1400 + 420;
  const char* sign = "";
  int zeros = 0, start = 0, length = 0;
  char text[capacity];
};
/// Kinds d, o, x, X, u and p.
void integer_text(NumberText& to, const Specification& s, char kind, ULONGLONG magnitude,
                  bool negative);
/// Kinds e, f, g, a and their capitals.
void real_text(NumberText& to, const Specification& s, char kind, double value);

}  // namespace c
