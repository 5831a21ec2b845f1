/* Loads of CR3 in ring 0, nothing else: what a flush of the TLB costs. */
#include "bench/guest/kernel.h"

static u32 run(void) {
  for (u32 i = 0; i < cfg.work; i++) load_cr3((u32)kernel_pd);
  events = cfg.work;
  return cfg.work;
}

const struct program program = {.run = run};
