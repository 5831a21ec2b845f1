// The four routines the compiler itself calls.
#include "arch/integers.hpp"

extern "C" {

void* memcpy(void* destination, const void* source, std::size_t count) {
  void* to = destination;
  std::size_t dwords = count / 4, rest = count % 4;
  __asm__ volatile("rep movsl\n\tmovl %3, %%ecx\n\trep movsb"
                   : "+D"(to), "+S"(source), "+c"(dwords)
                   : "g"(rest)
                   : "memory");
  return destination;
}

void* memmove(void* destination, const void* source, std::size_t count) {
  auto* to = static_cast<char*>(destination);
  const auto* from = static_cast<const char*>(source);
  if (to <= from || to >= from + count) return memcpy(destination, source, count);
  to += count - 1;
  from += count - 1;
  __asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  return destination;
}

void* memset(void* destination, int value, std::size_t count) {
  void* to = destination;
  std::size_t dwords = count / 4, rest = count % 4;
  const arch::u32 pattern = (static_cast<arch::u32>(value) & 0xFF) * 0x01010101u;
  __asm__ volatile("rep stosl\n\tmovl %2, %%ecx\n\trep stosb"
                   : "+D"(to), "+c"(dwords)
                   : "g"(rest), "a"(pattern)
                   : "memory");
  return destination;
}

int memcmp(const void* left, const void* right, std::size_t count) {
  const auto* a = static_cast<const unsigned char*>(left);
  const auto* b = static_cast<const unsigned char*>(right);
  for (; count != 0; --count, ++a, ++b) {
    if (*a != *b) return *a < *b ? -1 : 1;
  }
  return 0;
}

std::size_t strlen(const char* text) {
  std::size_t length = 0;
  while (text[length] != '\0') ++length;
  return length;
}

/// A pure virtual function was called: an object was used before or after its life.
[[noreturn]] void __cxa_pure_virtual() { __builtin_trap(); }
}
