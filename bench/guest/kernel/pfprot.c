/* Protection faults: the window is read-only; a fault steps over the store of two bytes. */
#include "bench/guest/kernel.h"

static void setup(void) {
  u32* table = window_table(kernel_pd);
  for (u32 i = 0; i < 1024; i++) table[i] = (POOL + i * PAGE) | PRESENT | USER;
  *(u32*)POOL = 0x600D;
}

static struct frame* fault(struct frame* f) {
  if ((f->error & 7) != 7) return 0;
  events++;
  f->eip += 2;
  return f;
}

const struct program program = {.setup = setup, .fault = fault, .run = run_user};
