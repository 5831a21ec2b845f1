// Text to doubles, and what mathematics mingw's own library leaves to msvcrt.
#include "guest/msvcrt/decimal.hpp"
#include "guest/msvcrt/msvcrt.hpp"

namespace {

constexpr int most_digits = 820;

double from_bits(ULONGLONG bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace

extern "C" {

double strtod(const char* text, char** end) {
  const char* at = text;
  while (isspace(static_cast<unsigned char>(*at))) ++at;
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
    if (!isdigit(static_cast<unsigned char>(*at))) break;
    any = true;
    if (count == 0 && *at == '0') {
      if (point) --exponent;
    } else if (count < most_digits) {
      digits[count++] = *at;
      if (point) --exponent;
    } else {
      if (*at != '0') digits[most_digits - 1] = '1';  // something follows
      if (!point) ++exponent;
    }
  }
  if (!any) {
    if (end != nullptr) *end = const_cast<char*>(text);
    return 0;
  }
  if (*at == 'e' || *at == 'E') {
    const char* digit = at + 1;
    const bool minus = *digit == '-';
    if (*digit == '-' || *digit == '+') ++digit;
    if (isdigit(static_cast<unsigned char>(*digit))) {
      int value = 0;
      for (; isdigit(static_cast<unsigned char>(*digit)); ++digit) {
        if (value < 100'000) value = value * 10 + (*digit - '0');
      }
      exponent += minus ? -value : value;
      at = digit;
    }
  }
  if (end != nullptr) *end = const_cast<char*>(at);
  const ULONGLONG bits = c::nearest_double(digits, count, exponent);
  if (bits == 0x7FFull << 52 || (bits == 0 && count != 0)) *_errno() = ERANGE;
  return from_bits(bits | (negative ? 1ull << 63 : 0));
}

double atof(const char* text) { return strtod(text, nullptr); }

#define BY_X87(name, instructions)                           \
  double name(double x) {                                    \
    double result;                                           \
    __asm__(instructions : "=t"(result) : "0"(x) : "st(7)"); \
    return result;                                           \
  }
BY_X87(sqrt, "fsqrt")
BY_X87(fabs, "fabs")
BY_X87(sin, "fsin")
BY_X87(cos, "fcos")
BY_X87(tan, "fptan\n\tfstp %%st(0)")
BY_X87(atan, "fld1\n\tfpatan")
#undef BY_X87

}  // extern "C"
