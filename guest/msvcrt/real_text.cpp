// Doubles as printf writes them: exact digits, exponents of three digits, "1.#INF".
#include <initializer_list>

#include "guest/msvcrt/decimal.hpp"
#include "guest/msvcrt/format.hpp"

namespace {

using c::Digits;
using c::NumberText;
using c::Specification;

constexpr int longest_precision = 400;

void add(NumberText& to, char c) { to.text[to.length++] = c; }

void add_exponent(NumberText& to, char letter, int exponent, int digits) {
  add(to, letter);
  add(to, exponent < 0 ? '-' : '+');
  if (exponent < 0) exponent = -exponent;
  if (digits == 3 || exponent >= 1000) {
    if (exponent >= 1000) add(to, static_cast<char>('0' + exponent / 1000));
    add(to, static_cast<char>('0' + exponent / 100 % 10));
    add(to, static_cast<char>('0' + exponent / 10 % 10));
  } else if (exponent >= 10) {
    if (exponent >= 100) add(to, static_cast<char>('0' + exponent / 100));
    add(to, static_cast<char>('0' + exponent / 10 % 10));
  }
  add(to, static_cast<char>('0' + exponent % 10));
}

void fixed(NumberText& to, Digits& digits, int precision, bool point) {
  digits.round(digits.point + precision);
  if (digits.point <= 0) add(to, '0');
  for (int i = 0; i < digits.point; ++i) add(to, digits.at(i));
  if (precision != 0 || point) add(to, '.');
  for (int i = 0; i < precision; ++i) add(to, digits.at(digits.point + i));
}

void exponential(NumberText& to, Digits& digits, int precision, bool point, char letter) {
  digits.round(precision + 1);
  add(to, digits.at(0));
  if (precision != 0 || point) add(to, '.');
  for (int i = 1; i <= precision; ++i) add(to, digits.at(i));
  add_exponent(to, letter, digits.count == 0 ? 0 : digits.point - 1, 3);
}

/// Of %g: zeros at the end of the fraction, before an exponent.
void drop_zeros(NumberText& to, char letter) {
  int end = 0;
  while (end < to.length && to.text[end] != letter) ++end;
  int kept = end, point = 0;
  while (point < end && to.text[point] != '.') ++point;
  if (point == end) return;
  while (kept > point + 1 && to.text[kept - 1] == '0') --kept;
  if (kept == point + 1) kept = point;
  for (int i = end; i < to.length; ++i) to.text[kept + i - end] = to.text[i];
  to.length -= end - kept;
}

/// Infinities and what is no number: "1.#INF" as if they were digits, zeros after them; a precision
/// too small for them rounds the last letter.
void special(NumberText& to, const Specification& s, char kind, const char* name) {
  const int name_length = static_cast<int>(strlen(name));
  const bool general = kind == 'g' || kind == 'G';
  int precision = s.precision < 0                   ? 6
                  : s.precision > longest_precision ? longest_precision
                                                    : s.precision;
  if (general) precision = precision > 1 ? precision - 1 : 0;
  add(to, '1');
  if (precision != 0 || s.alternative) add(to, '.');
  for (int i = 0; i < precision; ++i) {
    if (general && i >= name_length && !s.alternative) break;
    char c = i < name_length ? name[i] : '0';
    // The letters are "digits" above 9, so that the next one rounds this one up.
    if (i == precision - 1 && i + 1 < name_length && name[i + 1] >= '5') ++c;
    add(to, c);
  }
  if (kind == 'e' || kind == 'E') {
    for (const char c : {kind, '+', '0', '0', '0'}) add(to, c);
  }
}

/// 0x1.8p+1: the bits as they are.
void hexadecimal(NumberText& to, const Specification& s, bool capital, ULONGLONG bits) {
  constexpr int all_digits = 13;
  const char* digits = capital ? "0123456789ABCDEF" : "0123456789abcdef";
  int exponent = static_cast<int>(bits >> 52);
  ULONGLONG fraction = bits & ((1ull << 52) - 1);
  ULONGLONG lead = exponent != 0 ? 1 : 0;
  exponent = bits == 0 ? 0 : exponent == 0 ? -1022 : exponent - 1023;
  const int precision = s.precision < 0 ? all_digits : s.precision;
  if (precision < all_digits) {
    const ULONGLONG all = (lead << 52 | fraction) + (1ull << (4 * (all_digits - precision) - 1));
    lead = all >> 52;
    fraction = all & ((1ull << 52) - 1);
  }
  add(to, '0');
  add(to, capital ? 'X' : 'x');
  add(to, static_cast<char>('0' + lead));
  if (precision != 0 || s.alternative) add(to, '.');
  for (int i = 0; i < precision && i < longest_precision; ++i) {
    add(to, i < all_digits ? digits[fraction >> (4 * (all_digits - 1 - i)) & 15] : '0');
  }
  add_exponent(to, capital ? 'P' : 'p', exponent, 1);
}

}  // namespace

void c::real_text(NumberText& to, const Specification& s, char kind, double value) {
  ULONGLONG bits;
  memcpy(&bits, &value, sizeof bits);
  const bool negative = bits >> 63 != 0;
  bits &= ~0ull >> 1;
  to.sign = negative ? "-" : s.plus ? "+" : s.blank ? " " : "";
  if (bits >= 0x7FFull << 52) {
    const bool infinite = bits == 0x7FFull << 52, indefinite = bits << 12 == 1ull << 63;
    return special(to, s, kind, infinite ? "#INF" : indefinite && negative ? "#IND" : "#QNAN");
  }
  const bool capital = kind < 'a';
  if (kind == 'a' || kind == 'A') return hexadecimal(to, s, capital, bits);
  const char letter = capital ? 'E' : 'e';
  int precision = s.precision < 0                   ? 6
                  : s.precision > longest_precision ? longest_precision
                                                    : s.precision;
  Digits digits(bits);
  if (kind == 'f') return fixed(to, digits, precision, s.alternative);
  if (kind == 'e' || kind == 'E') return exponential(to, digits, precision, s.alternative, letter);
  if (precision == 0) precision = 1;
  digits.round(precision);
  const int exponent = digits.count == 0 ? 0 : digits.point - 1;
  if (exponent < -4 || exponent >= precision) {
    exponential(to, digits, precision - 1, s.alternative, letter);
  } else {
    fixed(to, digits, precision - 1 - exponent, s.alternative);
  }
  if (!s.alternative) drop_zeros(to, letter);
}

void c::integer_text(NumberText& to, const Specification& s, char kind, ULONGLONG value,
                     bool negative) {
  const unsigned base = kind == 'o' ? 8 : kind == 'x' || kind == 'X' || kind == 'p' ? 16 : 10;
  const char* digits = kind == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
  constexpr int longest = 24;
  int at = longest;
  const bool is_zero = value == 0;
  if (!is_zero || s.precision != 0) {
    do to.text[--at] = digits[value % base];
    while ((value /= base) != 0);
  }
  to.start = at;
  to.length = longest - at;
  if (kind == 'd') to.sign = negative ? "-" : s.plus ? "+" : s.blank ? " " : "";
  if (s.alternative && base == 16 && !is_zero) to.sign = kind == 'x' ? "0x" : "0X";
  if (s.precision > to.length) to.zeros = s.precision - to.length;
  if (s.alternative && base == 8 && to.zeros == 0 && !is_zero) to.zeros = 1;
}
