// Segment loads, far transfers and instructions that ask for a privilege. [386 §6.3, §8.3]
#include "arch/registers.hpp"
#include "tests/peers/image/arena.hpp"
#include "tests/peers/image/operations.hpp"
#include "tests/peers/image/segments.hpp"

namespace peers {
namespace {

struct Transfer {
  const char* name;
  u8 bytes[4];
  u8 length;
  enum Kind : u8 { Load, LoadStack, FarPointer, FarMemory, Return, Plain } kind;
};

using namespace eflags;

constexpr Transfer transfers[] = {
    {"mov-ds", {0x8E, 0xD8}, 2, Transfer::Load},
    {"mov-es", {0x8E, 0xC0}, 2, Transfer::Load},
    {"mov-gs", {0x8E, 0xE8}, 2, Transfer::Load},
    {"mov-ss", {0x8E, 0xD0}, 2, Transfer::LoadStack},
    {"lar", {0x0F, 0x02, 0xD0}, 3, Transfer::Load},
    {"lsl", {0x0F, 0x03, 0xD0}, 3, Transfer::Load},
    {"verr", {0x0F, 0x00, 0xE0}, 3, Transfer::Load},
    {"verw", {0x0F, 0x00, 0xE8}, 3, Transfer::Load},
    {"arpl", {0x63, 0xD0}, 2, Transfer::Load},
    {"lldt", {0x0F, 0x00, 0xD0}, 3, Transfer::Load},
    {"lds", {0xC5, 0x13}, 2, Transfer::FarMemory},
    {"les", {0xC4, 0x13}, 2, Transfer::FarMemory},
    {"lfs", {0x0F, 0xB4, 0x13}, 3, Transfer::FarMemory},
    {"jmp-far", {0xEA}, 1, Transfer::FarPointer},
    {"call-far", {0x9A}, 1, Transfer::FarPointer},
    {"call-far", {0x9A}, 1, Transfer::FarPointer},
    {"jmp-far-m", {0xFF, 0x2B}, 2, Transfer::FarMemory},
    {"call-far-m", {0xFF, 0x1B}, 2, Transfer::FarMemory},
    {"retf", {0xCB}, 1, Transfer::Return},
    {"retf-imm", {0xCA, 8, 0}, 3, Transfer::Return},
    {"iret", {0xCF}, 1, Transfer::Return},
    {"cli", {0xFA}, 1, Transfer::Plain},
    {"sti", {0xFB}, 1, Transfer::Plain},
    {"out-80", {0xE6, 0x80}, 2, Transfer::Plain},
    {"outw-80", {0x66, 0xE7, 0x80}, 3, Transfer::Plain},
    {"outd-80", {0xE7, 0x80}, 2, Transfer::Plain},
    {"int-n", {0xCD, 0x50}, 2, Transfer::Plain},
    {"clts", {0x0F, 0x06}, 2, Transfer::Plain},
};

/// A selector of anything: descriptors under test, good ones, null, beyond the limit.
u16 any_selector(Case& c) {
  Random& random = c.random;
  const u32 rpl = random.chance(1, 2) ? c.ring : random.below(4);
  switch (random.below(8)) {
    case 0:
      return static_cast<u16>(random.below(4));
    case 1:
      return static_cast<u16>((selector::first_slot + slots_in_gdt) * 8 + rpl);
    case 2:
      return static_cast<u16>((random.below(9) * 8) | rpl);
    default:
      return slot_selector(random.below(slot_count), rpl);
  }
}

u16 code_selector(Case& c) {
  if (c.random.chance(1, 2)) return any_selector(c);
  return static_cast<u16>(selector::landing(c.random.below(5)) |
                          (c.random.chance(1, 2) ? c.ring : c.random.below(4)));
}

u16 stack_selector(Case& c, u16 code) {
  if (c.random.chance(1, 8)) return any_selector(c);
  return selector::data(code & 3);
}

/// EIP, CS, EFLAGS, ESP, SS where the return will look for them. [386 §17.2.2 IRET]
void plant_iret(Case& c, u32 at) {
  const u16 code = code_selector(c);
  const u32 frame[] = {window::landing, code, c.random.next() & (arithmetic | IOPL | IF),
                       window::return_stack, stack_selector(c, code)};
  for (u32 i = 0; i < 5; ++i) poke32(at + 4 * i, frame[i]);
}

/// EIP, CS, what the instruction releases, ESP, SS. [386 §17.2.2 RET]
void plant_retf(Case& c, u32 at, u32 released) {
  const u16 code = code_selector(c);
  poke32(at, window::landing);
  poke32(at + 4, code);
  poke32(at + 8 + released, window::return_stack);
  poke32(at + 12 + released, stack_selector(c, code));
}

void randomize_environment(Case& c) {
  Random& random = c.random;
  if (random.chance(1, 6)) move_ldt_to_arena(c);
  for (u32 slot = 0; slot < slot_count; ++slot) set_slot(slot, random_descriptor(random));
  if (random.chance(1, 2)) {
    task_state().esp1 = arena_address(random);
    task_state().esp2 = arena_address(random);
  }
  if (random.chance(1, 16)) task_state().ss1 = any_selector(c);
  if (random.chance(1, 16)) task_state().ss2 = any_selector(c);
  task_state().io_map[16] = static_cast<u8>(random.next());  // ports 80h to 87h
  set_test_gate(random_interrupt_gate(random));
}

}  // namespace

void prepare_transfer(Case& c) {
  const Transfer& t = c.random.pick(transfers);
  c.name = t.name;
  if (t.bytes[0] == 0x0F && t.bytes[1] == 0x02) c.defined_edx = ~0x000F0000u;  // [386 §17.2.2 LAR]
  randomize_environment(c);
  const u32 at = arena_address(c.random);
  c.entry.ebx = at;
  if (t.kind == Transfer::LoadStack && c.ring == 0) c.ring = 3;  // ring 0 keeps a good stack
  if (c.ring == 0) {
    use_window_stack(c);
  } else if (c.random.chance(1, 2)) {
    c.entry.esp = arena_address(c.random);
  }
  switch (t.kind) {
    case Transfer::Load:
    case Transfer::LoadStack:
      c.entry.eax = any_selector(c);
      break;
    case Transfer::FarMemory:
      poke32(at, window::landing);
      poke16(at + 4, t.bytes[0] == 0xFF ? code_selector(c) : any_selector(c));
      break;
    case Transfer::Return:
      if (t.bytes[0] == 0xCF) {
        plant_iret(c, c.entry.esp);
      } else {
        plant_retf(c, c.entry.esp, t.bytes[0] == 0xCA ? t.bytes[1] : 0);
      }
      break;
    default:
      break;
  }
  c.code.put(t.bytes, t.length);
  if (t.kind == Transfer::FarPointer) {
    c.code.put32(window::landing);
    c.code.put16(code_selector(c));
  }
  c.code.put(0xCD), c.code.put(done_vector);
}

}  // namespace peers
