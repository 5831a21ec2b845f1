// Times and dates; the time zone is that of Greenwich.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

constexpr LONGLONG ticks_a_second = 10'000'000, seconds_1601_to_1970 = 11'644'473'600;
constexpr const char* days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                "Thursday", "Friday", "Saturday"};
constexpr const char* months[] = {"January",   "February", "March",    "April",
                                  "May",       "June",     "July",     "August",
                                  "September", "October",  "November", "December"};
constexpr int days_before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }
int month_start(int month, int year) {
  return days_before[month] + (month > 1 && leap(year) ? 1 : 0);
}
/// Days from 1970-01-01 to the year's first.
int days_to_year(int year) {
  const int before = year - 1;
  return (year - 1970) * 365 + (before / 4 - 492) - (before / 100 - 19) + (before / 400 - 4);
}

tm split(LONGLONG seconds) {
  tm result = {};
  int day = static_cast<int>(seconds / 86400), left = static_cast<int>(seconds % 86400);
  if (left < 0) {
    left += 86400;
    --day;
  }
  result.tm_sec = left % 60;
  result.tm_min = left / 60 % 60;
  result.tm_hour = left / 3600;
  result.tm_wday = (day % 7 + 11) % 7;
  int year = 1970 + day / 366;
  while (days_to_year(year + 1) <= day) ++year;
  result.tm_year = year - 1900;
  result.tm_yday = day - days_to_year(year);
  while (month_start(result.tm_mon + 1, year) <= result.tm_yday) ++result.tm_mon;
  result.tm_mday = result.tm_yday - month_start(result.tm_mon, year) + 1;
  return result;
}

/// Where strftime writes.
struct Out {
  char* to;
  size_t room, used;
  void add(char c) {
    if (used < room) to[used] = c;
    ++used;
  }
  void add(const char* text) {
    while (*text != '\0') add(*text++);
  }
  void add(const char* text, size_t count) {
    for (size_t i = 0; i < count; ++i) add(text[i]);
  }
  void number(int value, int digits) {
    char text[8];
    for (int i = digits; i-- != 0; value /= 10) {
      text[i] = static_cast<char>('0' + value % 10);
    }
    add(text, static_cast<size_t>(digits));
  }
};

void one(Out& out, char what, const tm& t) {
  switch (what) {
    case 'a':
      return out.add(days[t.tm_wday], 3);
    case 'A':
      return out.add(days[t.tm_wday]);
    case 'b':
      return out.add(months[t.tm_mon], 3);
    case 'B':
      return out.add(months[t.tm_mon]);
    case 'd':
      return out.number(t.tm_mday, 2);
    case 'H':
      return out.number(t.tm_hour, 2);
    case 'I':
      return out.number((t.tm_hour + 11) % 12 + 1, 2);
    case 'j':
      return out.number(t.tm_yday + 1, 3);
    case 'm':
      return out.number(t.tm_mon + 1, 2);
    case 'M':
      return out.number(t.tm_min, 2);
    case 'p':
      return out.add(t.tm_hour < 12 ? "AM" : "PM");
    case 'S':
      return out.number(t.tm_sec, 2);
    case 'U':
      return out.number((t.tm_yday + 7 - t.tm_wday) / 7, 2);
    case 'w':
      return out.number(t.tm_wday, 1);
    case 'W':
      return out.number((t.tm_yday + 7 - (t.tm_wday + 6) % 7) / 7, 2);
    case 'y':
      return out.number(t.tm_year % 100, 2);
    case 'Y':
      return out.number(t.tm_year + 1900, 4);
    case 'Z':
      return out.add("GMT");
    case '%':
      return out.add('%');
    case 'x':
      one(out, 'm', t);
      out.add('/');
      one(out, 'd', t);
      out.add('/');
      return one(out, 'y', t);
    case 'X':
      one(out, 'H', t);
      out.add(':');
      one(out, 'M', t);
      out.add(':');
      return one(out, 'S', t);
    case 'c':
      one(out, 'x', t);
      out.add(' ');
      return one(out, 'X', t);
    default:
      return;
  }
}

tm result_of_split;
char result_of_text[26];

}  // namespace

extern "C" {

time_t time(time_t* result) {
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  const LONGLONG ticks = static_cast<LONGLONG>(now.dwHighDateTime) << 32 | now.dwLowDateTime;
  const auto value = static_cast<time_t>(ticks / ticks_a_second - seconds_1601_to_1970);
  if (result != nullptr) *result = value;
  return value;
}

clock_t clock() {
  static const DWORD start = GetTickCount();
  return static_cast<clock_t>(GetTickCount() - start);
}

tm* gmtime(const time_t* value) {
  if (*value < 0) return nullptr;
  result_of_split = split(*value);
  return &result_of_split;
}
tm* localtime(const time_t* value) { return gmtime(value); }
double difftime(time_t a, time_t b) { return static_cast<double>(a) - static_cast<double>(b); }

time_t mktime(tm* from) {
  int year = from->tm_year + 1900 + from->tm_mon / 12, month = from->tm_mon % 12;
  if (month < 0) {
    month += 12;
    --year;
  }
  const LONGLONG day = LONGLONG{days_to_year(year)} + month_start(month, year) + from->tm_mday - 1;
  const LONGLONG seconds = ((day * 24 + from->tm_hour) * 60 + from->tm_min) * 60 + from->tm_sec;
  if (seconds < 0 || seconds > 0x7FFFFFFF) return -1;
  *from = split(seconds);
  return static_cast<time_t>(seconds);
}

size_t strftime(char* to, size_t room, const char* format, const tm* t) {
  Out out = {to, room, 0};
  for (; *format != '\0'; ++format) {
    if (*format != '%') {
      out.add(*format);
      continue;
    }
    ++format;
    if (*format == '#') ++format;
    if (*format == '\0') break;
    one(out, *format, *t);
  }
  out.add('\0');
  return out.used <= room ? out.used - 1 : 0;
}

size_t wcsftime(WCHAR* to, size_t room, const WCHAR* format, const tm* t) {
  char narrow[256], text[512];
  size_t i = 0;
  for (; format[i] != 0 && i + 1 < sizeof narrow; ++i) narrow[i] = static_cast<char>(format[i]);
  narrow[i] = '\0';
  const size_t length = strftime(text, sizeof text, narrow, t);
  if (length + 1 > room) return 0;
  for (i = 0; i <= length; ++i) to[i] = static_cast<unsigned char>(text[i]);
  return length;
}

/// "Thu Jan 01 00:00:00 1970\n"
char* asctime(const tm* t) {
  Out out = {result_of_text, sizeof result_of_text, 0};
  one(out, 'a', *t);
  out.add(' ');
  one(out, 'b', *t);
  out.add(' ');
  out.number(t->tm_mday, 2);
  out.add(' ');
  one(out, 'X', *t);
  out.add(' ');
  one(out, 'Y', *t);
  out.add("\n");
  out.add('\0');
  return result_of_text;
}
char* ctime(const time_t* value) {
  const tm* t = gmtime(value);
  return t == nullptr ? nullptr : asctime(t);
}

}  // extern "C"
