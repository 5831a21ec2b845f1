// What INT n, INT3 and INTO can meet on the way through the IDT. [386 §9.6.1, §9.6.3, §14.3,
// §15.3.1] [386 §17.2.2 INT]
#include "tests/coverage/cause.hpp"

namespace faultline::coverage {
namespace {

using arch::make_gate;
using arch::make_segment;
using arch::SystemType;

u8 vector_of(const Scene& s) {
  switch (s.form().mnemonic) {
    case Mnemonic::INT3:
      return static_cast<u8>(Vector::BP);
    case Mnemonic::INTO:
      return static_cast<u8>(Vector::OF);
    default:
      return software_vector;
  }
}
/// Names the gate: its index and the IDT bit. [386 §9.7]
u32 gate_error(const Scene& s) { return vector_of(s) * 8u | arch::selector_error::IDT; }

unsigned interrupts(const Scene& s) { return is_software_interrupt(s.form().mnemonic); }
unsigned by_gate(const Scene& s) { return interrupts(s) && paged(s.mode()); }
unsigned by_user(const Scene& s) { return interrupts(s) && user(s.mode()); }
unsigned on_same_level(const Scene& s) { return interrupts(s) && s.mode() == Mode::Ring0; }

/// INTO interrupts with OF alone.
void make_ready(Scene& s) {
  if (s.form().mnemonic == Mnemonic::INTO) s.machine.s.flags.set_of(true);
}
void put_gate(Scene& s, u16 selector, SystemType type = SystemType::InterruptGate32,
              unsigned dpl = 3, u32 offset = handlers) {
  make_ready(s);
  s.machine.set_gate(vector_of(s), make_gate({selector}, offset, type, dpl));
}

Expected table_too_short(Scene& s, unsigned) {
  make_ready(s);
  if (s.mode() == Mode::Real) {
    s.machine.s.idtr.limit = static_cast<u16>(vector_of(s) * 4 + 2);
    return {Vector::DF};
  }
  s.machine.s.idtr.limit = static_cast<u16>(vector_of(s) * 8 + 6);
  return {Vector::GP, gate_error(s)};
}
Expected gate_of_inner_level(Scene& s, unsigned) {
  put_gate(s, handler_code, SystemType::InterruptGate32, 0);
  return {Vector::GP, gate_error(s)};
}
Expected no_gate(Scene& s, unsigned way) {
  put_gate(s, handler_code, way == 0 ? SystemType::CallGate32 : SystemType::LDT);
  return {Vector::GP, gate_error(s)};
}
unsigned twice(const Scene& s) { return by_gate(s) != 0 ? 2 : 0; }
Expected gate_not_present(Scene& s, unsigned) {
  put_gate(s, handler_code);
  const u32 access = idt + 8u * vector_of(s) + 5;
  s.machine.set_byte(access, s.machine.byte(access) & 0x7F);
  return {Vector::NP, gate_error(s)};
}
/// Null, beyond the table, no code, of an outer ring; from V86 mode any but ring 0's.
std::vector<u16> bad_handlers(const Scene& s) {
  std::vector<u16> all = {0, beyond, data0};
  if (s.mode() == Mode::Ring0) all.push_back(code3);
  if (s.mode() == Mode::Virtual) all.insert(all.end(), {code3, code1});
  return all;
}
unsigned handlers_of(const Scene& s) {
  return by_gate(s) != 0 ? static_cast<unsigned>(bad_handlers(s).size()) : 0;
}
Expected bad_handler(Scene& s, unsigned way) {
  const u16 selector = bad_handlers(s)[way];
  put_gate(s, selector);
  return {Vector::GP, index_of(selector)};
}
Expected absent_handler(Scene& s, unsigned) {
  put_gate(s, handler_code);
  s.machine.clear_present(handler_code);
  return {Vector::NP, handler_code};
}
Expected handler_past_limit(Scene& s, unsigned) {
  put_gate(s, handler_code, SystemType::InterruptGate32, 3, 0x12345);
  return {Vector::GP};
}

unsigned three_by_user(const Scene& s) { return by_user(s) != 0 ? 3 : 0; }
Expected inner_stack_invalid(Scene& s, unsigned way) {
  make_ready(s);
  return bad_inner_stack(s, way);
}
Expected inner_stack_absent(Scene& s, unsigned) {
  make_ready(s);
  s.machine.clear_present(stack0);
  return {Vector::SS, stack0};
}
Expected inner_stack_short(Scene& s, unsigned) {
  make_ready(s);
  s.machine.set_dword(tss + 4, 2);
  return {Vector::SS, stack0};
}
Expected stack_short(Scene& s, unsigned) {
  make_ready(s);
  s.machine.reg(ESP) = 2;
  return {Vector::SS};
}
Expected stack_page_absent(Scene& s, unsigned) {
  make_ready(s);
  const u32 at = stack_base + (user(s.mode()) ? inner_stack_at : stack_at) - 4;
  s.machine.page_rights(at, 0);
  return {Vector::PF, arch::page_fault::W, at};
}
Expected table_page_absent(Scene& s, unsigned) {
  make_ready(s);
  s.machine.page_rights(idt, 0);
  return {Vector::PF, 0, idt + 8u * vector_of(s)};
}

constexpr Cause causes[] = {
    {"vector past the limit of the IDT", "#GP(gate), in real mode #DF", "INT n, INT3, INTO",
     interrupts, table_too_short},
    {"gate in an absent page", "#PF", "the same; not in real mode", by_gate, table_page_absent},
    {"gate of an inner level", "#GP(gate)", "the same, at privilege 3", by_user,
     gate_of_inner_level},
    {"no interrupt gate", "#GP(gate)", "the same; not in real mode", twice, no_gate},
    {"gate not present", "#NP(gate)", "the same", by_gate, gate_not_present},
    {"gate to no code that may handle it", "#GP(sel)", "the same", handlers_of, bad_handler},
    {"gate to code not present", "#NP(sel)", "the same", by_gate, absent_handler},
    {"handler past the limit", "#GP(0)", "the same", by_gate, handler_past_limit},
    {"handler's stack invalid", "#TS(sel)", "the same, at privilege 3", three_by_user,
     inner_stack_invalid},
    {"handler's stack not present", "#SS(sel)", "the same", by_user, inner_stack_absent},
    {"handler's stack too short", "#SS(sel)", "the same", by_user, inner_stack_short},
    {"no room for the frame", "#SS(0)", "the same, in ring 0", on_same_level, stack_short},
    {"frame in an absent page", "#PF", "the same; not in real mode", by_gate, stack_page_absent},
};

}  // namespace

std::span<const Cause> interrupt_causes() { return causes; }

}  // namespace faultline::coverage
