/* Sieve of Eratosthenes, one byte a number; param = how many numbers. */
#include "bench/guest/bench.h"
u32 user_main(u32 work, u32 param) {
  u8* f = (u8*)ARENA;
  u32 count = 0;
  while (work--) {
    count = 0;
    for (u32 i = 0; i < param; i++) f[i] = 1;
    for (u32 i = 2; i < param; i++)
      if (f[i]) {
        count++;
        for (u32 k = i + i; k < param; k += i) f[k] = 0;
      }
  }
  return count;
}
