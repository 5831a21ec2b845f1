// scanf's family as msvcrt has it, beside Wine's.
#define __USE_MINGW_ANSI_STDIO 0
#define _CRT_NON_CONFORMING_SWPRINTFS
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

typedef int (*Sscanf)(const char*, const char*, ...);
typedef int (*Swscanf)(const wchar_t*, const wchar_t*, ...);
typedef int (*Fscanf)(FILE*, const char*, ...);
static Sscanf scan;
static Swscanf wide_scan;
static Fscanf file_scan;
static int line;

static void integers(const char* text, const char* format) {
  int a = -99, b = -99, n = -99;
  const int count = scan(text, format, &a, &b, &n);
  printf("%d <%s> <%s>: %d, %d %d %d\n", ++line, text, format, count, a, b, n);
}

static void reals(const char* text, const char* format) {
  double a = -99, b = -99;
  const int count = scan(text, format, &a, &b);
  printf("%d <%s> <%s>: %d, %.10g %.10g\n", ++line, text, format, count, a, b);
}

static void words(const char* text, const char* format) {
  char a[64], b[64];
  strcpy(a, "~");
  strcpy(b, "~");
  const int count = scan(text, format, a, b);
  printf("%d <%s> <%s>: %d", ++line, text, format, count);
  if (count > 0) printf(", <%s>", a);
  if (count > 1) printf(" <%s>", b);
  printf("\n");
}

static void sizes(void) {
  unsigned char c[4] = {9, 9, 9, 9};
  short s[2] = {9, 9};
  long long l = 9;
  float f = 9;
  int n = 9;
  printf("short %d", scan("-70000", "%hd", s));
  printf(" %d %d\n", s[0], s[1]);
  printf("64 %d", scan("-1234567890123456789", "%I64d", &l));
  printf(" %I64d\n", l);
  printf("ll %d", scan("1234567890123456789", "%lld", &l));
  printf(" %I64d\n", l);
  printf("I32 %d", scan("77", "%I32d", &n));
  printf(" %d\n", n);
  printf("float %d", scan("1.5e3", "%f", &f));
  printf(" %g\n", f);
  printf("c %d", scan("xyz", "%2c", c));
  printf(" %c%c %d\n", c[0], c[1], c[2]);
  printf("p %d", scan("0012FF7C", "%p", &n));
  printf(" %x\n", n);
}

static void wide(void) {
  wchar_t w[32] = L"~";
  char b[32] = "~";
  int n = 9;
  double d = 9;
  printf("wide %d", wide_scan(L"12 word", L"%d %s", &n, w));
  printf(" %d <%ls>\n", n, w);
  printf("wide %d", wide_scan(L"3.25 x", L"%lf %S", &d, b));
  printf(" %g <%s>\n", d, b);
  printf("wide %d", wide_scan(L"abc123", L"%[a-z]%d", w, &n));
  printf(" <%ls> %d\n", w, n);
  printf("wide %d", wide_scan(L"ab", L"%hs", b));
  printf(" <%s>\n", b);
  printf("narrow %d", scan("wide", "%ls", w));
  printf(" <%ls>\n", w);
  printf("narrow %d", scan("wider", "%S", w));
  printf(" <%ls>\n", w);
}

static void files(void) {
  FILE* file = fopen("scan.tmp", "w");
  int a, n;
  char w[32];
  fputs("10 20 thirty\n40,50\n\n  60", file);
  fclose(file);
  file = fopen("scan.tmp", "r");
  a = n = 0;
  while ((n = file_scan(file, "%d", &a)) == 1) printf("file %d\n", a);
  printf("stopped %d", n);
  printf(" %d", file_scan(file, "%s", w));
  printf(" <%s>\n", w);
  n = file_scan(file, "%d,%d", &a, &line);
  printf("pair %d %d %d\n", n, a, line);
  n = file_scan(file, "%d", &a);
  printf("last %d %d eof %d", n, a, feof(file) != 0);
  n = file_scan(file, "%d", &a);
  printf(" then %d eof %d\n", n, feof(file) != 0);
  fclose(file);
  remove("scan.tmp");
}

int main(void) {
  const HMODULE library = GetModuleHandleA("msvcrt.dll");
  scan = (Sscanf)(void*)GetProcAddress(library, "sscanf");
  wide_scan = (Swscanf)(void*)GetProcAddress(library, "swscanf");
  file_scan = (Fscanf)(void*)GetProcAddress(library, "fscanf");
  static const char* numbers[] = {"12 34",    "-12+34", "0x1F 0x", "017 08",        "",
                                  "x",        "-",      "+5 -",    "99999999999 1", "12abc",
                                  "  7\n\t8", "1,2",    "0 0",     "-0x10 5"};
  static const char* formats[] = {"%d%d%n", "%i %i", "%u,%u", "%x %x",   "%o%o",
                                  "%2d%2d", "%*d%d", "a%d",   "%d %%%d", "%3i%n"};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; ++i)
    for (unsigned j = 0; j < sizeof formats / sizeof *formats; ++j)
      integers(numbers[i], formats[j]);
  integers("50%7", "%d%%%d");
  integers("50 %7", "%d%%%d");
  integers("abc", "ab%n%d");
  integers("12 13", "%d%*c%d");
  static const char* fractions[] = {
      "1.5 2", "-.5e1x",  "1e5 1e", "5.",      "+3.25E-2 7",
      "1.2.3", "0x1p3 1", "inf",    "1e400 1", "12345678901234567890 1"};
  for (unsigned i = 0; i < sizeof fractions / sizeof *fractions; ++i) {
    reals(fractions[i], "%lf%lf");
    reals(fractions[i], "%lf%*c%lg");
    reals(fractions[i], "%le,%lE");
  }
  static const char* texts[] = {"one two",   "  lead", "",      " ",        "a,b",
                                "abc123def", "]x",     "x-y-z", "tab\tend", "key=value rest"};
  static const char* ways[] = {"%s%s",         "%3s%s",        "%[a-z]%s", "%[^,],%s", "%[]]%s",
                               "%[^=]=%[^\n]", "%5[a-z0-9]%s", "%*s%s",    "%[a-]%s",  "%[x-z-]%s"};
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; ++i)
    for (unsigned j = 0; j < sizeof ways / sizeof *ways; ++j) words(texts[i], ways[j]);
  sizes();
  wide();
  files();
  return 0;
}
