// Integers from text, and into it: strtol and _itoa with their kin, of bytes and of UTF-16.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

template <class Char>
int digit_of(Char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

template <class Char>
bool blank(Char c) {
  return c == ' ' || (c >= 9 && c <= 13);
}

struct Parsed {
  ULONGLONG value;
  bool negative, overflow;
};

template <class Char>
Parsed parse(const Char* text, Char** end, int base, ULONGLONG most) {
  const Char* at = text;
  if (base < 0 || base == 1 || base > 36) {
    c::fail(EINVAL);
    if (end != nullptr) *end = const_cast<Char*>(text);
    return {};
  }
  while (blank(*at)) ++at;
  Parsed result = {0, *at == '-', false};
  if (*at == '-' || *at == '+') ++at;
  const bool hex = at[0] == '0' && (at[1] == 'x' || at[1] == 'X');
  if ((base == 0 || base == 16) && hex) {
    at += 2;
    base = 16;
  }
  if (base == 0) base = *at == '0' ? 8 : 10;
  const Char* digits = at;
  const auto wide_base = static_cast<ULONGLONG>(base);
  for (; digit_of(*at) < base; ++at) {
    const auto digit = static_cast<ULONGLONG>(digit_of(*at));
    if (result.value > (most - digit) / wide_base) result.overflow = true;
    result.value = result.value * wide_base + digit;
  }
  if (end != nullptr) *end = const_cast<Char*>(at == digits ? text : at);
  return result;
}

template <class Char>
LONG to_long(const Char* text, Char** end, int base) {
  const Parsed p = parse(text, end, base, 0xFFFFFFFFu);
  const ULONG limit = p.negative ? 0x80000000u : 0x7FFFFFFFu;
  if (p.overflow || p.value > limit) {
    c::fail(ERANGE);
    return static_cast<LONG>(limit);
  }
  const auto value = static_cast<ULONG>(p.value);
  return static_cast<LONG>(p.negative ? 0 - value : value);
}

template <class Char>
ULONG to_unsigned(const Char* text, Char** end, int base) {
  const Parsed p = parse(text, end, base, 0xFFFFFFFFu);
  if (p.overflow) {
    c::fail(ERANGE);
    return p.negative ? 1 : 0xFFFFFFFFu;  // the largest, negated
  }
  return p.negative ? 0 - static_cast<ULONG>(p.value) : static_cast<ULONG>(p.value);
}

template <class Char>
LONGLONG to_int64(const Char* text, Char** end, int base) {
  const Parsed p = parse(text, end, base, ~0ull);
  const ULONGLONG limit = p.negative ? 1ull << 63 : ~0ull >> 1;
  if (p.overflow || p.value > limit) {
    c::fail(ERANGE);
    return static_cast<LONGLONG>(limit);
  }
  return static_cast<LONGLONG>(p.negative ? 0 - p.value : p.value);
}

template <class Char>
ULONGLONG to_unsigned64(const Char* text, Char** end, int base) {
  const Parsed p = parse(text, end, base, ~0ull);
  if (p.overflow) {
    c::fail(ERANGE);
    return ~0ull;
  }
  return p.negative ? 0 - p.value : p.value;
}

/// What does not fit is cut off, as atoi does.
template <class Char>
LONGLONG cut(const Char* text) {
  while (blank(*text)) ++text;
  const bool negative = *text == '-';
  if (*text == '-' || *text == '+') ++text;
  ULONGLONG value = 0;
  for (; *text >= '0' && *text <= '9'; ++text)
    value = value * 10 + static_cast<ULONGLONG>(*text - '0');
  return static_cast<LONGLONG>(negative ? 0 - value : value);
}

template <class Char>
Char* write(Char* to, ULONGLONG value, int base, bool negative) {
  char digits[65];
  int count = 0;
  const auto wide_base = static_cast<ULONGLONG>(base);
  do digits[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % wide_base];
  while ((value /= wide_base) != 0);
  Char* at = to;
  if (negative) *at++ = '-';
  while (count != 0) *at++ = static_cast<Char>(digits[--count]);
  *at = 0;
  return to;
}

/// A minus sign is for decimals only.
template <class Char>
Char* write_long(Char* to, LONG value, int base) {
  const bool negative = base == 10 && value < 0;
  const auto magnitude = static_cast<ULONG>(value);
  return write(to, negative ? 0 - magnitude : magnitude, base, negative);
}
template <class Char>
Char* write_int64(Char* to, LONGLONG value, int base) {
  const bool negative = base == 10 && value < 0;
  const auto magnitude = static_cast<ULONGLONG>(value);
  return write(to, negative ? 0 - magnitude : magnitude, base, negative);
}

}  // namespace

extern "C" {

LONG strtol(const char* text, char** end, int base) { return to_long(text, end, base); }
ULONG strtoul(const char* text, char** end, int base) { return to_unsigned(text, end, base); }
LONGLONG _strtoi64(const char* text, char** end, int base) { return to_int64(text, end, base); }
ULONGLONG _strtoui64(const char* text, char** end, int base) {
  return to_unsigned64(text, end, base);
}
LONG wcstol(const WCHAR* text, WCHAR** end, int base) { return to_long(text, end, base); }
ULONG wcstoul(const WCHAR* text, WCHAR** end, int base) { return to_unsigned(text, end, base); }
LONGLONG _wcstoi64(const WCHAR* text, WCHAR** end, int base) { return to_int64(text, end, base); }
ULONGLONG _wcstoui64(const WCHAR* text, WCHAR** end, int base) {
  return to_unsigned64(text, end, base);
}

int atoi(const char* text) { return static_cast<int>(cut(text)); }
LONG atol(const char* text) { return static_cast<LONG>(cut(text)); }
LONGLONG _atoi64(const char* text) { return cut(text); }
int _wtoi(const WCHAR* text) { return static_cast<int>(cut(text)); }
LONG _wtol(const WCHAR* text) { return static_cast<LONG>(cut(text)); }
LONGLONG _wtoi64(const WCHAR* text) { return cut(text); }

char* _itoa(int value, char* to, int base) { return write_long(to, value, base); }
char* _ltoa(LONG value, char* to, int base) { return write_long(to, value, base); }
char* _ultoa(ULONG value, char* to, int base) { return write(to, value, base, false); }
char* _i64toa(LONGLONG value, char* to, int base) { return write_int64(to, value, base); }
char* _ui64toa(ULONGLONG value, char* to, int base) { return write(to, value, base, false); }
WCHAR* _itow(int value, WCHAR* to, int base) { return write_long(to, value, base); }
WCHAR* _ltow(LONG value, WCHAR* to, int base) { return write_long(to, value, base); }
WCHAR* _ultow(ULONG value, WCHAR* to, int base) { return write(to, value, base, false); }
WCHAR* _i64tow(LONGLONG value, WCHAR* to, int base) { return write_int64(to, value, base); }
WCHAR* _ui64tow(ULONGLONG value, WCHAR* to, int base) { return write(to, value, base, false); }

}  // extern "C"
