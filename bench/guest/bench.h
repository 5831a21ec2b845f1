/* What ring 3 and ring 0 of a benchmark share: types, the layout of memory, the system calls. */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

/* Physical and, but for the window, linear too. The guest needs 64 MB. */
enum {
  TABLES = 0x00400000, /* page directories and tables */
  POOL = 0x00800000,   /* 8 MB of frames for the paging programs */
  ARENA = 0x01000000,  /* 32 MB for ring 3 */
  ARENA_SIZE = 0x02000000,
  RAM_TOP = 0x04000000,
  WINDOW = 0x08000000, /* 4 MB of linear space that the paging programs map */
  PAGE = 4096
};

/* INT 2Eh: EAX is the number, EBX and ECX are arguments; the result comes back in EAX. */
enum { CALL_EXIT, CALL_NULL, CALL_PROGRAM };

static inline u32 system_call(u32 number, u32 first, u32 second) {
  u32 result;
  __asm__ volatile("int $0x2e" : "=a"(result) : "a"(number), "b"(first), "c"(second) : "memory");
  return result;
}

/* The program, in ring 3; returns a checksum. */
u32 user_main(u32 work, u32 param);
