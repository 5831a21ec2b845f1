// The test machine in flat protected mode: descriptors, gates and page tables as the manual draws
// them, in literal bits. [386 §5.1.1, §6.3.4, §9.5, §5.2]
#pragma once

#include "tests/unit/cpu/raw_paging.hpp"
#include "tests/unit/cpu/test_machine.hpp"

namespace faultline::test {

// Selectors of the GDT below.
inline constexpr u16 code0 = 0x08, data0 = 0x10, code3 = 0x1B, data3 = 0x23, tss = 0x28,
                     code1 = 0x31, data1 = 0x39, free0 = 0x40, free1 = 0x48, free2 = 0x50,
                     free3 = 0x58;

inline constexpr u32 gdt = 0x1000, idt = 0x2000, task_state = 0x3000, handlers = 0x6000;
inline constexpr u32 program = 0x10000, stack_top = 0x9000, inner_stack_top = 0x9800,
                     user_stack_top = 0xB000, data = 0xC000;

inline constexpr u32 directory = 0x20000, table = 0x22000;
/// Where the entry of a page of the first 4 MB lies.
constexpr u32 entry_at(u32 linear) { return table + linear / page_size * 4; }

/// What a handler found on its stack.
struct Entered {
  unsigned vector = ~0u;
  u32 error = 0, eip = 0, cs = 0, eflags = 0, esp = 0, ss = 0;
};

class ProtectedMachine : public TestMachine {
 public:
  explicit ProtectedMachine(std::string_view model = "i486sx", Timing timing = Timing::None,
                            Observation* observation = nullptr, bool errata = false)
      : TestMachine(model, timing, observation, errata) {
    // Base 0, limit FFFFF pages, 32-bit; access 9A code, 92 data, at DPL 0, 1, 3.
    descriptor(code0, 0x0000FFFF, 0x00CF9A00);
    descriptor(data0, 0x0000FFFF, 0x00CF9200);
    descriptor(code3, 0x0000FFFF, 0x00CFFA00);
    descriptor(data3, 0x0000FFFF, 0x00CFF200);
    descriptor(code1, 0x0000FFFF, 0x00CFBA00);
    descriptor(data1, 0x0000FFFF, 0x00CFB200);
    // A 32-bit TSS, busy, base 3000, limit 0x0FFF; SS0:ESP0 at 8 and 4; its I/O map outside.
    descriptor(tss, 0x30000FFF, 0x00008B00);
    set_dword(task_state + 4, inner_stack_top);
    set_dword(task_state + 8, data0);
    set_word(task_state + 0x66, 0x2000);
    for (unsigned vector = 0; vector < 256; ++vector) {
      gate(vector, code0, handler(vector), 0x8E00);
      set_byte(handler(vector), 0xF4);  // HLT
    }
    gate(0x40, code0, handler(0x40), 0xEE00);  // for programs at CPL 3
    s.gdtr = {gdt, 0xFF};
    s.idtr = {idt, 0x7FF};
    s.tr = cached(tss);
    cr0() = 1;  // PE
    enter(0);
  }

  static u32 handler(unsigned vector) { return handlers + 16 * vector; }
  void descriptor(u16 selector, u32 low, u32 high) {
    set_dword(gdt + (selector & 0xFFF8), low);
    set_dword(gdt + (selector & 0xFFF8) + 4, high);
  }
  /// `type` is the gate's second word: 8E00 32-bit interrupt gate of DPL 0, 8F00 trap, 8600 16-bit.
  void gate(unsigned vector, u16 selector, u32 offset, u32 type) {
    set_dword(idt + 8 * vector, (offset & 0xFFFF) | u32{selector} << 16);
    set_dword(idt + 8 * vector + 4, (offset & 0xFFFF0000) | type);
  }
  void call_gate(u16 at, u16 selector, u32 offset, u32 type_and_count) {
    descriptor(at, (offset & 0xFFFF) | u32{selector} << 16, (offset & 0xFFFF0000) | type_and_count);
  }

