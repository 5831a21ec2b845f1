// Times and dates; the time zone is that of Greenwich, without daylight saving.
#include "guest/msvcrt/calendar.hpp"

extern "C" {
DWORD WINAPI GetTickCount();
}

namespace {

constexpr LONGLONG last_of_32 = 0x7FFFFFFF;

/// The thread's own result; a time before 1970, or past what the function knows, is none.
tm* split_or_null(LONGLONG seconds, LONGLONG last) {
  if (seconds < 0 || seconds > last) return c::no_pointer(EINVAL);
  tm& own = c::thread_data().time;
  own = c::split_time(seconds);
  return &own;
}

LONGLONG make(tm* time, LONGLONG last) {
  const LONGLONG seconds = c::join_time(*time);
  if (seconds >= 0 && seconds <= c::last_second) *time = c::split_time(seconds);
  return seconds >= 0 && seconds <= last ? seconds : c::fail(EINVAL);
}

template <class Seconds>
struct TimeBlock {
  Seconds time;
  USHORT millitm;
  SHORT timezone, dstflag;
};

template <class Seconds>
void tell(TimeBlock<Seconds>* to) {
  const LONGLONG now = c::now();
  to->time = static_cast<Seconds>(c::seconds_of(now));
  to->millitm = static_cast<USHORT>(now / 10'000 % 1000);
  to->timezone = to->dstflag = 0;
}

char utc[] = "UTC", no_name[] = "   ";

}  // namespace

tm c::split_time(LONGLONG seconds) {
  tm result = {};
  const int day = static_cast<int>(seconds / 86400), left = static_cast<int>(seconds % 86400);
  result.tm_sec = left % 60;
  result.tm_min = left / 60 % 60;
  result.tm_hour = left / 3600;
  result.tm_wday = (day + 4) % 7;
  int year = 1970 + day / 366;
  while (days_to_year(year + 1) <= day) ++year;
  result.tm_year = year - 1900;
  result.tm_yday = day - static_cast<int>(days_to_year(year));
  while (month_start(result.tm_mon + 1, year) <= result.tm_yday) ++result.tm_mon;
  result.tm_mday = result.tm_yday - month_start(result.tm_mon, year) + 1;
  return result;
}

LONGLONG c::join_time(const tm& time) {
  int year = time.tm_year + 1900 + time.tm_mon / 12, month = time.tm_mon % 12;
  if (month < 0) {
    month += 12;
    --year;
  }
  const LONGLONG day = days_to_year(year) + month_start(month, year) + time.tm_mday - 1;
  return ((day * 24 + time.tm_hour) * 60 + time.tm_min) * 60 + time.tm_sec;
}

extern "C" {

LONG _timezone, _dstbias;
int _daylight;
char* _tzname[2] = {utc, no_name};
LONG* __p__timezone() { return &_timezone; }
LONG* __p__dstbias() { return &_dstbias; }
int* __p__daylight() { return &_daylight; }
char** __p__tzname() { return _tzname; }
void _tzset() {}

LONGLONG _time64(LONGLONG* result) {
  const LONGLONG value = c::seconds_of(c::now());
  if (result != nullptr) *result = value;
  return value;
}
time_t time(time_t* result) {
  const auto value = static_cast<time_t>(_time64(nullptr));
  if (result != nullptr) *result = value;
  return value;
}

clock_t clock() {
  static const DWORD start = GetTickCount();
  return static_cast<clock_t>(GetTickCount() - start);
}

tm* gmtime(const time_t* value) { return split_or_null(*value, last_of_32); }
tm* localtime(const time_t* value) { return gmtime(value); }
tm* _gmtime64(const LONGLONG* value) { return split_or_null(*value, c::last_second); }
tm* _localtime64(const LONGLONG* value) { return _gmtime64(value); }

double difftime(time_t a, time_t b) { return static_cast<double>(a) - static_cast<double>(b); }
double _difftime64(LONGLONG a, LONGLONG b) { return static_cast<double>(a - b); }

time_t mktime(tm* time) { return static_cast<time_t>(make(time, last_of_32)); }
time_t _mkgmtime(tm* time) { return mktime(time); }
LONGLONG _mktime64(tm* time) { return make(time, c::last_second); }
LONGLONG _mkgmtime64(tm* time) { return _mktime64(time); }

void _ftime(TimeBlock<LONG>* to) { tell(to); }
void _ftime64(TimeBlock<LONGLONG>* to) { tell(to); }

}  // extern "C"
