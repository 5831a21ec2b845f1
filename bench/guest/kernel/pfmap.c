/* Demand paging: a fault maps a page; a call unmaps them all and counts those that were dirty. */
#include "bench/guest/kernel.h"

static u32* table;
static void setup(void) { table = window_table(kernel_pd); }

static struct frame* fault(struct frame* f) {
  const u32 page = (read_cr2() - WINDOW) >> 12;
  if (page >= 1024 || (f->error & 1)) return 0;
  events++;
  table[page] = (POOL + page * PAGE) | PRESENT | WRITABLE | USER;
  return f;
}

static struct frame* call(struct frame* f) {
  u32 dirty = 0;
  for (u32 i = 0; i < f->ecx; i++) {
    dirty += (table[i] & 0x60) == 0x60;
    table[i] = 0;
  }
  load_cr3((u32)kernel_pd);
  f->eax = dirty;
  return f;
}

const struct program program = {setup, fault, call, run_user};
