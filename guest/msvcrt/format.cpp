// printf's formats, as msvcrt has them: I64, I32, %S and %C for the other kind of character.
#include "guest/msvcrt/format.hpp"

namespace {

using c::NumberText;
using c::Specification;

/// `Char` is what the format and the output consist of.
template <class Char>
class Formatter {
 public:
  Formatter(c::Put put, void* context) : put_(put), context_(context) {}

  void put(unsigned character) {
    put_(context_, character);
    ++count;
  }
  /// What a string has of one kind or the other.
  template <class From>
  void text(const Specification& s, const From* from, int length) {
    if (sizeof(Char) < sizeof(From) && !has_bytes(from, length)) {
      failed = true;
      return;
    }
    const int padding = s.width - length;
    if (!s.left) pad(s.zero ? '0' : ' ', padding);
    for (int i = 0; i < length; ++i) {
      if constexpr (sizeof(From) == 1) {
        put(static_cast<unsigned char>(from[i]));
      } else {
        put(from[i]);
      }
    }
    if (s.left) pad(' ', padding);
  }
  void number(const Specification& s, const NumberText& n) {
    const int padding = s.width - static_cast<int>(strlen(n.sign)) - n.zeros - n.length;
    if (!s.left && !s.zero) pad(' ', padding);
    for (const char* at = n.sign; *at != '\0'; ++at) put(static_cast<unsigned char>(*at));
    if (!s.left && s.zero) pad('0', padding);
    pad('0', n.zeros);
    for (int i = 0; i < n.length; ++i) put(static_cast<unsigned char>(n.text[n.start + i]));
    if (s.left) pad(' ', padding);
  }

  int count = 0;
  bool failed = false;

 private:
  template <class From>
  static bool has_bytes(const From* from, int length) {
    for (int i = 0; i < length; ++i) {
      if (static_cast<WCHAR>(from[i]) > 0xFF) return false;
    }
    return true;
  }
  void pad(char with, int times) {
    for (; times > 0; --times) put(static_cast<unsigned char>(with));
  }

