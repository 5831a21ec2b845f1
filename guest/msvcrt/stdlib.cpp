// Sorting, searching, integers from text, random numbers.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

using Compare = int(__cdecl*)(const void*, const void*);

void exchange(char* a, char* b, size_t size) {
  for (; size != 0; --size, ++a, ++b) {
    const char t = *a;
    *a = *b;
    *b = t;
  }
}

/// Heap sort: no recursion, and no input makes it slow.
void sift_down(char* base, size_t root, size_t count, size_t size, Compare compare) {
  for (size_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && compare(base + child * size, base + (child + 1) * size) < 0) ++child;
    if (compare(base + root * size, base + child * size) >= 0) return;
    exchange(base + root * size, base + child * size, size);
  }
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

struct Parsed {
  ULONGLONG value;
  bool negative, overflow;
};

Parsed parse(const char* text, char** end, int base, ULONGLONG most) {
  const char* at = text;
  while (isspace(static_cast<unsigned char>(*at))) ++at;
  Parsed result = {0, *at == '-', false};
  if (*at == '-' || *at == '+') ++at;
  const bool hex = at[0] == '0' && (at[1] == 'x' || at[1] == 'X') && digit_of(at[2]) < 16;
  if ((base == 0 || base == 16) && hex) {
    at += 2;
    base = 16;
  }
  if (base == 0) base = *at == '0' ? 8 : 10;
  const char* digits = at;
  const auto wide_base = static_cast<ULONGLONG>(base);
  for (; digit_of(*at) < base; ++at) {
    const auto digit = static_cast<ULONGLONG>(digit_of(*at));
    if (result.value > (most - digit) / wide_base) result.overflow = true;
    result.value = result.value * wide_base + digit;
  }
  if (end != nullptr) *end = const_cast<char*>(at == digits ? text : at);
  if (result.overflow) *_errno() = ERANGE;
  return result;
}

ULONG seed = 1;

}  // namespace

extern "C" {

void qsort(void* base, size_t count, size_t size, Compare compare) {
  auto* items = static_cast<char*>(base);
  for (size_t i = count / 2; i-- != 0;) sift_down(items, i, count, size, compare);
  for (size_t left = count; left > 1; --left) {
    exchange(items, items + (left - 1) * size, size);
    sift_down(items, 0, left - 1, size, compare);
  }
}

void* bsearch(const void* key, const void* base, size_t count, size_t size, Compare compare) {
  const auto* low = static_cast<const char*>(base);
  while (count != 0) {
    const char* middle = low + count / 2 * size;
    const int order = compare(key, middle);
    if (order == 0) return const_cast<char*>(middle);
    if (order > 0) {
      low = middle + size;
      --count;
    }
    count /= 2;
  }
  return nullptr;
}

LONG strtol(const char* text, char** end, int base) {
  const Parsed p = parse(text, end, base, 0xFFFFFFFFu);
  const ULONG limit = p.negative ? 0x80000000u : 0x7FFFFFFFu;
  if (p.overflow || p.value > limit) {
    *_errno() = ERANGE;
    return static_cast<LONG>(limit);
  }
  return static_cast<LONG>(p.negative ? 0 - static_cast<ULONG>(p.value)
                                      : static_cast<ULONG>(p.value));
}

ULONG strtoul(const char* text, char** end, int base) {
  const Parsed p = parse(text, end, base, 0xFFFFFFFFu);
  if (p.overflow) return 0xFFFFFFFFu;
  return p.negative ? 0 - static_cast<ULONG>(p.value) : static_cast<ULONG>(p.value);
}

ULONGLONG _strtoui64(const char* text, char** end, int base) {
  const Parsed p = parse(text, end, base, ~0ull);
  return p.overflow ? ~0ull : p.negative ? 0 - p.value : p.value;
}

LONGLONG _strtoi64(const char* text, char** end, int base) {
  const Parsed p = parse(text, end, base, ~0ull);
  const ULONGLONG limit = p.negative ? 1ull << 63 : ~0ull >> 1;
  if (p.overflow || p.value > limit) {
    *_errno() = ERANGE;
    return static_cast<LONGLONG>(limit);
  }
  return static_cast<LONGLONG>(p.negative ? 0 - p.value : p.value);
}

int atoi(const char* text) { return strtol(text, nullptr, 10); }
LONG atol(const char* text) { return strtol(text, nullptr, 10); }
int abs(int value) { return value < 0 ? -value : value; }
LONG labs(LONG value) { return value < 0 ? -value : value; }

struct div_t {
  int quot, rem;
};
div_t div(int a, int b) { return {a / b, a % b}; }

void srand(unsigned value) { seed = value; }
int rand() {
  seed = seed * 214013 + 2531011;
  return static_cast<int>(seed >> 16 & 0x7FFF);
}

}  // extern "C"
