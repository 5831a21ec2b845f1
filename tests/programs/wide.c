// Wide strings, characters, numbers and printf of msvcrt, beside Wine's.
#define __USE_MINGW_ANSI_STDIO 0
#define _CRT_NON_CONFORMING_SWPRINTFS
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>
#include <windows.h>

typedef int (*Print)(wchar_t*, const wchar_t*, ...);
typedef int (*PrintRoom)(wchar_t*, size_t, const wchar_t*, ...);

static void* function(const char* name) {
  return (void*)GetProcAddress(GetModuleHandleA("msvcrt.dll"), name);
}

static void show(const char* what, const wchar_t* text) {
  printf("%s <", what);
  for (; text != NULL && *text != 0; ++text) {
    if (*text < 0x7F) {
      printf("%c", *text);
    } else {
      printf("\\%x", *text);
    }
  }
  printf(">\n");
}

static int sign(int value) { return (value > 0) - (value < 0); }

static void strings(void) {
  wchar_t a[64] = L"one two three two", b[64];
  show("cpy", wcscpy(b, a));
  show("cat", wcscat(b, L" four"));
  show("ncpy", wcsncpy(b, L"short", 9));
  show("ncat", wcsncat(b, L"er and longer", 6));
  show("chr", wcschr(a, L't'));
  show("rchr", wcsrchr(a, L't'));
  show("str", wcsstr(a, L"thr"));
  show("pbrk", wcspbrk(a, L"wx"));
  show("dup", _wcsdup(a));
  show("upr", _wcsupr(wcscpy(b, L"mixed Case 1")));
  show("lwr", _wcslwr(b));
  show("rev", _wcsrev(b));
  show("set", _wcsset(b, L'#'));
  show("nset", _wcsnset(wcscpy(b, a), L'=', 5));
  printf("%d %d %d %d\n", (int)wcslen(a), (int)wcsspn(a, L"eno "), (int)wcscspn(a, L"w"),
         wcschr(a, L'z') == NULL);
  printf("%d %d %d\n", sign(wcscmp(L"a", L"b")), sign(wcsncmp(L"abX", L"abc", 2)),
         sign(wcscmp(L"\xFF01", L"z")));
  printf("%d %d %d\n", sign(_wcsicmp(L"ABC", L"abd")), sign(_wcsnicmp(L"ABx", L"aby", 2)),
         sign(wcscoll(L"a", L"b")));
  for (wchar_t* t = wcstok(a, L" "); t != NULL; t = wcstok(NULL, L" ")) show("tok", t);
}

static void classes(void) {
  static const wint_t some[] = {0,    9,    10,   31,   32,   33,    48,    57,    58,   65,
                                70,   71,   90,   91,   97,   102,   103,   122,   126,  127,
                                0xA0, 0xC4, 0xD7, 0xE4, 0xF7, 0x391, 0x3B1, 0x416, 0x436};
  for (unsigned i = 0; i < sizeof some / sizeof *some; ++i) {
    const wint_t c = some[i];
    printf("%x:%d%d%d%d%d%d %x %x\n", c, !!iswalpha(c), !!iswupper(c), !!iswlower(c), !!iswalnum(c),
           !!iswspace(c), !!iswctype(c, wctype("alpha")), towlower(c), towupper(c));
    if (c < 0x80)
      printf("  %d%d%d%d%d%d\n", !!iswdigit(c), !!iswxdigit(c), !!iswpunct(c), !!iswprint(c),
             !!iswgraph(c), !!iswcntrl(c));
  }
}

