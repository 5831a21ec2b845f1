/* A mix of what integer programs do: records, pointers, strings, calls,
 * small switches, array subscripts, a little multiply and divide. */
#include "bench/guest/bench.h"
#define NOINLINE __attribute__((noinline))

struct rec {
  struct rec* next;
  int kind, a, b;
  char text[32];
};
static struct rec pool[64];
static int grid[40][40];
static int g_sum;
static char g_ch = 'A';

static NOINLINE int compare(const char* a, const char* b) {
  while (*a && *a == *b) {
    a++;
    b++;
  }
  return (u8)*a - (u8)*b;
}
static NOINLINE void copy_rec(struct rec* d, const struct rec* s) {
  *d = *s;
  d->b += s->a;
}
static NOINLINE int classify(int k, int v) {
  switch (k & 7) {
    case 0:
      return v + 3;
    case 1:
      return v * 5;
    case 2:
      return v - 11;
    case 3:
      return v ^ 0x55;
    case 4:
      return v << 1;
    case 5:
      return -v;
    case 6:
      return v | 1;
    default:
      return v / 3;
  }
}
static NOINLINE void touch_grid(int row[40], int i, int v) {
  row[i] = v;
  row[i + 1] = row[i];
  row[i + 20] = i;
  for (int k = i; k <= i + 1; k++) row[k] += k;
}
static NOINLINE char upper(char c) {
  if (c >= 'a' && c <= 'z') c -= 32;
  g_ch = c;
  return c;
}
static NOINLINE struct rec* walk(struct rec* r, int n) {
  while (n-- && r->next) r = r->next;
  return r;
}
u32 user_main(u32 work, u32 param) {
  static const char names[4][32] = {
      "DHRYSTONE-LIKE, FIRST STRING",
      "DHRYSTONE-LIKE, OTHER STRING",
      "dhrystone-like, third string",
      "dhrystone-like, last string",
  };
  int v = 7 + param;
  for (int i = 0; i < 64; i++) {
    pool[i].next = &pool[(i * 37 + 5) & 63];
    pool[i].kind = i;
    for (int j = 0; j < 32; j++) pool[i].text[j] = names[i & 3][j];
  }
  for (u32 n = 0; n < work; n++) {
    struct rec* p = &pool[n & 63];
    copy_rec(p->next, p);
    if (compare(p->text, names[(n >> 2) & 3]) > 0) v += 1;
    v = classify(n, v);
    touch_grid(grid[n % 19], v & 15, n);
    for (int j = 0; j < 4; j++)
      if (upper(p->text[j]) == 'D') g_sum += j;
    p = walk(p, 5);
    p->a = v % 97;
    p->kind = grid[n % 19][v & 15] * 3;
    g_sum += p->kind;
  }
  return g_sum + v + g_ch;
}
