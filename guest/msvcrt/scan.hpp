// A format read from text: scanf's family, of bytes and of UTF-16.
#pragma once

#include "guest/msvcrt/msvcrt.hpp"

namespace c {

/// Where the characters come from. The end is -1, again and again.
struct Source {
  int (*next)(void* context);
  void (*back)(void* context, int character);
  void* context;
};

/// Conversions done; -1 when the text ends before the first.
int scan(const Source& source, const char* format, std::va_list arguments);
int scan(const Source& source, const WCHAR* format, std::va_list arguments);

}  // namespace c
