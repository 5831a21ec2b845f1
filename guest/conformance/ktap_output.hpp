// A value that was checked, and how it is written in a diagnostic line.
#pragma once

#include <windows.h>

#include "guest/crt/print.hpp"

namespace ktap {

struct Value {
  enum class Kind { Number, Pointer, Boolean };
  unsigned long long number;
  Kind kind;
};

/// true; 4096; 0x00400000; numbers above 65535 in hexadecimal, as NT's statuses are written.
void write(crt::Line& line, Value value);
/// "text", or (null); no control characters.
void write(crt::Line& line, const char* text);

}  // namespace ktap
