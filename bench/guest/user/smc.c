/* Patches the immediate of a small function, then calls it: param 0.
 * Patches an instruction of the running loop itself: param 1. */
#include "bench/guest/bench.h"
/* mov eax, imm32; add eax, ecx; ret - in a writable page */
static u8 fn[16] __attribute__((aligned(16))) = {0xB8, 0, 0, 0, 0, 0x01, 0xC8, 0xC3};
/* mov ecx,[esp+4]; xor eax,eax;
 * 1: mov [2f+1],ecx; jmp 2f; 2: mov edx,imm32; add eax,edx; dec ecx; jnz 1b; ret */
static u8 loop[32] __attribute__((aligned(16))) = {
    0x8B, 0x4C, 0x24, 0x04, 0x31, 0xC0, 0x89, 0x0D, 0,    0,    0,    0,    0xEB,
    0x00, 0xBA, 0,    0,    0,    0,    0x01, 0xD0, 0x49, 0x75, 0xEE, 0xC3,
};
u32 user_main(u32 work, u32 param) {
  u32 sum = 0;
  if (param) {
    *(u32*)(loop + 8) = (u32)(loop + 15);
    return ((u32(*)(u32))loop)(work);
  }
  for (u32 i = 0; i < work; i++) {
    u32 r;
    *(volatile u32*)(fn + 1) = i;
    __asm__ volatile("call *%2" : "=a"(r) : "c"(sum), "r"(fn) : "memory");
    sum = r;
  }
  return sum;
}
