// Instructions the services need by name: port I/O, interrupt flag, software interrupts.
#pragma once

#include "arch/integers.hpp"

namespace firmware {

using namespace arch;

inline u8 inb(u16 port) {
  u8 value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline void outb(u16 port, u8 value) { asm volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
inline u16 inw(u16 port) {
  u16 value;
  asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline void outl(u16 port, u32 value) { asm volatile("outl %0, %1" : : "a"(value), "Nd"(port)); }

inline void enable_interrupts() { asm volatile("sti" : : : "memory"); }
inline void disable_interrupts() { asm volatile("cli" : : : "memory"); }
/// Sleeps until an interrupt; STI shadows HLT, so none is lost in between. [386 §17 "STI"]
inline void wait_for_interrupt() { asm volatile("sti; hlt; cli" : : : "memory"); }

[[noreturn]] inline void halt_for_ever() {
  for (;;) asm volatile("cli; hlt");
}

/// A byte of the CMOS RAM and clock; bit 7 of the index keeps NMI masked. [MC146818]
inline u8 cmos_read(u8 cell) {
  outb(0x70, static_cast<u8>(0x80 | cell));
  return inb(0x71);
}
inline void cmos_write(u8 cell, u8 value) {
  outb(0x70, static_cast<u8>(0x80 | cell));
  outb(0x71, value);
}
inline u16 cmos_read_word(u8 low_cell) {
  return static_cast<u16>(cmos_read(low_cell) | cmos_read(static_cast<u8>(low_cell + 1)) << 8);
}

/// Polling limit for a device: an ISA bus read takes about a microsecond, so this is a second or
/// two on the slowest part.
inline constexpr u32 poll_limit = 1'000'000;

}  // namespace firmware
