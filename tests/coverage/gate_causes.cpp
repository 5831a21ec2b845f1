// What far calls and jumps can meet on the way through call gates, to the stack of an inner ring,
// and to other tasks. [386 §6.3.4, §7.3 to §7.5]
#include "tests/coverage/cause.hpp"

namespace faultline::coverage {
namespace {

using arch::make_gate;
using arch::make_segment;
using arch::SystemType;

/// CALL and JMP may name gates and tasks.
unsigned calls(const Scene& s) { return goes_far_by_descriptor(s) && !returns(s); }

// Through a call gate, which lies in `scratch`.
void put_gate(Scene& s, u16 selector, u32 offset, unsigned dpl = 3) {
  s.machine.set_descriptor(scratch, make_gate({selector}, offset, SystemType::CallGate32, dpl));
  put_selector(s, static_cast<u16>(scratch | cpl_of(s)));
}
Expected gate_not_present(Scene& s, unsigned) {
  put_gate(s, s.machine.code(), landing);
  s.machine.clear_present(scratch);
  return {Vector::NP, scratch};
}
Expected gate_too_private(Scene& s, unsigned) {
  put_gate(s, s.machine.code(), landing, 0);
  put_selector(s, scratch | 3);  // RPL counts as CPL does
  return {Vector::GP, scratch};
}
/// Null, beyond the table, no code, of an outer ring; of JMP also of an inner one.
std::vector<u16> bad_gate_selectors(const Scene& s) {
  std::vector<u16> all = {0, beyond, s.machine.data()};
  if (s.mode() == Mode::Ring0) all.push_back(code3);
  if (s.mode() == Mode::Ring3 && s.form().mnemonic == Mnemonic::JMPF) all.push_back(code0);
  return all;
}
unsigned gate_selectors(const Scene& s) {
  return calls(s) != 0 ? static_cast<unsigned>(bad_gate_selectors(s).size()) : 0;
}
Expected gate_to_bad_code(Scene& s, unsigned way) {
  const u16 selector = bad_gate_selectors(s)[way];
  put_gate(s, selector, landing);
  return {Vector::GP, index_of(selector)};
}
Expected gate_to_absent_code(Scene& s, unsigned) {
  put_gate(s, s.machine.code(), landing);
  s.machine.clear_present(s.machine.code());
  return {Vector::NP, index_of(s.machine.code())};
}
Expected gate_past_limit(Scene& s, unsigned) {
  put_gate(s, s.machine.code(), too_far);
  return {Vector::GP};
}

// Inward, on the stack that the TSS names for ring 0.
unsigned goes_inward(const Scene& s) {
  return s.form().mnemonic == Mnemonic::CALLF && s.mode() == Mode::Ring3;
}
unsigned three_inward(const Scene& s) { return goes_inward(s) != 0 ? 3 : 0; }

Expected inner_stack_invalid(Scene& s, unsigned way) {
  put_gate(s, code0, landing);
  return bad_inner_stack(s, way);
}
Expected inner_stack_absent(Scene& s, unsigned) {
  put_gate(s, code0, landing);
  s.machine.clear_present(stack0);
  return {Vector::SS, stack0};
}
Expected inner_stack_short(Scene& s, unsigned) {
  put_gate(s, code0, landing);
  s.machine.set_dword(tss + 4, 2);
  return {Vector::SS, stack0};
}
Expected inner_page_absent(Scene& s, unsigned) {
  put_gate(s, code0, landing);
  s.machine.page_rights(stack_base + inner_stack_at - 4, 0);
  return {Vector::PF, arch::page_fault::W, stack_base + inner_stack_at - 4};
}

// To a task.
Expected task_not_present(Scene& s, unsigned) {
  s.machine.set_descriptor(scratch, make_segment(other_tss, 0x67, 0xE9, 0));
  put_selector(s, static_cast<u16>(scratch | cpl_of(s)));
  s.machine.clear_present(scratch);
  return {Vector::NP, scratch};
}
Expected task_busy(Scene& s, unsigned) {
  return refuse(s, static_cast<u16>(tss_selector | cpl_of(s)));
}
Expected task_too_private(Scene& s, unsigned) { return refuse(s, other_tss_selector | 3); }
Expected task_too_short(Scene& s, unsigned) {
  s.machine.set_descriptor(scratch, make_segment(other_tss, 0x66, 0xE9, 0));
  put_selector(s, static_cast<u16>(scratch | cpl_of(s)));
  return {Vector::TS, scratch};
}
void put_task_gate(Scene& s, u16 selector) {
  s.machine.set_descriptor(scratch, make_gate({selector}, 0, SystemType::TaskGate, 3));
  put_selector(s, static_cast<u16>(scratch | cpl_of(s)));
}
Expected task_gate_not_present(Scene& s, unsigned) {
  put_task_gate(s, other_tss_selector);
  s.machine.clear_present(scratch);
  return {Vector::NP, scratch};
}
/// Null, in the LDT, beyond the table, no TSS, busy.
Expected task_gate_to_no_task(Scene& s, unsigned way) {
  constexpr u16 selectors[] = {0, other_tss_selector | 4, beyond, data0, tss_selector};
  put_task_gate(s, selectors[way]);
  return {Vector::GP, index_of(selectors[way])};
}
unsigned five(const Scene& s) { return calls(s) != 0 ? 5 : 0; }

constexpr Cause causes[] = {
    {"call gate not present", "#NP(gate)", "far CALL and JMP, by descriptor", calls,
     gate_not_present},
    {"call gate of an inner level", "#GP(gate)", "the same", calls, gate_too_private},
    {"call gate to no code that may be called", "#GP(sel)", "the same", gate_selectors,
     gate_to_bad_code},
    {"call gate to code not present", "#NP(sel)", "the same", calls, gate_to_absent_code},
    {"call gate past the limit", "#GP(0)", "the same", calls, gate_past_limit},
    {"inner stack invalid", "#TS(sel)", "far CALL in ring 3", three_inward, inner_stack_invalid},
    {"inner stack not present", "#SS(sel)", "the same", goes_inward, inner_stack_absent},
    {"inner stack too short", "#SS(sel)", "the same", goes_inward, inner_stack_short},
    {"inner stack in an absent page", "#PF", "the same", goes_inward, inner_page_absent},
    {"task not present", "#NP(tss)", "far CALL and JMP, by descriptor", calls, task_not_present},
    {"task busy", "#GP(tss)", "the same", calls, task_busy},
    {"task of an inner level", "#GP(tss)", "the same", calls, task_too_private},
    {"task state too short", "#TS(tss)", "the same", calls, task_too_short},
    {"task gate not present", "#NP(gate)", "the same", calls, task_gate_not_present},
    {"task gate to no task", "#GP(sel)", "the same", five, task_gate_to_no_task},
};

}  // namespace

Expected bad_inner_stack(Scene& s, unsigned way) {
  if (way == 2) {
    s.machine.s.tr.limit = 8;
    return {Vector::TS, tss_selector};
  }
  const u16 selector = way == 0 ? 0 : stack3;
  s.machine.set_word(tss + 8, selector);
  return {Vector::TS, index_of(selector)};
}

std::span<const Cause> gate_causes() { return causes; }

}  // namespace faultline::coverage
