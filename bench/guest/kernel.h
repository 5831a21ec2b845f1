/* The kernel under a benchmark, for the part that a program has in ring 0. */
#pragma once

#include "bench/guest/bench.h"

struct frame {
  u32 es, ds, edi, esi, ebp, kernel_esp, ebx, edx, ecx, eax;
  u32 vector, error, eip, cs, eflags, esp, ss;
};

struct config {
  char magic[8];
  u32 work, param, flags;
  char name[16];
};
extern struct config cfg;

/* Each kernel/NAME.c has one; what is null is not the program's business. */
struct program {
  void (*setup)(void);                   /* before the clock starts */
  struct frame* (*fault)(struct frame*); /* page fault; null: not mine */
  struct frame* (*call)(struct frame*);  /* CALL_PROGRAM; returns the frame to resume */
  u32 (*run)(void);                      /* what is timed */
};
extern const struct program program;

extern u32 events;     /* what the program counts: faults, calls, switches */
extern u32* kernel_pd; /* page directory of the identity map */
enum { USER_STACK_SIZE = 4 * PAGE };
extern u8 user_stack[USER_STACK_SIZE];

enum { PRESENT = 1, WRITABLE = 2, USER = 4 };

u32 enter_user(u32 eip, u32 esp);
void leave_user(u32 value) __attribute__((noreturn));
void load_tables(void);
void load_idt(void);
u32* new_table(void);              /* a zeroed page */
u32* window_table(u32* directory); /* the page table of the window, made if absent */
void set_kernel_stack(u32 top);
u32 run_user(void); /* user_main in ring 3 */
void user_entry(void);

static inline void outb(u16 port, u8 value) {
  __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}
static inline void load_cr3(u32 value) {
  __asm__ volatile("mov %0, %%cr3" ::"r"(value) : "memory");
}
static inline u32 read_cr2(void) {
  u32 value;
  __asm__ volatile("mov %%cr2, %0" : "=r"(value));
  return value;
}
