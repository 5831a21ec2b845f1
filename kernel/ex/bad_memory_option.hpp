// BADMEMORY=100,2F0-2FF of the boot options: pages of memory that are not to be used, by their
// frame numbers in hex. Pure, tested on the host.
#pragma once

#include "arch/integers.hpp"

/// Hex digits; false when there are none, or more than a frame number has.
constexpr bool ExParseFrame(const char*& text, arch::u32& frame) {
  const char* const first = text;
  for (frame = 0;; ++text) {
    const char digit = *text >= 'a' && *text <= 'f' ? static_cast<char>(*text - 0x20) : *text;
    if (digit >= '0' && digit <= '9') {
      frame = frame << 4 | static_cast<arch::u32>(digit - '0');
    } else if (digit >= 'A' && digit <= 'F') {
      frame = frame << 4 | static_cast<arch::u32>(digit - 'A' + 10);
    } else {
      return text != first;
    }
    if (frame > 0xFFFFF) return false;
  }
}

/// One or more of FIRST[-LAST], with commas in between, up to a blank: calls with each pair. False
/// when it is anything else; the pairs before that count.
template <class Visit>
constexpr bool ExParseBadMemory(const char* text, Visit visit) {
  for (;;) {
    arch::u32 first = 0, last = 0;
    if (!ExParseFrame(text, first)) return false;
    last = first;
    if (*text == '-' && (!ExParseFrame(++text, last) || last < first)) return false;
    visit(first, last);
    if (*text == '\0' || *text == ' ' || *text == '\t') return true;
    if (*text++ != ',') return false;
  }
}
