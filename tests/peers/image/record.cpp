// Records, digests and lines.
#include "tests/peers/image/record.hpp"

#include <initializer_list>

#include "arch/ports.hpp"
#include "arch/registers.hpp"
#include "tests/peers/image/arena.hpp"
#include "tests/peers/image/processor.hpp"
#include "tests/peers/image/segments.hpp"

namespace peers {
namespace {

void put(char c) { out8(port::debug_console, static_cast<u8>(c)); }

void print_hex(u32 value) {
  put(' ');
  u32 shift = 28;
  while (shift != 0 && value >> shift == 0) shift -= 4;
  for (;; shift -= 4) {
    put("0123456789abcdef"[value >> shift & 15]);
    if (shift == 0) break;
  }
}

}  // namespace

TrapFrame trap_frame;

Record make_record(const Case& c) {
  const TrapFrame& f = trap_frame;
  Record r{};
  r.vector = f.vector;
  r.error = f.error;
  r.cr2 = read_cr2();
  r.eip = f.eip;
  r.cs = f.cs & 0xFFFF;
  r.eflags = f.eflags;
  if (f.vector == done_vector) r.eflags &= ~c.undefined_flags;
  const bool outer = (f.cs & 3) != 0;
  r.esp = outer ? f.esp : f.inner_esp + 20;  // behind EFLAGS
  if (!outer) forget_trap_frame(r.esp);
  r.ss = outer ? f.ss & 0xFFFF : 0;
  for (const u32 value : {f.eax, f.ecx, f.edx & c.defined_edx, f.ebx, f.ebp, f.esi, f.edi}) {
    r.registers = fold(r.registers, value);
  }
  for (const u32 value : {f.ds, f.es, f.fs, f.gs}) r.segments = fold(r.segments, value & 0xFFFF);
  r.accessed_dirty = accessed_and_dirty();
  r.tables = digest_tables(0);
  r.accessed_slots = accessed_slots();
  r.slots = digest_slots(0);
  r.memory = digest_frames(0);
  return r;
}

void print_line(const Case& c, const Record& r) {
  put('C');
  print_hex(c.number);
  put(' ');
  print(c.name);
  print_hex((moved_ldt() != 0 ? 1u << 12 : 0) | c.ring << 8 | u32{c.write_protect} << 4 |
            static_cast<u32>(c.history));
  for (const u32 value :
       {r.vector, r.error, r.cr2, r.eip, r.cs, r.eflags, r.esp, r.ss, r.registers, r.segments,
        r.accessed_dirty, r.tables, r.accessed_slots, r.slots, r.memory}) {
    print_hex(value);
  }
  put('\n');
}

void describe(const Case& c) {
  const Entry& e = c.entry;
  print("  code");
  for (u32 i = 0; i < c.code.size; ++i) print_hex(c.code.bytes[i]);
  print("\n  at, eflags, esp, eax ecx edx ebx ebp esi edi");
  for (const u32 value :
       {c.code_address, e.eflags, e.esp, e.eax, e.ecx, e.edx, e.ebx, e.ebp, e.esi, e.edi}) {
    print_hex(value);
  }
  print("\n  arena, PDEs, PTEs");
  print_hex(arena_start());
  for (u32 i = 0; i < 2 + arena_pages; ++i) print_hex(wanted_entry(i));
  print("\n  slots");
  for (u32 slot = 0; slot < slot_count; ++slot) {
    print_hex(wanted_slot(slot).low);
    print_hex(wanted_slot(slot).high);
    put(';');
  }
  print("\n  LDT, SS1 ESP1 SS2 ESP2, gate");
  const Descriptor gate = test_gate();
  for (const u32 value : {moved_ldt(), task_state().ss1, task_state().esp1, task_state().ss2,
                          task_state().esp2, gate.low, gate.high}) {
    print_hex(value);
  }
  put('\n');
}

void BlockDigest::add(const Record& r) {
  for (const u32 value :
       {r.vector, r.error, r.cr2, r.eip, r.cs, r.eflags & ~eflags::RF, r.esp, r.ss, r.registers,
        r.segments, r.accessed_dirty, r.tables, r.accessed_slots, r.slots, r.memory}) {
    all = fold(all, value);
  }
  resume = fold(resume, r.eflags & eflags::RF);
}

void print_digest(u32 first, const BlockDigest& digest) {
  put('B');
  print_hex(first);
  print_hex(digest.all);
  print_hex(digest.resume);
  put('\n');
}

void print(const char* text) {
  while (*text != 0) put(*text++);
}

void power_off() {
  out8(port::debug_exit, 0);
  for (const char* word = "Shutdown";; ++word) {  // Bochs
    asm volatile("outb %0, %1" : : "a"(*word), "d"(u16{0x8900}));
    if (*word == 0) break;
  }
  for (;;) asm volatile("cli; hlt");
}

}  // namespace peers
