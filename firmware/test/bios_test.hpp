// A program that boots from disk 80h and checks the BIOS services from the outside. It reports on
// port E9h and leaves the number of failures in the exit register.
#pragma once

#include "arch/integers.hpp"
#include "arch/registers.hpp"

namespace bios_test {

using namespace arch;

struct Registers {
  u32 eax = 0, ebx = 0, ecx = 0, edx = 0, esi = 0, edi = 0, ebp = 0x12345678;
  u16 ds = 0, es = 0, flags = 0, stack_high = 0;

  u8 al() const { return static_cast<u8>(eax); }
  u8 ah() const { return static_cast<u8>(eax >> 8); }
  u16 ax() const { return static_cast<u16>(eax); }
  u16 bx() const { return static_cast<u16>(ebx); }
  u16 cx() const { return static_cast<u16>(ecx); }
  u16 dx() const { return static_cast<u16>(edx); }
  bool carry() const { return (flags & eflags::CF) != 0; }
  bool zero() const { return (flags & eflags::ZF) != 0; }
};

/// Calls a service; fails the test when it does not keep EBP and the high half of ESP.
Registers interrupt(u8 vector, Registers r);
void check(bool ok, const char* what);

inline u8 inb(u16 port) {
  u8 value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline void outb(u16 port, u8 value) { asm volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
inline void outl(u16 port, u32 value) { asm volatile("outl %0, %1" : : "a"(value), "Nd"(port)); }

/// Any linear address below 1 MB + 64 KB, through FS.
template <class T>
inline T peek(u32 linear) {
  const u16 segment = linear >= 0x100000 ? 0xFFFF : static_cast<u16>(linear >> 4 & 0xF000);
  const u32 offset = linear - segment * 16u;
  T value;
  asm volatile("movw %w1, %%fs; mov %%fs:(%2), %0" : "=q"(value) : "r"(segment), "r"(offset));
  return value;
}
template <class T>
inline void poke(u32 linear, T value) {
  const u16 segment = linear >= 0x100000 ? 0xFFFF : static_cast<u16>(linear >> 4 & 0xF000);
  const u32 offset = linear - segment * 16u;
  asm volatile("movw %w0, %%fs; mov %2, %%fs:(%1)"
               :
               : "r"(segment), "r"(offset), "q"(value)
               : "memory");
}

extern "C" u8 boot_drive;

void test_system();
void test_video();
void test_disk();
void test_keyboard();
void test_clock();
void test_serial();

}  // namespace bios_test
