/* Copy on write: the window's pages share a frame that is read-only; a fault copies it. */
#include "bench/guest/kernel.h"

enum { SHARED = POOL + 0x700000 };
static u32* table;

static void share(u32 pages) {
  for (u32 i = 0; i < pages; i++) table[i] = SHARED | PRESENT | USER;
}

static void setup(void) {
  table = window_table(kernel_pd);
  ((u32*)SHARED)[1023] = 3;
  share(1024);
}

static struct frame* fault(struct frame* f) {
  const u32 page = (read_cr2() - WINDOW) >> 12;
  if (page >= 1024 || (f->error & 7) != 7) return 0;
  events++;
  u32 to = POOL + page * PAGE, from = SHARED, count = 1024;
  table[page] = to | PRESENT | WRITABLE | USER;
  __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(count)::"memory");
  load_cr3((u32)kernel_pd); /* the 386 has no INVLPG */
  return f;
}

static struct frame* call(struct frame* f) {
  share(f->ecx);
  load_cr3((u32)kernel_pd);
  return f;
}

const struct program program = {setup, fault, call, run_user};
