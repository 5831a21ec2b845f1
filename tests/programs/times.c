// Times and dates of msvcrt, in the time of Greenwich, beside Wine's.
#define __USE_MINGW_ANSI_STDIO 0
#pragma GCC diagnostic ignored "-Wformat"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/timeb.h>
#include <time.h>
#include <wchar.h>

static void show(const char* what, const struct tm* t) {
  if (t == NULL) {
    printf("%s: none\n", what);
    return;
  }
  printf("%s: %d-%d-%d %d:%d:%d w%d y%d %d\n", what, t->tm_year, t->tm_mon, t->tm_mday, t->tm_hour,
         t->tm_min, t->tm_sec, t->tm_wday, t->tm_yday, t->tm_isdst);
}

static void formats(const struct tm* t) {
  static const char* letters = "aAbBcdHIjmMpSUwWxXyY%";
  char text[100], format[8];
  for (const char* at = letters; *at != 0; ++at) {
    sprintf(format, "%%%c", *at);
    size_t n = strftime(text, sizeof text, format, t);
    printf("%c %d <%s>", *at, (int)n, text);
    sprintf(format, "%%#%c", *at);
    n = strftime(text, sizeof text, format, t);
    printf(" # %d <%s>\n", (int)n, text);
  }
  wchar_t wide[64];
  printf("%d <%ls>\n", (int)wcsftime(wide, 64, L"%Y-%m-%d %H", t), wide);
  printf("%d %d %d\n", (int)strftime(text, 5, "%Y", t), (int)strftime(text, 4, "%Y", t),
         (int)strftime(text, 10, "x", t));
}

static void make(int year, int month, int day, int hour, int minute, int second) {
  struct tm t = {second, minute, hour, day, month, year, 9, 999, 0};
  errno = 0;
  const __time32_t seconds = _mktime32(&t);
  printf("%d", (int)seconds);
  show("", &t);
  struct tm u = {second, minute, hour, day, month, year, 9, 999, 0};
  const __time64_t more = _mktime64(&u);
  printf("%I64d", more);
  show("", &u);
}

int main(void) {
  static const __time64_t some[] = {
      0,          1,          86399,      86400,        951782400,    951868800,     1000000000,
      1234567890, 1709164800, 2147483647, 2147483648ll, 4102444799ll, 32503679999ll, 32535215999ll,
      -1};
  for (unsigned i = 0; i < sizeof some / sizeof *some; ++i) {
    const struct tm* t = _gmtime64(&some[i]);
    show("gmtime64", t);
    if (t != NULL) printf("%s", asctime(t));
    show("localtime64", _localtime64(&some[i]));
    if (some[i] <= 0x7FFFFFFF) {
      const __time32_t less = (__time32_t)some[i];
      show("gmtime", _gmtime32(&less));
      const char* text = _ctime32(&less);
      printf("%s", text == NULL ? "none\n" : text);
    }
  }
  const __time64_t when = 1234567890, early = 946857600 + 3661;
  struct tm t = *_gmtime64(&when);
  formats(&t);
  t = *_gmtime64(&early);
  formats(&t);
  make(109, 1, 13, 23, 31, 30);
  make(109, 13, 40, -30, 90, 3600);
  make(109, -1, 0, 0, 0, -1);
  make(138, 0, 19, 3, 14, 7);
  make(138, 0, 19, 3, 14, 8);
  make(200, 5, 5, 5, 5, 5);
  printf("%.0f %.0f\n", _difftime64(5, 3), difftime(3, 5));
  char date[9], hour[9];
  printf("%d %d\n", (int)strlen(_strdate(date)), (int)strlen(_strtime(hour)));
  struct __timeb64 now;
  _ftime64(&now);
  const __time64_t other = _time64(NULL);
  printf("%d %d %d\n", other - now.time < 2, now.millitm < 1000, now.timezone);
  return 0;
}
