// memcpy, memset, memcmp by the string instructions.
#include "firmware/boot/loader/memory.hpp"

extern "C" {

void* memcpy(void* to, const void* from, arch::u32 count) {
  void* result = to;
  arch::u32 dwords = count / 4, bytes = count % 4;
  asm volatile("rep movsl; movl %3, %%ecx; rep movsb"
               : "+D"(to), "+S"(from), "+c"(dwords)
               : "r"(bytes)
               : "memory");
  return result;
}

void* memset(void* to, int value, arch::u32 count) {
  void* result = to;
  const arch::u32 pattern = static_cast<arch::u8>(value) * 0x01010101u;
  arch::u32 dwords = count / 4, bytes = count % 4;
  asm volatile("rep stosl; movl %3, %%ecx; rep stosb"
               : "+D"(to), "+c"(dwords)
               : "a"(pattern), "r"(bytes)
               : "memory");
  return result;
}

int memcmp(const void* a, const void* b, arch::u32 count) {
  const auto* p = static_cast<const arch::u8*>(a);
  const auto* q = static_cast<const arch::u8*>(b);
  for (; count != 0; --count, ++p, ++q) {
    if (*p != *q) return *p - *q;
  }
  return 0;
}
}
