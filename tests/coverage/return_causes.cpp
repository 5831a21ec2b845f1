// What RETF and IRET can meet on the way back: the task that called, the stack of an outer ring,
// the limit of virtual-8086 mode. [386 §6.3.4.2, §7.6, §15.3.1]
#include "tests/coverage/cause.hpp"

namespace faultline::coverage {
namespace {

using arch::make_segment;

// Back to the task that the TSS links. [386 §7.6]
unsigned returns_to_task(const Scene& s) {
  return s.form().mnemonic == Mnemonic::IRET && descriptors(s.mode());
}
unsigned four_links(const Scene& s) { return returns_to_task(s) != 0 ? 4 : 0; }
/// Null, in the LDT, beyond the table, not busy.
Expected bad_link(Scene& s, unsigned way) {
  constexpr u16 selectors[] = {0, other_tss_selector | 4, beyond, other_tss_selector};
  s.machine.s.flags.set_bits(eflags::NT);
  s.machine.set_word(tss, selectors[way]);
  return {Vector::TS, index_of(selectors[way])};
}
Expected absent_link(Scene& s, unsigned) {
  s.machine.s.flags.set_bits(eflags::NT);
  s.machine.set_descriptor(scratch, make_segment(other_tss, 0x67, 0x0B, 0));
  s.machine.set_word(tss, scratch);
  return {Vector::NP, scratch};
}

unsigned goes_outward(const Scene& s) { return returns(s) && s.mode() == Mode::Ring0; }
/// Null, beyond the table, another RPL, another DPL, not writable.
Expected outer_stack_invalid(Scene& s, unsigned way) {
  constexpr u16 selectors[] = {0, beyond | 3, stack3 & 0xFFFC, stack0 | 3, read_only};
  put_outer_stack(s, selectors[way]);
  return {Vector::GP, index_of(selectors[way])};
}
unsigned five_outward(const Scene& s) { return goes_outward(s) != 0 ? 5 : 0; }
Expected outer_stack_absent(Scene& s, unsigned) {
  put_outer_stack(s, stack3);
  s.machine.clear_present(stack3);
  return {Vector::SS, index_of(stack3)};
}

/// IRET to V86 mode, past its 64 KB.
unsigned returns_to_virtual(const Scene& s) {
  return s.form().mnemonic == Mnemonic::IRET && s.mode() == Mode::Ring0 && s.instance.wide;
}
Expected virtual_past_limit(Scene& s, unsigned) {
  put_target(s, code_base >> 4, too_far);
  s.machine.set_stack(stack_at + 8, eflags::VM | eflags::always_one);
  return {Vector::GP};
}

constexpr Cause causes[] = {
    {"no task to return to", "#TS(link)", "IRET with NT, by descriptor", four_links, bad_link},
    {"task to return to not present", "#NP(link)", "the same", returns_to_task, absent_link},
    {"outer stack invalid", "#GP(sel)", "RETF and IRET in ring 0", five_outward,
     outer_stack_invalid},
    {"outer stack not present", "#SS(sel)", "the same", goes_outward, outer_stack_absent},
    {"V86 target past 64 KB", "#GP(0)", "IRET in ring 0 with a 32-bit operand", returns_to_virtual,
     virtual_past_limit},
};

}  // namespace

void put_outer_stack(Scene& s, u16 selector) {
  put_selector(s, code3);
  const u32 size = s.instance.wide ? 4 : 2;
  const u32 release = has_operand(s.form(), Operand::Iw) ? s.how.immediate : 0;
  const u32 words = s.form().mnemonic == Mnemonic::IRET ? 3 : 2;
  const u32 at = stack_base + stack_at + words * size + release;
  s.machine.set_word(at, 0x6000);
  s.machine.set_word(at + size, selector);
}

std::span<const Cause> return_causes() { return causes; }

}  // namespace faultline::coverage
