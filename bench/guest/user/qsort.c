/* Quicksort of param pseudo-random words, refilled each pass. */
#include "bench/guest/bench.h"
static void sort(u32* a, int lo, int hi) {
  while (hi - lo > 8) {
    u32 p = a[(lo + hi) >> 1], t;
    int i = lo, j = hi;
    while (i <= j) {
      while (a[i] < p) i++;
      while (a[j] > p) j--;
      if (i <= j) {
        t = a[i];
        a[i] = a[j];
        a[j] = t;
        i++;
        j--;
      }
    }
    if (j - lo < hi - i) {
      sort(a, lo, j);
      lo = i;
    } else {
      sort(a, i, hi);
      hi = j;
    }
  }
  for (int i = lo + 1; i <= hi; i++) {
    u32 v = a[i];
    int j = i;
    for (; j > lo && a[j - 1] > v; j--) a[j] = a[j - 1];
    a[j] = v;
  }
}
u32 user_main(u32 work, u32 param) {
  u32 *a = (u32*)ARENA, x = 12345, sum = 0;
  while (work--) {
    for (u32 i = 0; i < param; i++) {
      x = x * 1664525 + 1013904223;
      a[i] = x;
    }
    sort(a, 0, param - 1);
    for (u32 i = 1; i < param; i++) sum += a[i - 1] > a[i]; /* stays 0 */
    sum += a[param / 2] << 1;
  }
  return sum;
}
