// Control registers, tables and ports.
#pragma once

#include "arch/integers.hpp"

namespace peers {

using namespace arch;

struct [[gnu::packed]] TablePointer {
  u16 limit;
  u32 base;
};

inline u32 read_cr0() {
  u32 value;
  asm volatile("movl %%cr0, %0" : "=r"(value));
  return value;
}
inline void write_cr0(u32 value) { asm volatile("movl %0, %%cr0" : : "r"(value) : "memory"); }
inline u32 read_cr2() {
  u32 value;
  asm volatile("movl %%cr2, %0" : "=r"(value));
  return value;
}
inline void write_cr2(u32 value) { asm volatile("movl %0, %%cr2" : : "r"(value)); }
inline void load_cr3(u32 value) { asm volatile("movl %0, %%cr3" : : "r"(value) : "memory"); }
inline void invalidate_page(u32 linear) {
  asm volatile(".byte 0x0F, 0x01, 0x38" : : "a"(linear) : "memory");  // invlpg [eax]
}
inline void load_gdt(const TablePointer& p) { asm volatile("lgdt %0" : : "m"(p)); }
inline void load_idt(const TablePointer& p) { asm volatile("lidt %0" : : "m"(p)); }
inline void load_ldt(u16 selector) { asm volatile("lldt %0" : : "r"(selector)); }
inline void load_task(u16 selector) { asm volatile("ltr %0" : : "r"(selector)); }
inline void out8(u16 port, u8 value) { asm volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

}  // namespace peers
