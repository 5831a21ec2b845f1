// Operands and segments for the rows of the table.
#include "tests/peers/image/operations.hpp"

#include "arch/registers.hpp"
#include "tests/peers/image/arena.hpp"
#include "tests/peers/image/segments.hpp"

namespace peers {
namespace {

/// MOV sreg, AX, with the selector.
void load_segment(Code& code, SegmentRegister which, u16 selector) {
  code.put(0x66), code.put(0xB8), code.put16(selector);
  code.put(0x8E), code.put(static_cast<u8>(0xC0 | which << 3));
}

constexpr u8 prefixes[] = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65};  // in encoding order

u16 any_rpl(Case& c, u32 slot) {
  return slot_selector(slot, c.random.chance(3, 4) ? c.ring : c.random.below(4));
}

/// Sometimes gives `which` a segment of its own, loaded before the access; the operand's offset in
/// it.
u32 place(Case& c, SegmentRegister which, u32 slot, u32 linear, u32 size) {
  if (c.random.chance(1, 2)) return linear;
  if (which != SS && c.random.chance(1, 16)) {
    load_segment(c.code, which, static_cast<u16>(c.random.below(4)));
    return linear;
  }
  const Shaped shaped = shape_segment(c, linear, size, which == SS);
  set_slot(slot, shaped.descriptor);
  load_segment(c.code, which, any_rpl(c, slot));
  return shaped.offset;
}

/// The operand of [EBX]: any segment register may bring it.
void place_ebx(Case& c, u32 size) {
  static constexpr SegmentRegister choices[] = {DS, DS, DS, DS, ES, FS, GS, CS};
  const SegmentRegister which = c.random.pick(choices);
  const u32 linear = c.ebx_linear = arena_address(c.random);
  c.entry.ebx = linear;
  if (which != CS) c.entry.ebx = place(c, which, c.random.below(slot_count), linear, size);
  if (which != DS) c.code.put(prefixes[which]);
}

void place_stack(Case& c, u32 size) {
  if (c.ring == 0) {
    use_window_stack(c);
    c.entry.ebp = c.entry.esp;
    return;
  }
  c.esp_linear = arena_address(c.random);
  c.entry.esp = place(c, SS, c.random.below(slot_count), c.esp_linear, size);
  c.entry.ebp = c.entry.esp;
}

void place_strings(Case& c, const Operation& op) {
  const bool source = op.through != Through::Edi, target = op.through != Through::Esi;
  c.entry.ecx = c.random.below(op.size == 1 ? 20 : 6);
  if (c.random.chance(1, 3)) c.entry.eflags |= eflags::DF;
  if (source) {
    static constexpr SegmentRegister choices[] = {DS, DS, DS, FS, GS};
    const SegmentRegister which = c.random.pick(choices);
    c.entry.esi = place(c, which, c.random.below(4), arena_address(c.random), op.size);
    if (target) c.entry.edi = place(c, ES, 4 + c.random.below(4), arena_address(c.random), op.size);
    if (which != DS) c.code.put(prefixes[which]);
  } else {
    c.entry.edi = place(c, ES, c.random.below(slot_count), arena_address(c.random), op.size);
  }
}

/// Near returns and jumps find a good target wherever memory is present.
void plant_targets(Case& c, const Operation& op) {
  const u32 target = window::code + window::landing;
  if (op.bytes[0] == 0xFF && op.bytes[1] != 0x33) poke32(c.ebx_linear, target);
  if (op.bytes[0] == 0xC2 || op.bytes[0] == 0xC3) poke32(c.esp_linear, target);
  if (op.bytes[0] == 0xD7) c.entry.eax &= ~0xFFu;  // XLAT reads where EBX points
}

}  // namespace

void use_window_stack(Case& c) {
  c.entry.esp = window::initial_stack;
  c.code.put(0xBC), c.code.put32(window::initial_stack);  // mov esp, imm32
}

void prepare_operation(Case& c, u32 model) {
  const Operation* op;
  do op = &operations[c.random.below(operation_count)];
  while (op->model > model);
  c.name = op->name;
  c.undefined_flags = op->undefined;
  switch (op->through) {
    case Through::Ebx:
      place_ebx(c, op->size);
      break;
    case Through::Esi:
    case Through::Edi:
    case Through::Both:
      place_strings(c, *op);
      break;
    case Through::Stack:
    case Through::Frame:
      place_stack(c, op->size);
      break;
    case Through::StackAndEbx:
      place_stack(c, 4);
      place_ebx(c, 4);
      break;
    case Through::Fetch:
      c.code_address = arena_address(c.random) - c.random.below(6);
      break;
  }
  c.code.put(op->bytes, op->length);
  c.code.put(0xCD), c.code.put(done_vector);
  plant_targets(c, *op);
}

}  // namespace peers
