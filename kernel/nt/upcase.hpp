// Capital letters, as names are compared without regard to case.
#pragma once

#include "kernel/nt/types.hpp"

/// Latin-1: a to z, and U+00E0 to U+00FE but for the division sign; the capital of U+00FF is
/// outside.
constexpr WCHAR NlsUpcase(WCHAR c) {
  const bool letter = (c >= L'a' && c <= L'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7);
  return letter ? static_cast<WCHAR>(c - 0x20) : c;
}
