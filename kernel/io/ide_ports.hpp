// The processor's I/O instructions, as IdeDisk wants them.
#pragma once

#include "arch/integers.hpp"

struct IdePorts {
  static arch::u8 in8(arch::u16 port) {
    arch::u8 value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
  }
  static void out8(arch::u16 port, arch::u8 value) {
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
  }
  static void in_words(arch::u16 port, void* to, arch::u32 count) {
    asm volatile("rep insw" : "+D"(to), "+c"(count) : "d"(port) : "memory");
  }
  static void out_words(arch::u16 port, const void* from, arch::u32 count) {
    asm volatile("rep outsw" : "+S"(from), "+c"(count) : "d"(port) : "memory");
  }
};
