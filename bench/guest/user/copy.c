/* A word-by-word copy loop over the low 24 bits of param bytes; the buffers lie
 * 0x105000 apart, or 0x100000 if bit 24 is set: then source and destination
 * fall in the same set of every power-of-two indexed TLB, real or soft. */
#include "bench/guest/bench.h"
u32 user_main(u32 work, u32 param) {
  u32 gap = param >> 24 & 1 ? 0x100000 : 0x105000;
  volatile u32 *a = (u32*)ARENA, *b = (u32*)(ARENA + gap), *t;
  param &= 0xFFFFFF;
  a[param / 4 - 1] = 0xC0FFEE;
  while (work--) {
    for (u32 i = 0; i < param / 4; i++) b[i] = a[i];
    t = a;
    a = b;
    b = t;
  }
  return a[param / 4 - 1];
}