  /// The hidden part of a descriptor in the GDT.
  DescriptorCache cached(u16 selector) {
    const u32 low = dword(gdt + (selector & 0xFFF8)), high = dword(gdt + (selector & 0xFFF8) + 4);
    DescriptorCache cache;
    cache.selector = selector;
    cache.access = static_cast<u8>(high >> 8);
    cache.dpl = high >> 13 & 3;
    cache.big = (high >> 22 & 1) != 0;
    cache.base = low >> 16 | (high & 0xFF) << 16 | (high & 0xFF000000);
    cache.limit = (low & 0xFFFF) | (high & 0xF0000);
    if ((high >> 23 & 1) != 0) cache.limit = cache.limit << 12 | 0xFFF;
    cache.derive();
    return cache;
  }
  void load(unsigned number, u16 selector) { s.segment[number] = cached(selector); }

  /// Puts the processor at `program` with CPL 0, 1 or 3 and the flat segments of that level.
  void enter(unsigned cpl) {
    const u16 code = cpl == 0 ? code0 : cpl == 1 ? code1 : code3;
    const u16 flat = cpl == 0 ? data0 : cpl == 1 ? data1 : data3;
    load(CS, code);
    for (unsigned number : {ES, SS, DS, FS, GS}) load(number, flat);
    s.general[ESP] = cpl == 0 ? stack_top : user_stack_top;
    s.eip = program;
  }

  /// Identity-maps the first 4 MB, present, writable, user; the TLB is empty.
  void enable_paging() {
    set_dword(directory, raw_entry(table, 7));
    for (u32 at = 0; at < 4u << 20; at += page_size) set_dword(entry_at(at), raw_entry(at, 7));
    context.mmu.registers.cr3 = directory;
    cr0() |= 0x80000000;  // PG
    forget_translations();
  }
  /// Sets the rights of the page of `linear`, which stays where it is, or maps it to `frame`.
  void page_bits(u32 linear, u32 rights) { map(linear, linear & ~(page_size - 1), rights); }
  void map(u32 linear, u32 frame, u32 rights) {
    set_dword(entry_at(linear), raw_entry(frame, rights));
    forget_translations();
  }
  u32 page_of(u32 linear) { return dword(entry_at(linear)); }
  void forget_translations() {
    context.mmu.tlb.for_each([](auto& tlb) { tlb.flush_all(); });
    context.mmu.shadow.for_each([](auto& shadow) { shadow.drop_all(); });
    context.mmu.shadow_paged = context.mmu.registers.paging();
  }

  /// Places a program, runs it until a handler's HLT, and tells how the handler was entered.
  Entered run_program(const std::vector<u8>& bytes, u64 clocks = 100'000) {
    place(program, bytes);
    s.eip = program;
    return run_on(clocks);
  }
  Entered run_on(u64 clocks = 100'000) {
    last_stop = run(clocks);
    return entered();
  }
  /// Reads the frame of a 32-bit gate's handler that has halted.
  Entered entered() {
    Entered e;
    const u32 at = s.eip - 1;
    if (!s.halted || at < handlers || at >= handlers + 256 * 16) return e;
    e.vector = (at - handlers) / 16;
    u32 top = s.general[ESP];
    auto pop = [&] {
      const u32 value = *context_peek(top);
      top += 4;
      return value;
    };
    const bool has_code = e.vector == 8 || (e.vector >= 10 && e.vector <= 14) || e.vector == 17;
    if (has_code) e.error = pop();
    e.eip = pop();
    e.cs = pop() & 0xFFFF;
    e.eflags = pop();
    e.esp = top;
    e.ss = s.segment[SS].selector;
    if ((e.cs & 3) > s.cpl()) {
      e.esp = pop();
      e.ss = pop() & 0xFFFF;
    }
    return e;
  }
  Stop last_stop = Stop::Deadline;

 private:
  std::optional<u32> context_peek(u32 linear) {
    return Peek<Paging>(context.mmu.registers, memory).read<u32>({linear});
  }
};

/// Vectors as the manual numbers them. [386 §9.8]
inline constexpr unsigned DE = 0, DB = 1, NMI = 2, BP = 3, OF_ = 4, BR = 5, UD = 6, NM = 7, DF = 8,
                          TS = 10, NP = 11, SSF = 12, GP = 13, PF = 14;

}  // namespace faultline::test
