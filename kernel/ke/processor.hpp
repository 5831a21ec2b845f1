// The processor's own instructions, one inline function each. [386 §17]
#pragma once

#include "arch/integers.hpp"
#include "arch/registers.hpp"

inline arch::u8 READ_PORT_UCHAR(arch::u16 port) {
  arch::u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline void WRITE_PORT_UCHAR(arch::u16 port, arch::u8 value) {
  __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}
inline void WRITE_PORT_ULONG(arch::u16 port, arch::u32 value) {
  __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

inline arch::u32 KeReadCr0() {
  arch::u32 value;
  __asm__ volatile("movl %%cr0, %0" : "=r"(value));
  return value;
}
inline void KeWriteCr0(arch::u32 value) {
  __asm__ volatile("movl %0, %%cr0" : : "r"(value) : "memory");
}
inline arch::u32 KeReadCr2() {
  arch::u32 value;
  __asm__ volatile("movl %%cr2, %0" : "=r"(value));
  return value;
}
inline arch::u32 KeReadCr3() {
  arch::u32 value;
  __asm__ volatile("movl %%cr3, %0" : "=r"(value));
  return value;
}
inline void KeWriteCr3(arch::u32 value) {
  __asm__ volatile("movl %0, %%cr3" : : "r"(value) : "memory");
}

inline void KeWriteDebugAddresses(const arch::u32 (&addresses)[4]) {
  __asm__ volatile("movl %0, %%dr0" : : "r"(addresses[0]));
  __asm__ volatile("movl %0, %%dr1" : : "r"(addresses[1]));
  __asm__ volatile("movl %0, %%dr2" : : "r"(addresses[2]));
  __asm__ volatile("movl %0, %%dr3" : : "r"(addresses[3]));
}
inline arch::u32 KeReadDr6() {
  arch::u32 value;
  __asm__ volatile("movl %%dr6, %0" : "=r"(value));
  return value;
}
inline void KeWriteDr6(arch::u32 value) { __asm__ volatile("movl %0, %%dr6" : : "r"(value)); }
inline void KeWriteDr7(arch::u32 value) {
  __asm__ volatile("movl %0, %%dr7" : : "r"(value) : "memory");
}

inline arch::u32 KeReadEflags() {
  arch::u32 value;
  __asm__ volatile("pushfl\n\tpopl %0" : "=r"(value));
  return value;
}
inline void KeDisableInterrupts() { __asm__ volatile("cli" : : : "memory"); }
inline void KeEnableInterrupts() { __asm__ volatile("sti" : : : "memory"); }

/// STI takes effect after the next instruction, so no interrupt is lost before HLT. [386 §17.2 STI]
inline void KeEnableInterruptsAndHalt() { __asm__ volatile("sti\n\thlt" : : : "memory"); }
[[noreturn]] inline void KeHaltForever() {
  for (;;) __asm__ volatile("cli\n\thlt" : : : "memory");
}

/// Interrupts are off while one of these lives.
class KInterruptGuard {
 public:
  KInterruptGuard() : enabled_((KeReadEflags() & arch::eflags::IF) != 0) { KeDisableInterrupts(); }
  ~KInterruptGuard() {
    if (enabled_) KeEnableInterrupts();
  }
  KInterruptGuard(const KInterruptGuard&) = delete;
  KInterruptGuard& operator=(const KInterruptGuard&) = delete;

 private:
  bool enabled_;
};
