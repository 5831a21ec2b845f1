/* Pointer chase, one node a page, in random page order: with param = 4096
 * pages (16 MB) every step misses a 32-entry TLB.  work = thousands of steps. */
#include "bench/guest/bench.h"
struct node {
  struct node* next;
  u32 value;
};
u32 user_main(u32 work, u32 param) {
  static u16 order[8192];
  u32 x = 1, sum = 0;
  for (u32 i = 0; i < param; i++) order[i] = i;
  for (u32 i = param - 1; i > 0; i--) {
    x = x * 1103515245 + 12345;
    u32 j = (x >> 16) % (i + 1);
    u16 t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
/* the offset in the page varies so that data caches are not the test */
#define AT(i) ((struct node*)(ARENA + (u32)order[i] * 4096 + (order[i] * 40503u & 0xFC0)))
  for (u32 i = 0; i < param; i++) {
    AT(i)->next = AT(i + 1 == param ? 0 : i + 1);
    AT(i)->value = i;
  }
  struct node* p = AT(0);
  for (u32 n = work * 1000; n; n--) {
    sum += p->value;
    p = p->next;
  }
  return sum;
}
