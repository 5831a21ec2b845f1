// Text to doubles.
#include "guest/msvcrt/decimal.hpp"
#include "guest/msvcrt/x87.hpp"

namespace {

constexpr int most_digits = 820;

template <class Char>
bool is_digit(Char c) {
  return c >= '0' && c <= '9';
}

template <class Char>
double parse(const Char* text, Char** end) {
  const Char* at = text;
  while (*at == ' ' || (*at >= 9 && *at <= 13)) ++at;
  const bool negative = *at == '-';
  if (*at == '-' || *at == '+') ++at;
  char digits[most_digits];
  int count = 0, exponent = 0;
  bool any = false, point = false;
  for (;; ++at) {
    if (*at == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(*at)) break;
    any = true;
    if (count == 0 && *at == '0') {
      if (point) --exponent;
    } else if (count < most_digits) {
      digits[count++] = static_cast<char>(*at);
      if (point) --exponent;
    } else {
      if (*at != '0') digits[most_digits - 1] = '1';  // something follows
      if (!point) ++exponent;
    }
  }
  if (!any) {
    if (end != nullptr) *end = const_cast<Char*>(text);
    return 0;
  }
  if (*at == 'e' || *at == 'E' || *at == 'd' || *at == 'D') {
    const Char* digit = at + 1;
    const bool minus = *digit == '-';
    if (*digit == '-' || *digit == '+') ++digit;
    if (is_digit(*digit)) {
      int value = 0;
      for (; is_digit(*digit); ++digit) {
        if (value < 100'000) value = value * 10 + (*digit - '0');
      }
      exponent += minus ? -value : value;
      at = digit;
    }
  }
  if (end != nullptr) *end = const_cast<Char*>(at);
  const ULONGLONG bits = c::nearest_double(digits, count, exponent);
  if (bits == c::infinity_bits || (bits == 0 && count != 0)) *_errno() = ERANGE;
  return c::from_bits(bits | (negative ? c::sign_bit : 0));
}

}  // namespace

extern "C" {

double strtod(const char* text, char** end) { return parse(text, end); }
double wcstod(const WCHAR* text, WCHAR** end) { return parse(text, end); }
double atof(const char* text) { return strtod(text, nullptr); }
double _wtof(const WCHAR* text) { return wcstod(text, nullptr); }

}  // extern "C"
