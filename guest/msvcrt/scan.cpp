// scanf's formats, as msvcrt has them.
#include "guest/msvcrt/scan.hpp"

extern "C" {
double strtod(const char* text, char** end);
}

namespace {

constexpr int end_of_text = -1;

struct Directive {
  bool suppress = false, wide = false, narrow = false;
  int width = 0;  // 0: no bound
  enum { Char, Short, Int, Wide64 } size = Int;
  bool real_double = false;
};

bool is_blank(int c) { return c == ' ' || (c >= 9 && c <= 13); }

int digit_of(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

/// Characters of `Char`s; one of them may be looked at.
template <class Char>
class Scanner {
 public:
  Scanner(const c::Source& source, std::va_list arguments) : source_(source) {
    va_copy(arguments_, arguments);
  }
  ~Scanner() { va_end(arguments_); }
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;

  int run(const Char* at) {
    for (; *at != 0; ++at) {
      if (is_blank(static_cast<int>(*at))) {
        skip_blanks();
        continue;
      }
      if (*at == '%' && at[1] != '%') {
        ++at;
        if (!directive(at)) break;
        continue;
      }
      if (*at == '%') {
        ++at;
        skip_blanks();
      }
      if (!literal(static_cast<std::make_unsigned_t<Char>>(*at))) break;
    }
    return done_ == 0 && ended_ ? end_of_text : done_;
  }

 private:
  int take() {
    const int c = source_.next(source_.context);
    if (c != end_of_text) ++taken_;
    return c;
  }
  void give_back(int c) {
    if (c == end_of_text) return;
    --taken_;
    source_.back(source_.context, c);
  }
  /// Of a field with a bound.
  int take_of(int& left) {
    if (left == 0) return end_of_text;
    const int c = take();
    if (c != end_of_text) --left;
    return c;
  }
  void give_back(int c, int& left) {
    if (c == end_of_text) return;
    give_back(c);
    ++left;
  }
  void skip_blanks() {
    int c;
    do c = take();
    while (is_blank(c));
    give_back(c);
  }
  bool literal(int wanted) {
    const int c = take();
    if (c == wanted) return true;
    ended_ = c == end_of_text;
    give_back(c);
    return false;
  }
  bool at_end() {
    const int c = take();
    give_back(c);
    ended_ = c == end_of_text;
    return ended_;
  }

  bool directive(const Char*& at) {
    Directive d;
    if (*at == '*') {
      d.suppress = true;
      ++at;
    }
    while (*at >= '0' && *at <= '9') d.width = d.width * 10 + (*at++ - '0');
    read_size(at, d);
    if (*at == 0) {
      --at;
      return false;
    }
    const bool capital = *at == 'C' || *at == 'S';
    const bool wide = d.wide ? true : d.narrow ? false : (sizeof(Char) == 2) != capital;
    switch (*at) {
      case 'd':
      case 'u':
        return integer(d, 10);
      case 'i':
        return integer(d, 0);
      case 'o':
        return integer(d, 8);
      case 'x':
      case 'X':
      case 'p':
        return integer(d, 16);
      case 'e':
      case 'E':
      case 'f':
      case 'g':
      case 'G':
        return real(d);
      case 'c':
      case 'C':
        return wide ? characters(d, argument<WCHAR>(d)) : characters(d, argument<char>(d));
      case 's':
      case 'S':
        return wide ? word(d, argument<WCHAR>(d)) : word(d, argument<char>(d));
      case '[': {
        Set set;
        read_set(at, set);
        return wide ? of_set(d, set, argument<WCHAR>(d)) : of_set(d, set, argument<char>(d));
      }
      case 'n':
        if (!d.suppress) store(d, static_cast<ULONGLONG>(taken_));
        return true;
      default:
        return literal(static_cast<std::make_unsigned_t<Char>>(*at));
    }
  }

  static void read_size(const Char*& at, Directive& d) {
    for (;; ++at) {
      if (at[0] == 'I' && at[1] == '6' && at[2] == '4') {
        d.size = Directive::Wide64;
        at += 2;
      } else if (at[0] == 'I' && at[1] == '3' && at[2] == '2') {
        at += 2;
      } else if (*at == 'l') {
        if (d.wide) d.size = Directive::Wide64;
        d.wide = d.real_double = true;
      } else if (*at == 'L' || *at == 'w') {
        d.wide = d.real_double = true;
      } else if (*at == 'h') {
        d.size = d.narrow ? Directive::Char : Directive::Short;
        d.narrow = true;
      } else if (*at == 'j') {
        d.size = Directive::Wide64;
      } else if (*at != 'I' && *at != 'z' && *at != 't') {
        return;
      }
    }
  }

  template <class T>
  T* argument(const Directive& d) {
    return d.suppress ? nullptr : va_arg(arguments_, T*);
  }

  void store(const Directive& d, ULONGLONG value) {
    void* to = va_arg(arguments_, void*);
    switch (d.size) {
      case Directive::Char:
        *static_cast<UCHAR*>(to) = static_cast<UCHAR>(value);
        return;
      case Directive::Short:
        *static_cast<USHORT*>(to) = static_cast<USHORT>(value);
        return;
      case Directive::Int:
        *static_cast<ULONG*>(to) = static_cast<ULONG>(value);
        return;
      case Directive::Wide64:
        *static_cast<ULONGLONG*>(to) = value;
        return;
    }
  }

  bool integer(const Directive& d, unsigned base) {
    skip_blanks();
    if (at_end()) return false;
    int left = d.width == 0 ? 0x7FFFFFFF : d.width;
    int c = take_of(left);
    const bool negative = c == '-';
    if (c == '-' || c == '+') c = take_of(left);
    bool any = false;
    if (c == '0' && (base == 0 || base == 16)) {
      any = true;
      c = take_of(left);
      if (c == 'x' || c == 'X') {
        any = false;
        base = 16;
        c = take_of(left);
      } else if (base == 0) {
        base = 8;
      }
    }
    if (base == 0) base = 10;
    ULONGLONG value = 0;
    for (; static_cast<unsigned>(digit_of(c)) < base; c = take_of(left)) {
      any = true;
      value = value * base + static_cast<ULONGLONG>(digit_of(c));
    }
    give_back(c);
    if (!any) return false;
    if (d.suppress) return true;
    store(d, negative ? 0 - value : value);
    ++done_;
    return true;
  }

  bool real(const Directive& d) {
    constexpr int longest = 1000;
    char text[longest + 1];
    int length = 0, left = d.width == 0 || d.width > longest ? longest : d.width;
    const auto add = [&](int c) { text[length++] = static_cast<char>(c); };
    skip_blanks();
    if (at_end()) return false;
    int c = take_of(left);
    if (c == '-' || c == '+') {
      add(c);
      c = take_of(left);
    }
    bool any = false;
    for (bool point = false; (c >= '0' && c <= '9') || (c == '.' && !point); c = take_of(left)) {
      any = any || c != '.';
      point = point || c == '.';
      add(c);
    }
    if (any && (c == 'e' || c == 'E')) {
      add(c);
      c = take_of(left);
      if (c == '-' || c == '+') {
        add(c);
        c = take_of(left);
      }
      any = c >= '0' && c <= '9';
      for (; c >= '0' && c <= '9'; c = take_of(left)) add(c);
    }
    give_back(c);
    if (!any) return false;
    text[length] = '\0';
    if (d.suppress) return true;
    const double value = strtod(text, nullptr);
    if (d.real_double) {
      *va_arg(arguments_, double*) = value;
    } else {
      *va_arg(arguments_, float*) = static_cast<float>(value);
    }
    ++done_;
    return true;
  }

  template <class T>
  bool characters(const Directive& d, T* to) {
    const int count = d.width == 0 ? 1 : d.width;
    for (int i = 0; i < count; ++i) {
      const int c = take();
      if (c == end_of_text) {
        ended_ = true;
        return false;
      }
      if (to != nullptr) *to++ = static_cast<T>(c);
    }
    if (to != nullptr) ++done_;
    return true;
  }

  template <class T>
  bool word(const Directive& d, T* to) {
    skip_blanks();
    if (at_end()) return false;
    int left = d.width == 0 ? 0x7FFFFFFF : d.width, c;
    while ((c = take_of(left)) != end_of_text && !is_blank(c)) {
      if (to != nullptr) *to++ = static_cast<T>(c);
    }
    give_back(c);
    if (to == nullptr) return true;
    *to = 0;
    ++done_;
    return true;
  }

  struct Set {
    UCHAR bits[sizeof(Char) == 1 ? 256 / 8 : 2048 / 8] = {};  // all of Latin, Greek, Cyrillic
    bool inverted = false;
    void add(unsigned c) {
      if (c / 8 < sizeof bits) bits[c / 8] |= static_cast<UCHAR>(1u << c % 8);
    }
    bool has(unsigned c) const {
      const bool listed = c / 8 < sizeof bits && (bits[c / 8] >> c % 8 & 1) != 0;
      return listed != inverted;
    }
  };

  static void read_set(const Char*& at, Set& set) {
    using Unit = std::make_unsigned_t<Char>;
    ++at;
    if (*at == '^') {
      set.inverted = true;
      ++at;
    }
    if (*at == ']') {
      set.add(']');
      ++at;
    }
    for (; *at != 0 && *at != ']'; ++at) {
      const unsigned first = static_cast<Unit>(*at);
      unsigned last = first;
      if (at[1] == '-' && at[2] != 0 && at[2] != ']') {
        at += 2;
        last = static_cast<Unit>(*at);
      }
      for (unsigned c = first < last ? first : last; c <= (first < last ? last : first); ++c)
        set.add(c);
    }
    if (*at == 0) --at;
  }

  template <class T>
  bool of_set(const Directive& d, const Set& set, T* to) {
    if (at_end()) return false;
    int left = d.width == 0 ? 0x7FFFFFFF : d.width, count = 0, c;
    while ((c = take_of(left)) != end_of_text && set.has(static_cast<unsigned>(c))) {
      if (to != nullptr) *to++ = static_cast<T>(c);
      ++count;
    }
    give_back(c);
    if (count == 0) return false;
    if (to == nullptr) return true;
    *to = 0;
    ++done_;
    return true;
  }

  const c::Source& source_;
  std::va_list arguments_;
  int done_ = 0, taken_ = 0;
  bool ended_ = false;
};

}  // namespace

int c::scan(const Source& source, const char* format, std::va_list arguments) {
  return Scanner<char>(source, arguments).run(format);
}
int c::scan(const Source& source, const WCHAR* format, std::va_list arguments) {
  return Scanner<WCHAR>(source, arguments).run(format);
}
