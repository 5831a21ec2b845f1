/* The kernel of every benchmark: paging, traps, and the lines it prints on port E9h. */
#include "bench/guest/kernel.h"

extern char user_text[], user_data[], user_end[];
extern u8 trap_stubs[];
extern u32 gdt_tss[2];

u32 events;
u32* kernel_pd;

static u32 tss[26];
static u32 trap_stack[1024]; /* of ring 0, for traps out of ring 3 */
static struct { u16 low, selector, attributes, high; } idt[48];
static u32 next_table = TABLES;

static char line[160], *at = line;
static void add(const char* text) {
  while (*text) *at++ = *text++;
}
static void add_decimal(u32 value) {
  char digits[11], *p = digits + 10;
  *p = 0;
  do {
    *--p = '0' + value % 10;
    value /= 10;
  } while (value);
  add(p);
}
static void add_hex(u32 value) {
  for (int shift = 28; shift >= 0; shift -= 4) *at++ = "0123456789abcdef"[value >> shift & 15];
}
static void end_line(void) {
  *at++ = '\n';
  for (const char* p = line; p < at; p++) outb(0xE9, *p);
  at = line;
}

static void finish(u8 code) __attribute__((noreturn));
static void finish(u8 code) {
  outb(0xF4, code);                                           /* ours and QEMU's isa-debug-exit */
  for (const char* p = "Shutdown"; *p; p++) outb(0x8900, *p); /* Bochs */
  for (;;) __asm__ volatile("cli; hlt");
}

static void panic(const struct frame* f) __attribute__((noreturn));
static void panic(const struct frame* f) {
  add("PANIC vector=");
  add_decimal(f->vector);
  add(" error=");
  add_hex(f->error);
  add(" eip=");
  add_hex(f->eip);
  add(" cr2=");
  add_hex(read_cr2());
  end_line();
  finish(1);
}

u32* new_table(void) {
  u32* table = (u32*)next_table;
  next_table += PAGE;
  for (int i = 0; i < 1024; i++) table[i] = 0;
  return table;
}

u32* window_table(u32* directory) {
  u32* entry = &directory[WINDOW >> 22];
  if (!*entry) *entry = (u32)new_table() | PRESENT | WRITABLE | USER;
  return (u32*)(*entry & ~4095u);
}

static u32 rights(u32 address) {
  if (address >= (u32)user_text && address < (u32)user_data) return PRESENT | USER;
  if (address >= (u32)user_data && address < (u32)user_end) return PRESENT | WRITABLE | USER;
  if (address >= ARENA && address < ARENA + ARENA_SIZE) return PRESENT | WRITABLE | USER;
  return PRESENT | WRITABLE;
}

static void turn_paging_on(void) {
  kernel_pd = new_table();
  for (u32 d = 0; d < RAM_TOP >> 22; d++) {
    u32* table = new_table();
    kernel_pd[d] = (u32)table | PRESENT | WRITABLE | USER;
    for (u32 i = 0; i < 1024; i++) {
      const u32 address = d << 22 | i << 12;
      table[i] = address | rights(address);
    }
  }
  load_cr3((u32)kernel_pd);
  __asm__ volatile("mov %%cr0, %%eax; orl $0x80000000, %%eax; mov %%eax, %%cr0; jmp 1f; 1:" ::
                       : "eax", "memory");
}

void set_kernel_stack(u32 top) { tss[1] = top; }

void load_idt(void) {
  struct {
    u16 limit;
    u32 base;
  } __attribute__((packed)) pointer = {sizeof idt - 1, (u32)idt};
  __asm__ volatile("lidt %0" ::"m"(pointer));
}

static void fill_tables(void) {
  for (int i = 0; i < 48; i++) {
    const u32 stub = (u32)trap_stubs + 16 * i;
    idt[i].low = stub;
    idt[i].high = stub >> 16;
    idt[i].selector = 8;
    idt[i].attributes = i == 0x2E ? 0xEE00 : 0x8E00;
  }
  load_idt();
  tss[2] = 0x10;
  tss[25] = 104 << 16;
  set_kernel_stack((u32)(trap_stack + 1024));
  gdt_tss[0] = (u32)tss << 16 | 103;
  gdt_tss[1] = ((u32)tss & 0xFF000000) | 0x8900 | ((u32)tss >> 16 & 0xFF);
  __asm__ volatile("ltr %w0" ::"r"(0x28));
}

static __attribute__((noinline)) struct frame* page_fault(struct frame* f) {
  struct frame* resumed = program.fault ? program.fault(f) : 0;
  if (!resumed) panic(f);
  return resumed;
}

struct frame* trap(struct frame* f) {
  if (f->vector == 0x2E) {
    switch (f->eax) {
      case CALL_EXIT:
        leave_user(f->ebx);
      case CALL_NULL:
        f->eax = ++events;
        return f;
      default:
        if (program.call) return program.call(f);
    }
  }
  if (f->vector == 14) return page_fault(f);
  panic(f);
}

u32 run_user(void) {
  u32* stack = (u32*)(user_stack + USER_STACK_SIZE);
  *--stack = cfg.param;
  *--stack = cfg.work;
  return enter_user((u32)user_entry, (u32)stack);
}

/* Only when asked for: no 386 or 486 of its time has it. */
static u64 read_time_stamp(void) {
  u64 value = 0;
  if (cfg.flags & 1) __asm__ volatile(".byte 0x0F, 0x31" : "=A"(value));
  return value;
}

void kernel_main(void) __attribute__((noreturn));
void kernel_main(void) {
  fill_tables();
  turn_paging_on();
  if (program.setup) program.setup();
  add("BENCH ");
  add(cfg.name);
  add(" work=");
  add_decimal(cfg.work);
  end_line();
  const u64 begin = read_time_stamp();
  const u32 sum = program.run();
  const u64 clocks = read_time_stamp() - begin;
  add("RESULT ");
  add(cfg.name);
  add(" sum=");
  add_hex(sum);
  add(" events=");
  add_decimal(events);
  add(" clocks=");
  add_hex(clocks >> 32);
  add_hex(clocks);
  end_line();
  finish(0);
}
