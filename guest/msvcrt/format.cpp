// printf's formats, as msvcrt has them: exponents of three digits, I64, %S.
#include <initializer_list>

#include "guest/msvcrt/decimal.hpp"
#include "guest/msvcrt/msvcrt.hpp"

namespace {

using c::Digits;

struct Specification {
  bool left = false, plus = false, blank = false, zero = false, alternative = false;
  int width = 0, precision = -1;
  enum { Int, Short, Char, Wide64, LongDouble } size = Int;
  bool wide = false;
};

class Formatter {
 public:
  Formatter(void (*put)(void*, char), void* context) : put_(put), context_(context) {}

  void put(char character) {
    put_(context_, character);
    ++count;
  }
  /// A field: `sign` in front, zeros, the body, blanks around.
  void field(const Specification& s, const char* sign, int zeros, const char* body, int length) {
    int sign_length = static_cast<int>(strlen(sign)),
        padding = s.width - sign_length - zeros - length;
    if (!s.left && !s.zero) pad(' ', padding);
    for (; *sign != '\0'; ++sign) put(*sign);
    if (!s.left && s.zero) pad('0', padding);
    pad('0', zeros);
    for (int i = 0; i < length; ++i) put(body[i]);
    if (s.left) pad(' ', padding);
  }

  int count = 0;

 private:
  void pad(char with, int times) {
    for (; times > 0; --times) put(with);
  }

  void (*put_)(void*, char);
  void* context_;
};

const char* sign_of(const Specification& s, bool negative) {
  return negative ? "-" : s.plus ? "+" : s.blank ? " " : "";
}

void integer(Formatter& out, Specification s, char kind, ULONGLONG value, bool negative) {
  const unsigned base = kind == 'o' ? 8 : kind == 'x' || kind == 'X' || kind == 'p' ? 16 : 10;
  const char* digits = kind == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
  char text[24];
  int at = sizeof text;
  const bool is_zero = value == 0;
  if (!is_zero || s.precision != 0) {
    do text[--at] = digits[value % base];
    while ((value /= base) != 0);
  }
  const int length = static_cast<int>(sizeof text) - at;
  const char* sign = kind == 'd' ? sign_of(s, negative) : "";
  if (s.alternative && base == 16 && !is_zero) sign = kind == 'x' ? "0x" : "0X";
  int zeros = s.precision > length ? s.precision - length : 0;
  if (s.alternative && base == 8 && zeros == 0 && !is_zero) zeros = 1;
  if (s.precision >= 0) s.zero = false;
  out.field(s, sign, zeros, text + at, length);
}

/// The text of a finite number.
struct RealText {
  char text[Digits::capacity + 420];
  int length = 0;

  void add(char c) { text[length++] = c; }

