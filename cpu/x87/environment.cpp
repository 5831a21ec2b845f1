#include "cpu/x87/environment.hpp"

#include "cpu/x87/register_stack.hpp"

namespace faultline::x87 {
namespace {

enum Tag : unsigned { Valid, Zero, Special, Empty };

Tag tag_of(Extended x) {
  switch (class_of(x)) {
    case Class::Normal:
      return Valid;
    case Class::Zero:
      return Zero;
    default:
      return Special;
  }
}

constexpr u32 reserved_ones = 0xFFFF0000;
constexpr u16 opcode_bits = 0x07FF;

u32 linear(u16 selector, u32 offset) { return (u32{selector} << 4) + offset; }

}  // namespace

u16 tag_word(const X87State& state) {
  unsigned tags = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const bool used = (state.occupied >> i & 1) != 0;
    tags |= (used ? tag_of(state.registers[i]) : Empty) << 2 * i;
  }
  return static_cast<u16>(tags);
}

Environment environment_of(const X87State& s, Pointers pointers, bool wide) {
  const u32 ones = wide ? reserved_ones : 0;
  Environment e{s.control.value | ones, s.status_word() | ones, tag_word(s) | ones};
  if (pointers == Pointers::Protected) {
    e[3] = s.instruction_offset;
    e[4] = s.instruction_selector | (wide ? u32{s.opcode} << 16 : 0);
    e[5] = s.operand_offset;
    e[6] = s.operand_selector | ones;
    return e;
  }
  // The low 16 bits of an address in one word, the rest above bit 12 of the next.
  const u32 instruction = linear(s.instruction_selector, s.instruction_offset);
  const u32 operand = linear(s.operand_selector, s.operand_offset);
  e[3] = (instruction & 0xFFFF) | ones;
  e[4] = instruction >> 16 << 12 | s.opcode;
  e[5] = (operand & 0xFFFF) | ones;
  e[6] = operand >> 16 << 12;
  return e;
}

void load_environment(X87State& s, const Environment& e, Pointers pointers, bool wide) {
  s.control = ControlWord::loaded(static_cast<u16>(e[0]));
  s.status = static_cast<u16>(e[1] & ~u32{status::top_mask});
  s.top = e[1] >> status::top_shift & 7;
  // Of the tags only "empty" is taken; the rest follows from the registers. [387 §2.2.4]
  s.occupied = 0;
  for (unsigned i = 0; i < 8; ++i)
    if ((e[2] >> 2 * i & 3) != Empty) s.occupied |= static_cast<u8>(1 << i);
  if (pointers == Pointers::Protected) {
    s.instruction_offset = e[3];
    s.instruction_selector = static_cast<u16>(e[4]);
    if (wide) s.opcode = e[4] >> 16 & opcode_bits;
    s.operand_offset = e[5];
    s.operand_selector = static_cast<u16>(e[6]);
  } else {
    const u32 high = wide ? 0x0FFFF000 : 0xF000;
    s.instruction_offset = (e[3] & 0xFFFF) | (e[4] & high) << 4;
    s.opcode = e[4] & opcode_bits;
    s.operand_offset = (e[5] & 0xFFFF) | (e[6] & high) << 4;
    s.instruction_selector = s.operand_selector = 0;
  }
  RegisterStack(s).summarize();
}

}  // namespace faultline::x87
