// Numbers to and from text, the strings that Microsoft adds to C's, sorting and searching.
#define __USE_MINGW_ANSI_STDIO 0
#include <errno.h>
#include <malloc.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int sign(int value) { return (value > 0) - (value < 0); }
static int by_value(const void* a, const void* b) { return *(const int*)a - *(const int*)b; }

static void integers(void) {
  char t[72];
  static const int bases[] = {2, 8, 10, 16, 36};
  static const long values[] = {0, 1, -1, 255, -255, 2147483647, -2147483647 - 1};
  for (int i = 0; i < 7; ++i) {
    for (int j = 0; j < 5; ++j) {
      printf("%s", _itoa(values[i], t, bases[j]));
      printf(" %s", _ltoa(values[i], t, bases[j]));
      printf(" %s", _ultoa((unsigned long)values[i], t, bases[j]));
      printf(" %s", _i64toa(values[i] * 1000000007ll, t, bases[j]));
      printf(" %s\n", _ui64toa(values[i] * 1000000007ull, t, bases[j]));
    }
  }
  printf("%I64d %I64d %d\n", _atoi64(" -123456789012345x"), _atoi64("99"), atoi("  +12 "));
  static const char* texts[] = {"0x",
                                "0xg",
                                "-0x",
                                "-4294967296",
                                "-4294967295",
                                "4294967296",
                                "-99999999999999999999",
                                "99999999999999999999",
                                "z9",
                                "- 1",
                                "+"};
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; ++i) {
    static const int ways[] = {0, 10, 16, 36};
    for (int j = 0; j < 4; ++j) {
      char* end;
      errno = 0;
      const long l = strtol(texts[i], &end, ways[j]);
      printf("%s/%d: %ld +%d %d", texts[i], ways[j], l, (int)(end - texts[i]), errno);
      errno = 0;
      const unsigned long u = strtoul(texts[i], &end, ways[j]);
      printf(" %lu +%d %d", u, (int)(end - texts[i]), errno);
      errno = 0;
      const long long q = _strtoi64(texts[i], &end, ways[j]);
      printf(" %I64d +%d %d\n", q, (int)(end - texts[i]), errno);
    }
  }
}

static void reals(void) {
  static const double values[] = {0,          1,    -1,     0.5,  123.456, 9.999,
                                  0.00123456, 1e20, 1.5e-7, -2.5, 1e6,     123456789.0};
  for (unsigned i = 0; i < sizeof values / sizeof *values; ++i) {
    for (int digits = 1; digits < 12; digits += 5) {
      int point, negative;
      char t[64];
      const char* text = _ecvt(values[i], digits, &point, &negative);
      printf("%s %d %d;", text, point, negative);
      text = _fcvt(values[i], digits, &point, &negative);
      printf(" %s %d %d; %s\n", text, point, negative, _gcvt(values[i], digits, t));
    }
  }
}

static void strings(void) {
  char t[64];
  puts(_strupr(strcpy(t, "Mixed Case 1")));
  puts(_strlwr(t));
  puts(_strrev(t));
  puts(_strset(strcpy(t, "abc"), '#'));
  _strnset(strcpy(t, "abcdef"), '=', 4);
  puts(t);
  puts(_strdup("copied"));
  printf("%d %d %d\n", sign(_stricmp("ABC", "abd")), sign(_strnicmp("ABx", "aby", 2)),
         sign(_memicmp("ABC", "abc", 3)));
  char* end = _memccpy(t, "up to: here", ':', 11);
  *end = 0;
  puts(t);
  printf("%d\n", _memccpy(t, "none", ':', 4) == NULL);
  _swab("badcfe", t, 6);
  t[6] = 0;
  puts(t);
  printf("%s", _strerror("mine") != NULL ? "strerror\n" : "");
  printf("%x %x %lx %lx\n", _rotl(0x80000001u, 4), _rotr(0x80000001u, 4), _lrotl(1, 31),
         _lrotr(1, 1));
  const ldiv_t d = ldiv(-17, 5);
  const div_t e = div(17, -5);
  printf("%ld %ld %d %d %ld %d\n", d.quot, d.rem, e.quot, e.rem, labs(-5), abs(-6));
}

static void searching(void) {
  int list[10] = {5, 3, 9, 1, 7};
  unsigned count = 5;
  int key = 9;
  int* found = _lfind(&key, list, &count, sizeof *list, by_value);
  printf("%d", (int)(found - list));
  key = 4;
  printf(" %d", _lfind(&key, list, &count, sizeof *list, by_value) == NULL);
  found = _lsearch(&key, list, &count, sizeof *list, by_value);
  printf(" %d %u\n", (int)(found - list), count);
  qsort(list, count, sizeof *list, by_value);
  for (unsigned i = 0; i < count; ++i) printf("%d ", list[i]);
  for (key = 0; key < 10; ++key) {
    found = bsearch(&key, list, count, sizeof *list, by_value);
    printf("%d", found == NULL ? -1 : (int)(found - list));
  }
  printf("\n");
  srand(1);
  printf("%d %d %d\n", rand(), rand(), rand());
}

static void memory(void) {
  for (size_t alignment = 1; alignment <= 4096; alignment *= 8) {
    char* block = _aligned_malloc(100, alignment);
    printf("%d", (int)((size_t)block % alignment));
    strcpy(block, "kept");
    block = _aligned_realloc(block, 5000, alignment);
    printf(" %d %s", (int)((size_t)block % alignment), block);
    _aligned_free(block);
    block = _aligned_offset_malloc(100, alignment, 7);
    printf(" %d\n", (int)(((size_t)block + 7) % alignment));
    _aligned_free(block);
  }
  errno = 0;
  printf("%d %d\n", _aligned_malloc(10, 3) == NULL, errno);
  char* block = malloc(10);
  printf("%d %d\n", (int)_msize(block), _expand(block, 5) == block);
  printf("%d %d\n", (int)_msize(block), _heapchk());
  free(block);
}

int main(void) {
  integers();
  reals();
  strings();
  searching();
  memory();
  return 0;
}