  c::Put put_;
  void* context_;
};

template <class From>
int length_of(const From* text, int precision) {
  int length = 0;
  while ((precision < 0 || length < precision) && text[length] != 0) ++length;
  return length;
}

template <class Char>
int number(const Char*& at) {
  int value = 0;
  while (*at >= '0' && *at <= '9' && value < 100'000) value = value * 10 + (*at++ - '0');
  return value;
}

template <class Char>
void read_flags(const Char*& at, Specification& s) {
  for (;; ++at) {
    switch (*at) {
      case '-':
        s.left = true;
        break;
      case '+':
        s.plus = true;
        break;
      case ' ':
        s.blank = true;
        break;
      case '0':
        s.zero = true;
        break;
      case '#':
        s.alternative = true;
        break;
      default:
        return;
    }
  }
}

template <class Char>
void read_size(const Char*& at, Specification& s) {
  for (;; ++at) {
    if (at[0] == 'I' && at[1] == '6' && at[2] == '4') {
      s.size = Specification::Wide64;
      at += 2;
    } else if (at[0] == 'I' && at[1] == '3' && at[2] == '2') {
      at += 2;
    } else if (*at == 'I' || *at == 'L' || *at == 'z' || *at == 't') {  // of a pointer's size
    } else if (*at == 'l') {
      if (s.wide) s.size = Specification::Wide64;
      s.wide = true;
    } else if (*at == 'h') {
      s.size = Specification::Short;  // also hh: this library has no bytes
      s.narrow = true;
    } else if (*at == 'w') {
      s.wide = true;
    } else if (*at == 'j') {
      s.size = Specification::Wide64;
    } else {
      return;
    }
  }
}

ULONGLONG unsigned_argument(const Specification& s, std::va_list arguments[1]) {
  if (s.size == Specification::Wide64) return va_arg(arguments[0], ULONGLONG);
  const ULONG value = va_arg(arguments[0], ULONG);
  return s.size == Specification::Short ? value & 0xFFFF : value;
}

LONGLONG signed_argument(const Specification& s, std::va_list arguments[1]) {
  if (s.size == Specification::Wide64) return va_arg(arguments[0], LONGLONG);
  const LONG value = va_arg(arguments[0], LONG);
  return s.size == Specification::Short ? static_cast<SHORT>(value) : value;
}

template <class Char>
void integer(Formatter<Char>& out, const Specification& s, char kind, std::va_list arguments[1]) {
  NumberText text;
  if (kind == 'd') {
    const LONGLONG value = signed_argument(s, arguments);
    const auto magnitude = static_cast<ULONGLONG>(value);
    c::integer_text(text, s, 'd', value < 0 ? 0 - magnitude : magnitude, value < 0);
  } else {
    c::integer_text(text, s, kind, unsigned_argument(s, arguments), false);
  }
  out.number(s, text);
}

template <class Char>
void real(Formatter<Char>& out, const Specification& s, char kind, double value) {
  NumberText text;
  c::real_text(text, s, kind, value);
  out.number(s, text);
}

template <class Char>
void string(Formatter<Char>& out, const Specification& s, bool wide, const void* text) {
  if (text == nullptr) return out.text(s, "(null)", length_of("(null)", s.precision));
  if (wide) {
    const auto* from = static_cast<const WCHAR*>(text);
    return out.text(s, from, length_of(from, s.precision));
  }
  const auto* from = static_cast<const char*>(text);
  out.text(s, from, length_of(from, s.precision));
}

template <class Char>
void character(Formatter<Char>& out, const Specification& s, bool wide, int value) {
  const auto one = static_cast<char>(value);
  const auto unit = static_cast<WCHAR>(value);
  if (wide) return out.text(s, &unit, 1);
  out.text(s, &one, 1);
}

template <class Char>
void convert(Formatter<Char>& out, Specification s, Char kind, std::va_list arguments[1]) {
  // A capital S or C means the other kind of character than the format's.
  const bool other = kind == 'S' || kind == 'C';
  const bool wide = s.wide ? true : s.narrow ? false : (sizeof(Char) == 2) != other;
  switch (kind) {
    case 'd':
    case 'i':
      return integer(out, s, 'd', arguments);
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return integer(out, s, static_cast<char>(kind), arguments);
    case 'p':
      s.precision = 8;
      s.size = Specification::Int;
      return integer(out, s, 'p', arguments);
    case 'c':
    case 'C':
      return character(out, s, wide, va_arg(arguments[0], int));
    case 's':
    case 'S':
      return string(out, s, wide, va_arg(arguments[0], const void*));
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
      return real(out, s, static_cast<char>(kind), va_arg(arguments[0], double));
    case 'n':
      if (s.size == Specification::Short) {
        *va_arg(arguments[0], SHORT*) = static_cast<SHORT>(out.count);
      } else {
        *va_arg(arguments[0], int*) = out.count;
      }
      return;
    case '%':
    case 'F':
      return;
    default:
      return out.put(static_cast<std::make_unsigned_t<Char>>(kind));
  }
}

template <class Char>
int format_all(c::Put put, void* context, const Char* format, std::va_list arguments) {
  std::va_list rest[1];  // a list that callees take from
  va_copy(rest[0], arguments);
  Formatter<Char> out(put, context);
  for (const Char* at = format; *at != 0; ++at) {
    if (*at != '%') {
      out.put(static_cast<std::make_unsigned_t<Char>>(*at));
      continue;
    }
    ++at;
    if (*at == '%') {
      out.put('%');
      continue;
    }
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
      if (s.precision < 0) s.precision = -1;
      if (*at == '*') ++at;
    }
    read_size(at, s);
    if (*at == 0) break;
    convert(out, s, *at, rest);
  }
  va_end(rest[0]);
  return out.failed ? -1 : out.count;
}

}  // namespace

int c::format(Put put, void* context, const char* format, std::va_list arguments) {
  return format_all(put, context, format, arguments);
}
int c::format(Put put, void* context, const WCHAR* format, std::va_list arguments) {
  return format_all(put, context, format, arguments);
}
