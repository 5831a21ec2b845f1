/* Register-only integer work: the dispatch ceiling. */
#include "bench/guest/bench.h"
u32 user_main(u32 work, u32 param) {
  u32 x = 0x12345678 + param, y = 0x9E3779B9, n = work * 1000;
  while (n--) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    y += x;
    y = y << 7 | y >> 25;
    if (y & 8) y ^= 0x5bd1e995;
  }
  return x ^ y;
}
