/* Leaves protected mode for the loop of real16.S, and comes back. */
#include "bench/guest/kernel.h"

extern u8 real16_start[], real16_end[];
u32 real16_call(u32 work);

static u32 run(void) {
  u8* code = (u8*)0x8000;
  for (u32 i = 0; i < (u32)(real16_end - real16_start); i++) code[i] = real16_start[i];
  u32* vectors = 0;
  for (u32 i = 0; i < 256; i++) vectors[i] = 0x08000003; /* 0800:0003, an IRET */
  u8* buffer = (u8*)0x10000;
  for (u32 i = 0; i < 0x400; i++) buffer[i] = i;
  const u32 sum = real16_call(cfg.work);
  load_idt();
  return sum;
}

const struct program program = {.run = run};
