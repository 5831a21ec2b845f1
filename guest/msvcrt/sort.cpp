// Sorting and searching.
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

void* _lfind(const void* key, const void* base, unsigned* count, unsigned size, Compare compare) {
  const auto* at = static_cast<const char*>(base);
  for (unsigned i = 0; i < *count; ++i, at += size) {
    if (compare(key, at) == 0) return const_cast<char*>(at);
  }
  return nullptr;
}

/// Adds what it does not find; there is room for one more.
void* _lsearch(const void* key, void* base, unsigned* count, unsigned size, Compare compare) {
  void* found = _lfind(key, base, count, size, compare);
  if (found != nullptr) return found;
  return memcpy(static_cast<char*>(base) + (*count)++ * size, key, size);
}

}  // extern "C"
