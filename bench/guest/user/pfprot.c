/* Protection faults: writes to read-only pages; the handler counts the fault
 * and steps over the two-byte store.  param = pages touched in turn. */
#include "bench/guest/bench.h"
u32 user_main(u32 work, u32 param) {
  u32 a = WINDOW;
  for (u32 i = 0; i < work; i++) {
    __asm__ volatile("movl %%eax,(%%ebx)" ::"a"(i), "b"(a) : "memory");
    a += 4096;
    if (a >= WINDOW + param * 4096) a = WINDOW;
  }
  return *(u32*)WINDOW;
}
