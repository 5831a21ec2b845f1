/* rep movsd of param bytes, back and forth between two buffers. */
#include "bench/guest/bench.h"
u32 user_main(u32 work, u32 param) {
  u32 a = ARENA, b = ARENA + 0x105000;
  *(u32*)(a + param - 4) = 0xC0FFEE;
  while (work--) {
    u32 d = b, s = a, n = param / 4;
    __asm__ volatile("cld; rep movsl" : "+D"(d), "+S"(s), "+c"(n)::"memory");
    s = a;
    a = b;
    b = s;
  }
  return *(u32*)(a + param - 4);
}
