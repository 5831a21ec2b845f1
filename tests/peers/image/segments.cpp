// Descriptor tables of the witness. [386 §5.1, §6.3]
#include "tests/peers/image/segments.hpp"

#include "tests/peers/image/arena.hpp"
#include "tests/peers/image/processor.hpp"

namespace peers {

namespace {

namespace access = segment_access;
namespace flag = segment_flags;

struct Tables {
  Descriptor idt[96];
  Descriptor gdt[selector::first_slot + slots_in_gdt];
  Descriptor ldt[slot_count - slots_in_gdt];
};
static_assert(sizeof(Tables) <= task_state_offset);

Tables& tables() { return *reinterpret_cast<Tables*>(physical::tables); }

Descriptor wanted[slot_count];
u32 ldt_linear;  // in the arena; 0 when the LDT is `ldt`
TablePointer gdt_pointer, idt_pointer;

constexpr u8 level(u32 dpl) { return static_cast<u8>(dpl << access::DPL_shift); }
u32 address_of(const void* p) { return reinterpret_cast<u32>(p); }

}  // namespace

void reset_segments() {
  ldt_linear = 0;
  for (u32 ring = 0; ring < 4; ++ring) {
    tables().gdt[1 + 2 * ring] =
        make_segment(0, 0xFFFFF, access::kernel_code | access::accessed | level(ring), 0xC);
    tables().gdt[2 + 2 * ring] =
        make_segment(0, 0xFFFFF, access::kernel_data | access::accessed | level(ring), 0xC);
    tables().gdt[11 + ring] = make_segment(
        window::code, 0xFFFF, access::kernel_code | access::accessed | level(ring), flag::D);
  }
  tables().gdt[15] = make_segment(
      window::code, 0xFFFF, access::kernel_code | access::conforming | access::accessed, flag::D);
  tables().gdt[9] = make_segment(address_of(&task_state()), sizeof(task_state()) - 1, 0x89, 0);
  tables().gdt[10] = make_segment(address_of(tables().ldt), sizeof(tables().ldt) - 1, 0x82, 0);
  for (u32 slot = 0; slot < slot_count; ++slot) set_slot(slot, {});
  for (u32 vector = 0; vector < 96; ++vector) {
    const u8 dpl = vector >= done_vector ? 3 : 0;
    tables().idt[vector] = make_gate({selector::code(0)}, address_of(trap_stubs) + vector * 16,
                                     SystemType::InterruptGate32, dpl);
  }
  task_state().esp0 = physical::case_stack;
  task_state().ss0 = selector::data(0);
  task_state().ss1 = selector::data(1);
  task_state().ss2 = selector::data(2);
  task_state().esp1 = window::inner_stack1;
  task_state().esp2 = window::inner_stack2;
  task_state().io_map_base = sizeof(TaskStateSegment);
  for (u8& byte : task_state().io_map) byte = 0xFF;
  gdt_pointer = {sizeof(tables().gdt) - 1, address_of(tables().gdt)};
  idt_pointer = {sizeof(tables().idt) - 1, address_of(tables().idt)};
  load_gdt(gdt_pointer);
  load_idt(idt_pointer);
  load_ldt(selector::local_table);
  load_task(selector::task);
}

void set_slot(u32 slot, Descriptor descriptor) {
  wanted[slot] = descriptor;
  if (slot < slots_in_gdt) {
    tables().gdt[selector::first_slot + slot] = descriptor;
  } else if (ldt_linear == 0) {
    tables().ldt[slot - slots_in_gdt] = descriptor;
  } else {
    const u32 at = ldt_linear + (slot - slots_in_gdt) * 8;
    poke32(at, descriptor.low);
    poke32(at + 4, descriptor.high);
  }
}

u16 slot_selector(u32 slot, u32 rpl) {
  const u32 index =
      slot < slots_in_gdt ? (selector::first_slot + slot) * 8 : (slot - slots_in_gdt) * 8 + 4;
  return static_cast<u16>(index | rpl);
}

Descriptor wanted_slot(u32 slot) { return wanted[slot]; }
u32 moved_ldt() { return ldt_linear; }

void set_test_gate(Descriptor gate) { tables().idt[test_vector] = gate; }
Descriptor test_gate() { return tables().idt[test_vector]; }

void move_ldt_to_arena(Case& c) {
  ldt_linear = arena_address(c.random) - c.random.below(4) * 8;
  const u32 limit = c.random.chance(1, 4) ? c.random.below(32) : sizeof(tables().ldt) - 1;
  tables().gdt[10] = make_segment(ldt_linear, limit, 0x82, 0);
  load_ldt(selector::local_table);
}

namespace {

Descriptor& slot_memory(u32 slot) {
  return slot < slots_in_gdt ? tables().gdt[selector::first_slot + slot]
                             : tables().ldt[slot - slots_in_gdt];
}

}  // namespace

u32 accessed_slots() {
  u32 bits = 0;
  for (u32 slot = 0; slot < slot_count; ++slot) bits = bits << 1 | (slot_memory(slot).access() & 1);
  return bits;
}

u32 digest_slots(u32 sum) {
  for (u32 slot = 0; slot < slot_count; ++slot) {
    sum = fold(sum, slot_memory(slot).low);
    sum = fold(sum, slot_memory(slot).high & ~0x100u);
  }
  return sum;
}

}  // namespace peers
