// Gates, tasks and frames as the manual draws them. [386 §6.3.4, §7.1 to §7.6, §15.3.1] [386 §11.2]
#include "tests/coverage/route.hpp"

#include "tests/coverage/cause.hpp"

namespace faultline::coverage {
namespace {

using arch::make_gate;
using arch::make_segment;
using arch::SystemType;

Destination behind(const Scene& s) { return {s.machine.s.eip + s.length(), s.mode()}; }

bool lockable(const Scene& s) { return s.form().has(Lockable) && s.instance.memory; }
Destination locked(Scene& s) {
  s.how.prefixes = {lock_prefix};
  return behind(s);
}

bool repeatable(const Scene& s) { return s.form().has(Rep) || s.form().has(RepCondition); }
Destination repeated(Scene& s) {
  s.how.prefixes = {0xF3};
  s.machine.set_data(destination_at, 3);  // equal to the source
  return behind(s);
}

bool into(const Scene& s) { return s.form().mnemonic == Mnemonic::INTO; }
Destination overflowed(Scene& s) {
  s.machine.s.flags.set_of(true);
  const u32 entry = static_cast<u32>(Vector::OF) * 16;
  if (s.mode() == Mode::Real) return {entry, Mode::Real};
  return {handlers + entry, Mode::Ring0};
}

bool calls(const Scene& s) { return goes_far_by_descriptor(s) && !returns(s); }
void name(Scene& s, u16 selector) { put_selector(s, static_cast<u16>(selector | cpl_of(s))); }

Destination by_gate(Scene& s) {
  const arch::Selector code{s.machine.code()};
  s.machine.set_descriptor(scratch, make_gate(code, landing, SystemType::CallGate32, 3));
  name(s, scratch);
  return {landing, s.mode()};
}
bool calls_inward(const Scene& s) {
  return s.form().mnemonic == Mnemonic::CALLF && s.mode() == Mode::Ring3;
}
/// With two parameters to copy.
Destination inward(Scene& s) {
  arch::Descriptor gate = make_gate({code0}, landing, SystemType::CallGate32, 3);
  gate.high |= 2;
  s.machine.set_descriptor(scratch, gate);
  name(s, scratch);
  return {landing, Mode::Ring0};
}

/// A task of ring 0, its descriptor in `scratch`, of `access`.
void put_task(Scene& s, u8 access) {
  Machine& m = s.machine;
  m.set_descriptor(scratch, make_segment(other_tss, 0x67, access, 0));
  m.set_dword(other_tss + 0x1C, directory);
  m.set_dword(other_tss + 0x20, landing);
  m.set_dword(other_tss + 0x24, eflags::always_one);
  m.set_dword(other_tss + 0x38, inner_stack_at);
  m.set_dword(other_tss + 0x4C, code0);
  m.set_dword(other_tss + 0x50, stack0);
}
Destination to_task(Scene& s) {
  put_task(s, 0xE9);
  name(s, scratch);
  return {};
}
Destination to_task_by_gate(Scene& s) {
  put_task(s, 0x89);
  s.machine.set_descriptor(scratch2, make_gate({scratch}, 0, SystemType::TaskGate, 3));
  name(s, scratch2);
  return {};
}
bool returns_by_descriptor(const Scene& s) { return returns(s) && descriptors(s.mode()); }
bool returns_to_task(const Scene& s) {
  return returns_by_descriptor(s) && s.form().mnemonic == Mnemonic::IRET;
}
Destination back_to_task(Scene& s) {
  put_task(s, 0x8B);
  s.machine.set_word(tss, scratch);
  s.machine.s.flags.set_bits(eflags::NT);
  return {};
}

bool returns_outward(const Scene& s) { return returns_by_descriptor(s) && s.mode() == Mode::Ring0; }
Destination outward(Scene& s) {
  put_outer_stack(s, stack3);
  return {landing, Mode::Ring3};
}
bool returns_to_virtual(const Scene& s) {
  return returns_outward(s) && s.form().mnemonic == Mnemonic::IRET && s.instance.wide;
}
Destination to_virtual(Scene& s) {
  put_stack(s, {landing, code_base >> 4, eflags::VM | eflags::always_one, 0x6000, stack_base >> 4,
                0, 0, 0, 0});
  return {landing, Mode::Virtual};
}

constexpr Route all_routes[] = {
    {"locked", "the lockable rows with their operand in memory", lockable, locked},
    {"repeated", "string instructions", repeatable, repeated},
    {"overflow", "INTO", into, overflowed},
    {"call gate, same ring", "far CALL and JMP, by descriptor", calls, by_gate},
    {"call gate, to ring 0", "far CALL in ring 3", calls_inward, inward},
    {"task", "far CALL and JMP, by descriptor", calls, to_task},
    {"task gate", "the same", calls, to_task_by_gate},
    {"back to the calling task", "IRET by descriptor", returns_to_task, back_to_task},
    {"out to ring 3", "RETF and IRET in ring 0", returns_outward, outward},
    {"to V86 mode", "IRET in ring 0", returns_to_virtual, to_virtual},
};

}  // namespace

std::span<const Route> routes() { return all_routes; }

}  // namespace faultline::coverage
