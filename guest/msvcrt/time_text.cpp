// Times and dates as text: strftime and its kin.
#include "guest/msvcrt/calendar.hpp"

namespace {

/// Where the text goes.
template <class Char>
struct Out {
  Char* to;
  size_t room, used = 0;

  void add(Char c) {
    if (used < room) to[used] = c;
    ++used;
  }
  void add(const char* text) {
    while (*text != '\0') add(static_cast<Char>(*text++));
  }
  void add(const char* text, int count) {
    for (int i = 0; i < count; ++i) add(static_cast<Char>(text[i]));
  }
  void number(int value, int digits) {
    char text[8];
    for (int i = digits; i-- != 0; value /= 10) text[i] = static_cast<char>('0' + value % 10);
    add(text, digits);
  }
};

int digits_of(int value) { return value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4; }
bool within(int value, int first, int last) { return value >= first && value <= last; }

bool valid(const tm& t) {
  return within(t.tm_mon, 0, 11) && within(t.tm_wday, 0, 6) && within(t.tm_hour, 0, 23) &&
         within(t.tm_min, 0, 59) && within(t.tm_sec, 0, 60) && within(t.tm_mday, 1, 31) &&
         within(t.tm_yday, 0, 365) && within(t.tm_year, -1900, 8099);
}

/// `shorter` is what # makes of it: no zeros in front, long dates. False: there is no such thing.
template <class Char>
bool one(Out<Char>& out, Char what, const tm& t, bool shorter) {
  const auto number = [&](int value, int digits) {
    out.number(value, shorter ? digits_of(value) : digits);
  };
  switch (what) {
    case 'a':
      out.add(c::days[t.tm_wday], 3);
      break;
    case 'A':
      out.add(c::days[t.tm_wday]);
      break;
    case 'b':
      out.add(c::months[t.tm_mon], 3);
      break;
    case 'B':
      out.add(c::months[t.tm_mon]);
      break;
    case 'd':
      number(t.tm_mday, 2);
      break;
    case 'H':
      number(t.tm_hour, 2);
      break;
    case 'I':
      number((t.tm_hour + 11) % 12 + 1, 2);
      break;
    case 'j':
      number(t.tm_yday + 1, 3);
      break;
    case 'm':
      number(t.tm_mon + 1, 2);
      break;
    case 'M':
      number(t.tm_min, 2);
      break;
    case 'p':
      out.add(t.tm_hour < 12 ? "AM" : "PM");
      break;
    case 'S':
      number(t.tm_sec, 2);
      break;
    case 'U':
      number((t.tm_yday + 7 - t.tm_wday) / 7, 2);
      break;
    case 'w':
      number(t.tm_wday, 1);
      break;
    case 'W':
      number((t.tm_yday + 7 - (t.tm_wday + 6) % 7) / 7, 2);
      break;
    case 'y':
      number((t.tm_year + 1900) % 100, 2);
      break;
    case 'Y':
      number(t.tm_year + 1900, 4);
      break;
    case 'z':
    case 'Z':
      out.add("UTC");
      break;
    case '%':
      out.add('%');
      break;
    case 'x':
      if (shorter) {
        one<Char>(out, 'A', t, false);
        out.add(", ");
        one<Char>(out, 'B', t, false);
        out.add(' ');
        one<Char>(out, 'd', t, false);
        out.add(", ");
        return one<Char>(out, 'Y', t, false);
      }
      one<Char>(out, 'm', t, false);
      out.add('/');
      one<Char>(out, 'd', t, false);
      out.add('/');
      return one<Char>(out, 'y', t, false);
    case 'X':
      one<Char>(out, 'H', t, false);
      out.add(':');
      one<Char>(out, 'M', t, false);
      out.add(':');
      return one<Char>(out, 'S', t, false);
    case 'c':
      one<Char>(out, 'x', t, shorter);
      out.add(' ');
      return one<Char>(out, 'X', t, false);
    default:
      return false;
  }
  return true;
}

template <class Char>
size_t format_time(Char* to, size_t room, const Char* format, const tm* t) {
  if (to == nullptr || format == nullptr || room == 0) return c::fail(EINVAL), 0;
  Out<Char> out = {to, room};
  to[0] = 0;
  for (; *format != 0; ++format) {
    if (*format != '%') {
      out.add(*format);
      continue;
    }
    ++format;
    const bool shorter = *format == '#';
    if (shorter) ++format;
    if (t == nullptr || !valid(*t) || !one(out, *format, *t, shorter)) {
      to[0] = 0;
      return c::fail(EINVAL), 0;
    }
  }
  out.add(Char{0});
  if (out.used <= room) return out.used - 1;
  to[0] = 0;
  return c::fail(ERANGE), 0;
}

/// "Thu Jan 01 00:00:00 1970\n"
template <class Char>
Char* as_line(Char* to, const tm* t) {
  if (t == nullptr || !valid(*t)) return c::no_pointer(EINVAL);
  Out<Char> out = {to, 26};
  one<Char>(out, 'a', *t, false);
  out.add(' ');
  one<Char>(out, 'b', *t, false);
  out.add(' ');
  one<Char>(out, 'd', *t, false);
  out.add(' ');
  one<Char>(out, 'X', *t, false);
  out.add(' ');
  one<Char>(out, 'Y', *t, false);
  out.add("\n");
  out.add(Char{0});
  return to;
}

tm now() { return c::split_time(c::seconds_of(c::now())); }

}  // namespace

extern "C" {

tm* gmtime(const time_t* value);
tm* _gmtime64(const LONGLONG* value);

size_t strftime(char* to, size_t room, const char* format, const tm* t) {
  return format_time(to, room, format, t);
}
size_t wcsftime(WCHAR* to, size_t room, const WCHAR* format, const tm* t) {
  return format_time(to, room, format, t);
}

char* asctime(const tm* t) { return as_line(c::thread_data().time_text, t); }
WCHAR* _wasctime(const tm* t) { return as_line(c::thread_data().wide_time_text, t); }
char* ctime(const time_t* value) {
  const tm* t = gmtime(value);
  return t == nullptr ? nullptr : asctime(t);
}
char* _ctime64(const LONGLONG* value) {
  const tm* t = _gmtime64(value);
  return t == nullptr ? nullptr : asctime(t);
}
WCHAR* _wctime(const time_t* value) {
  const tm* t = gmtime(value);
  return t == nullptr ? nullptr : _wasctime(t);
}
WCHAR* _wctime64(const LONGLONG* value) {
  const tm* t = _gmtime64(value);
  return t == nullptr ? nullptr : _wasctime(t);
}

/// "12/31/99", "23:59:59".
char* _strdate(char* to) {
  const tm t = now();
  strftime(to, 9, "%m/%d/%y", &t);
  return to;
}
char* _strtime(char* to) {
  const tm t = now();
  strftime(to, 9, "%H:%M:%S", &t);
  return to;
}
WCHAR* _wstrdate(WCHAR* to) {
  char text[9];
  c::widen(to, _strdate(text));
  return to;
}
WCHAR* _wstrtime(WCHAR* to) {
  char text[9];
  c::widen(to, _strtime(text));
  return to;
}

}  // extern "C"
