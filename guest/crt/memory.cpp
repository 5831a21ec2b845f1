// The four functions GCC may call in freestanding code. [GCC manual §2.1]
// String instructions move a doubleword at a time, [386 §17.2.2.11], and keep the
// compiler from turning these very loops into calls to the functions they implement.
#include "arch/integers.hpp"

extern "C" {

void* memcpy(void* to, const void* from, std::size_t count) {
  void* at = to;
  std::size_t dwords = count / 4;
  std::size_t bytes = count % 4;
  asm volatile("rep movsl" : "+D"(at), "+S"(from), "+c"(dwords) : : "memory");
  asm volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(bytes) : : "memory");
  return to;
}

void* memmove(void* to, const void* from, std::size_t count) {
  const auto distance =
      reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from);
  if (distance >= count) return memcpy(to, from, count);
  void* last = static_cast<char*>(to) + count - 1;
  const void* source = static_cast<const char*>(from) + count - 1;
  asm volatile("std; rep movsb; cld" : "+D"(last), "+S"(source), "+c"(count) : : "memory", "cc");
  return to;
}

void* memset(void* to, int value, std::size_t count) {
  void* at = to;
  const arch::u32 pattern = 0x01010101u * static_cast<unsigned char>(value);
  std::size_t dwords = count / 4;
  std::size_t bytes = count % 4;
  asm volatile("rep stosl" : "+D"(at), "+c"(dwords) : "a"(pattern) : "memory");
  asm volatile("rep stosb" : "+D"(at), "+c"(bytes) : "a"(pattern) : "memory");
  return to;
}

int memcmp(const void* a, const void* b, std::size_t count) {
  const auto* left = static_cast<const unsigned char*>(a);
  const auto* right = static_cast<const unsigned char*>(b);
  for (; count != 0; --count, ++left, ++right) {
    if (*left != *right) return *left < *right ? -1 : 1;
  }
  return 0;
}

}  // extern "C"