  void fixed(Digits& digits, int precision, bool point) {
    digits.round(digits.point + precision);
    if (digits.point <= 0) add('0');
    for (int i = 0; i < digits.point; ++i) add(digits.at(i));
    if (precision != 0 || point) add('.');
    for (int i = 0; i < precision; ++i) add(digits.at(digits.point + i));
  }
  void exponential(Digits& digits, int precision, bool point, char letter) {
    digits.round(precision + 1);
    add(digits.at(0));
    if (precision != 0 || point) add('.');
    for (int i = 1; i <= precision; ++i) add(digits.at(i));
    int exponent = digits.count == 0 ? 0 : digits.point - 1;
    add(letter);
    add(exponent < 0 ? '-' : '+');
    if (exponent < 0) exponent = -exponent;
    add(static_cast<char>('0' + exponent / 100));
    add(static_cast<char>('0' + exponent / 10 % 10));
    add(static_cast<char>('0' + exponent % 10));
  }
  /// Of %g: zeros at the end of the fraction, before an exponent.
  void drop_zeros(char letter) {
    int end = 0;
    while (end < length && text[end] != letter) ++end;
    int kept = end, point = 0;
    while (point < end && text[point] != '.') ++point;
    if (point == end) return;
    while (kept > point + 1 && text[kept - 1] == '0') --kept;
    if (kept == point + 1) kept = point;
    for (int i = end; i < length; ++i) text[kept + i - end] = text[i];
    length -= end - kept;
  }
};

/// Infinities and what is no number: "1.#INF" as if they were digits, zeros after them; a precision
/// too small for them rounds the last letter.
void special(Formatter& out, Specification s, char kind, bool negative, bool infinite,
             bool indefinite) {
  const char* name = infinite ? "#INF" : indefinite && negative ? "#IND" : "#QNAN";
  const int name_length = static_cast<int>(strlen(name));
  const bool general = kind == 'g' || kind == 'G';
  int precision = s.precision < 0 ? 6 : s.precision > 400 ? 400 : s.precision;
  if (general) precision = precision > 1 ? precision - 1 : 0;
  char text[420];
  int length = 0;
  text[length++] = '1';
  if (precision != 0 || s.alternative) text[length++] = '.';
  for (int i = 0; i < precision; ++i) {
    if (general && i >= name_length && !s.alternative) break;
    char c = i < name_length ? name[i] : '0';
    // The letters are "digits" above 9, so that the next one rounds this one up.
    if (i == precision - 1 && i + 1 < name_length && name[i + 1] >= '5') ++c;
    text[length++] = c;
  }
  if (kind == 'e' || kind == 'E') {
    text[length++] = kind;
    for (const char c : {'+', '0', '0', '0'}) text[length++] = c;
  }
  out.field(s, sign_of(s, negative), 0, text, length);
}

void real(Formatter& out, Specification s, char kind, double value) {
  ULONGLONG bits;
  memcpy(&bits, &value, sizeof bits);
  const bool negative = bits >> 63 != 0;
  bits &= ~0ull >> 1;
  if (bits >= 0x7FFull << 52) {
    return special(out, s, kind, negative, bits == 0x7FFull << 52, bits << 12 == 1ull << 63);
  }
  const bool capital = kind < 'a';
  const char letter = capital ? 'E' : 'e';
  int precision = s.precision < 0 ? 6 : s.precision > 400 ? 400 : s.precision;
  static RealText text;  // large; the caller has the library's lock
  text.length = 0;
  static Digits digits(0);
  digits = Digits(bits);
  if (kind == 'f' || kind == 'F') {
    text.fixed(digits, precision, s.alternative);
  } else if (kind == 'e' || kind == 'E') {
    text.exponential(digits, precision, s.alternative, letter);
  } else {
    if (precision == 0) precision = 1;
    digits.round(precision);
    const int exponent = digits.count == 0 ? 0 : digits.point - 1;
    if (exponent < -4 || exponent >= precision) {
      text.exponential(digits, precision - 1, s.alternative, letter);
    } else {
      text.fixed(digits, precision - 1 - exponent, s.alternative);
    }
    if (!s.alternative) text.drop_zeros(letter);
  }
  out.field(s, sign_of(s, negative), 0, text.text, text.length);
}

void string(Formatter& out, const Specification& s, const char* text) {
  if (text == nullptr) text = "(null)";
  int length = 0;
  while ((s.precision < 0 || length < s.precision) && text[length] != '\0') ++length;
  out.field(s, "", 0, text, length);
}

void wide_string(Formatter& out, const Specification& s, const WCHAR* text) {
  if (text == nullptr) return string(out, s, nullptr);
  int length = 0;
  while ((s.precision < 0 || length < s.precision) && text[length] != 0) ++length;
  for (int i = length; !s.left && i < s.width; ++i) out.put(' ');
  for (int i = 0; i < length; ++i) out.put(static_cast<char>(text[i]));
  for (int i = length; s.left && i < s.width; ++i) out.put(' ');
}

int number(const char*& at) {
  int value = 0;
  while (*at >= '0' && *at <= '9' && value < 100'000) value = value * 10 + (*at++ - '0');
  return value;
}

void read_flags(const char*& at, Specification& s) {
  for (;; ++at) {
    switch (*at) {
      case '-':
        s.left = true;
        continue;
      case '+':
        s.plus = true;
        continue;
      case ' ':
        s.blank = true;
        continue;
      case '0':
        s.zero = true;
        continue;
      case '#':
        s.alternative = true;
        continue;
      default:
        return;
    }
  }
}

void read_size(const char*& at, Specification& s) {
  for (;; ++at) {
    if (at[0] == 'I' && at[1] == '6' && at[2] == '4') {
      s.size = Specification::Wide64;
      at += 2;
    } else if (at[0] == 'I' && at[1] == '3' && at[2] == '2') {
      at += 2;
    } else if (*at == 'I') {  // of a pointer's size
    } else if (*at == 'l') {
      if (s.wide) s.size = Specification::Wide64;
      s.wide = true;
    } else if (*at == 'h') {
      s.size = s.size == Specification::Short ? Specification::Char : Specification::Short;
    } else if (*at == 'L' || *at == 'w' || *at == 'z' || *at == 't' || *at == 'j') {
      if (*at == 'j') s.size = Specification::Wide64;
      s.wide = s.wide || *at == 'w';
    } else {
      return;
    }
  }
}

ULONGLONG unsigned_argument(const Specification& s, std::va_list arguments[1]) {
  if (s.size == Specification::Wide64) return va_arg(arguments[0], ULONGLONG);
  const ULONG value = va_arg(arguments[0], ULONG);
  return s.size == Specification::Short  ? value & 0xFFFF
         : s.size == Specification::Char ? value & 0xFF
                                         : value;
}

LONGLONG signed_argument(const Specification& s, std::va_list arguments[1]) {
  if (s.size == Specification::Wide64) return va_arg(arguments[0], LONGLONG);
  const LONG value = va_arg(arguments[0], LONG);
  return s.size == Specification::Short  ? static_cast<SHORT>(value)
         : s.size == Specification::Char ? static_cast<signed char>(value)
                                         : value;
}

void convert(Formatter& out, Specification s, char kind, std::va_list arguments[1]) {
  switch (kind) {
    case 'd':
    case 'i': {
      const LONGLONG value = signed_argument(s, arguments);
      const auto magnitude = static_cast<ULONGLONG>(value);
      return integer(out, s, 'd', value < 0 ? 0 - magnitude : magnitude, value < 0);
    }
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return integer(out, s, kind, unsigned_argument(s, arguments), false);
    case 'p':
      s.precision = 8;
      return integer(out, s, 'p', va_arg(arguments[0], ULONG), false);
    case 'c':
    case 'C': {
      const char character = static_cast<char>(va_arg(arguments[0], int));
      s.zero = false;
      return out.field(s, "", 0, &character, 1);
    }
    case 's':
    case 'S':
      s.zero = false;
      if (s.wide || (kind == 'S' && s.size != Specification::Short))
        return wide_string(out, s, va_arg(arguments[0], const WCHAR*));
      return string(out, s, va_arg(arguments[0], const char*));
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return real(out, s, kind, va_arg(arguments[0], double));
    case 'n':
      *va_arg(arguments[0], int*) = out.count;
      return;
    default:
      return out.put(kind);
  }
}

}  // namespace

int c::format(void (*put)(void*, char), void* context, const char* format, std::va_list arguments) {
  std::va_list rest[1];  // a list that callees take from
  va_copy(rest[0], arguments);
  Formatter out(put, context);
  for (const char* at = format; *at != '\0'; ++at) {
    if (*at != '%') {
      out.put(*at);
      continue;
    }
    ++at;
    Specification s;
    read_flags(at, s);
    if (*at == '*') {
      s.width = va_arg(rest[0], int);
      if (s.width < 0) {
        s.left = true;
        s.width = -s.width;
      }
      ++at;
    } else {
      s.width = number(at);
    }
    if (*at == '.') {
      ++at;
      s.precision = *at == '*' ? va_arg(rest[0], int) : number(at);
      if (*at == '*') ++at;
    }
    read_size(at, s);
    if (*at == '\0') break;
    convert(out, s, *at, rest);
  }
  va_end(rest[0]);
  return out.count;
}
