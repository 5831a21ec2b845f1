// Doubles into digits: _ecvt, _fcvt, _gcvt.
#include "guest/msvcrt/decimal.hpp"
#include "guest/msvcrt/x87.hpp"

namespace {

constexpr int most_digits = 349;

/// The digits that are kept, and zeros behind them; `whole` of them before the point.
char* digits_of(double value, int kept_after, bool after_point, int* point, int* sign) {
  char* text = c::thread_data().conversion;
  *sign = c::is_negative(value) && value != 0 ? 1 : 0;
  c::Digits digits(c::bits_of(value) & ~c::sign_bit);
  int kept = after_point ? digits.point + kept_after : kept_after;
  if (kept > most_digits) kept = most_digits;
  const int before = digits.point;
  digits.round(kept);
  if (after_point) kept += digits.point - before;
  int length = 0;
  for (; length < kept; ++length) text[length] = digits.at(length);
  text[length] = '\0';
  *point = digits.count == 0 ? before : digits.point;
  return text;
}

}  // namespace

extern "C" {

int sprintf(char* to, const char* format, ...);

char* _ecvt(double value, int count, int* point, int* sign) {
  return digits_of(value, count < 0 ? 0 : count, false, point, sign);
}
char* _fcvt(double value, int count, int* point, int* sign) {
  return digits_of(value, count, true, point, sign);
}

/// As %.*g, but that a fraction may have a zero and five digits less: 1e-005 is 1.e-005.
char* _gcvt(double value, int count, char* to) {
  sprintf(to, "%.*g", count, value);
  return to;
}

}  // extern "C"
