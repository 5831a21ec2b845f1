/* Two threads, each in an address space of its own; a call switches to the other. */
#include "bench/guest/kernel.h"

static u32 stacks[2][1024];
static struct {
  struct frame* frame;
  u32* directory;
  u32 kernel_stack;
} threads[2];
static u32 current;

static u32* address_space(u32 frames) {
  u32* directory = new_table();
  for (u32 i = 0; i < 1024; i++) directory[i] = kernel_pd[i];
  directory[WINDOW >> 22] = 0;
  u32* table = window_table(directory);
  for (u32 i = 0; i < 256; i++) table[i] = (frames + i * PAGE) | PRESENT | WRITABLE | USER;
  return directory;
}

static void setup(void) {
  for (u32 i = 0; i < 2; i++) {
    threads[i].directory = address_space(POOL + i * 0x400000);
    threads[i].kernel_stack = (u32)(stacks[i] + 1024);
  }
  u32* stack = (u32*)(user_stack + USER_STACK_SIZE - PAGE);
  *--stack = cfg.param;
  *--stack = cfg.work;
  struct frame* f = (struct frame*)threads[1].kernel_stack - 1;
  f->es = f->ds = f->ss = 0x23;
  f->cs = 0x1B;
  f->eip = (u32)user_entry;
  f->esp = (u32)stack;
  f->eflags = 2;
  threads[1].frame = f;
}

static u32 run(void) {
  set_kernel_stack(threads[0].kernel_stack);
  load_cr3((u32)threads[0].directory);
  return run_user();
}

static struct frame* call(struct frame* f) {
  f->eax = ++events;
  threads[current].frame = f;
  current ^= 1;
  set_kernel_stack(threads[current].kernel_stack);
  load_cr3((u32)threads[current].directory);
  return threads[current].frame;
}

const struct program program = {.setup = setup, .call = call, .run = run};