static void numbers(void) {
  static const wchar_t* some[] = {L"12", L" -7x", L"0x1F", L"077",        L"99999999999", L"z",
                                  L"",   L"-0",   L"1e3",  L"2147483648", L"-2147483649"};
  wchar_t* end;
  wchar_t text[72];
  for (unsigned i = 0; i < sizeof some / sizeof *some; ++i) {
    errno = 0;
    const long l = wcstol(some[i], &end, 0);
    printf("%ld +%d %d;", l, (int)(end - some[i]), errno);
    errno = 0;
    const unsigned long u = wcstoul(some[i], &end, 16);
    printf(" %lu +%d %d;", u, (int)(end - some[i]), errno);
    printf(" %I64d", _wtoi64(some[i]));
    double (*to_double)(const wchar_t*, wchar_t**) =
        (double (*)(const wchar_t*, wchar_t**))function("wcstod");
    printf(" %g +%d\n", to_double(some[i], &end), (int)(end - some[i]));
  }
  show("itow", _itow(-255, text, 16));
  show("ltow", _ltow(-255, text, 10));
  show("ultow", _ultow(4000000000u, text, 2));
  show("i64tow", _i64tow(-1234567890123ll, text, 10));
  show("ui64tow", _ui64tow(1234567890123ull, text, 36));
}

static void printing(void) {
  const Print print = (Print)function("swprintf");
  const PrintRoom in_room = (PrintRoom)function("_snwprintf");
  wchar_t t[200];
  int n;
  n = print(t, L"%d|%5d|%-5d|%05d|%x|%#X", 1, 2, 3, 4, 255, 255);
  printf("%d ", n), show("swprintf", t);
  n = print(t, L"%s|%S|%hs|%ls|%10s|%-6s|%.2s", L"wide", "narrow", "n", L"w", L"right", L"left",
            L"cut");
  printf("%d ", n), show("swprintf", t);
  n = print(t, L"%c%C%hc%lc|%5c|", L'a', 'b', 'c', L'd', L'e');
  printf("%d ", n), show("swprintf", t);
  n = print(t, L"%f|%10.3e|%g|%I64d|%p", 1.5, 12345.678, 0.0001, 123456789012ll, (void*)0x1234);
  printf("%d ", n), show("swprintf", t);
  n = print(t, L"\x20ac%s\x20ac", L"\x3b1");
  printf("%d ", n), show("swprintf", t);
  for (int room = 3; room < 7; ++room) {
    wmemset(t, L'~', 10);
    t[10] = 0;
    n = in_room(t, room, L"%s", L"abcde");
    printf("%d ", n), show("_snwprintf", t);
  }
  fflush(stdout);
}

static void bytes(void) {
  wchar_t w[32];
  char b[32];
  wchar_t c = 0;
  printf("%d", (int)mbstowcs(w, "text", 32));
  show("", w);
  printf("%d %d\n", (int)mbstowcs(NULL, "count", 0), (int)mbstowcs(w, "cut", 2));
  printf("%d", (int)wcstombs(b, L"text", 32));
  printf(" <%s> %d", b, (int)wcstombs(NULL, L"count", 0));
  printf(" %d", (int)wcstombs(b, L"a\x20ac", 32));
  printf(" %d\n", errno);
  printf("%d %x", mbtowc(&c, "x", 1), c);
  printf(" %d %d %d", mbtowc(&c, "", 1), mblen("y", 1), mblen("", 1));
  printf(" %d %c\n", wctomb(b, L'q'), b[0]);
  printf("%d %d\n", wctomb(b, 0x20AC), errno);
}

static void streams(void) {
  wchar_t line[64];
  FILE* file = fopen("wide.tmp", "w");
  fputws(L"first\n", file);
  fputwc(L'x', file);
  fwprintf(file, L"%d %ls\n", 42, L"text");
  fclose(file);
  file = fopen("wide.tmp", "r");
  show("fgetws", fgetws(line, 64, file));
  const wint_t c = fgetwc(file);
  printf("%x %x\n", c, ungetwc(L'y', file));
  show("fgetws", fgetws(line, 64, file));
  printf("%x %d\n", fgetwc(file), feof(file) != 0);
  fclose(file);
  file = fopen("wide.tmp", "wb");
  fputws(L"a\x20ac\n", file);
  fclose(file);
  file = fopen("wide.tmp", "rb");
  for (int byte; (byte = fgetc(file)) != EOF;) printf("%02x ", byte);
  rewind(file);
  show("fgetws", fgetws(line, 64, file));
  fclose(file);
  remove("wide.tmp");
}

int main(void) {
  strings();
  classes();
  numbers();
  printing();
  bytes();
  streams();
  return 0;
}
