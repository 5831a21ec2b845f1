// Through the IDT: interrupts, traps and faults to their handlers. [386 §9.3 to §9.7]
#pragma once

#include "cpu/interrupts/debug.hpp"
#include "cpu/interrupts/task_switch.hpp"
#include "cpu/semantics/far_transfer.hpp"

namespace faultline {

namespace detail {

/// Real mode: the vector table of far pointers; an entry beyond its limit is interrupt 8. [386
/// §14.3]
template <class Core>
void deliver_real(Core& core, u8 vector, u32 return_eip) {
  State& s = core.s;
  if (vector * 4u + 3 > s.idtr.limit) core.raise(Vector::DF);
  const u16 ip = core.template read_system<u16>(s.idtr.base + vector * 4u, MicroEvent::IdtRead);
  const u16 cs = core.template read_system<u16>(s.idtr.base + vector * 4u + 2, MicroEvent::IdtRead);
  NewStack<Core> stack(core, s.segment[SS], s.general[ESP], 0, core.privilege());
  stack.template push<u16>(static_cast<u16>(s.flags.value()));
  stack.template push<u16>(s.segment[CS].selector);
  stack.template push<u16>(static_cast<u16>(return_eip));
  core.set_stack_pointer(stack.esp());
  core.load_real_segment(CS, cs);
  core.target = ip;
  s.flags.clear_bits(eflags::IF | eflags::TF | eflags::AC);
}

inline bool is_interrupt_or_trap_gate(SystemType type) {
  return type == SystemType::InterruptGate16 || type == SystemType::TrapGate16 ||
         type == SystemType::InterruptGate32 || type == SystemType::TrapGate32;
}

/// What to push and where to go; filled from the gate.
struct GateEntry {
  Descriptor gate{};
  bool task = false;  // a task gate: nothing below is filled
  CodeTarget code{};
  bool wide = false;       // 32-bit gate
  bool clears_if = false;  // interrupt gate
  unsigned level = 0;      // privilege of the handler
  bool inward = false;     // more privileged than CPL
};

/// Reads and checks the gate and the handler's segment. [386 §9.5, §9.6.3] [386 §17.2.2 INT]
template <class Core>
GateEntry read_gate(Core& core, u8 vector, bool software, u32 ext) {
  State& s = core.s;
  const u32 gate_error = vector * 8u | selector_error::IDT | ext;
  if (vector * 8u + 7 > s.idtr.limit) core.raise(Vector::GP, gate_error);
  const Descriptor gate = core.read_descriptor(s.idtr.base + vector * 8u, MicroEvent::IdtRead);
  const SystemType type = gate.system_type();
  const bool task = !gate.is_segment() && type == SystemType::TaskGate;
  if (gate.is_segment() || (!task && !is_interrupt_or_trap_gate(type)))
    core.raise(Vector::GP, gate_error);
  if (software && gate.dpl() < core.cpl()) core.raise(Vector::GP, gate_error);
  if (!gate.present()) core.raise(Vector::NP, gate_error);
  GateEntry entry;
  entry.gate = gate;
  entry.task = task;
  if (task) return entry;
  entry.wide = type == SystemType::InterruptGate32 || type == SystemType::TrapGate32;
  entry.clears_if = type == SystemType::InterruptGate16 || type == SystemType::InterruptGate32;
  const Selector selector = gate.gate_selector();
  const u32 error = (selector.value & ~3u) | ext;
  if (selector.null()) core.raise(Vector::GP, ext);
  u32 address;
  const Descriptor d = core.fetch_descriptor(selector, Vector::GP, error, address);
  if (!d.is_code() || d.dpl() > core.cpl()) core.raise(Vector::GP, error);
  if (!d.present()) core.raise(Vector::NP, error);
  entry.code = {selector, d, address,
                entry.wide ? gate.gate_offset() : gate.gate_offset() & 0xFFFF};
  // From virtual-8086 mode only to privilege 0. [386 §15.3.1]
  if (core.virtual8086() && (conforming_code(d) || d.dpl() != 0)) core.raise(Vector::GP, error);
  entry.inward = !conforming_code(d) && d.dpl() < core.cpl();
  entry.level = entry.inward ? d.dpl() : core.cpl();
  return entry;
}

template <class Core>
void deliver_protected(Core& core, u8 vector, bool software, std::optional<u32> error_code,
                       u32 return_eip, u32 pushed_flags, u32 ext) {
  State& s = core.s;
  GateEntry entry = read_gate(core, vector, software, ext);
  if (entry.task)
    return core.task_through_gate(entry.gate, Core::TaskSwitch::Call, return_eip, ext, error_code);
  const bool from_virtual8086 = core.virtual8086();
  typename Core::InnerStack inner;
  if (entry.inward) inner = core.inner_stack(entry.level, ext);
  // Before anything is pushed. [386 §17.2.2 INT]
  if (entry.code.offset > entry.code.descriptor.limit()) core.raise(Vector::GP, ext);
  NewStack<Core> stack(core, entry.inward ? inner.cache : s.segment[SS],
                       entry.inward ? inner.esp : s.general[ESP], ext,
                       entry.inward ? Privilege::Supervisor : core.privilege());
  if constexpr (Core::Observer::watching)
    if (entry.inward) core.tell_stack_switch(inner.ss, inner.esp);
  u32 frame[10];
  unsigned count = 0;
  if (from_virtual8086)
    for (unsigned number : {GS, FS, DS, ES}) frame[count++] = s.segment[number].selector;
  if (entry.inward) {
    frame[count++] = s.segment[SS].selector;
    frame[count++] = s.general[ESP];
  }
  frame[count++] = pushed_flags;
  frame[count++] = s.segment[CS].selector;
  frame[count++] = return_eip;
  if (error_code) frame[count++] = *error_code;
  stack.push_all(entry.wide, frame, count);
  if (entry.inward) core.mark_accessed(inner.descriptor_address, inner.descriptor);
  core.mark_accessed(entry.code.address, entry.code.descriptor);
  if (entry.inward) core.load_cache(s.segment[SS], {inner.ss}, inner.descriptor);
  core.set_stack_pointer(stack.esp());
  enter_code(core, entry.code, entry.level);
  if (from_virtual8086) {
    for (unsigned number : {ES, DS, FS, GS}) {
      s.segment[number].selector = 0;
      s.segment[number].access = 0;
      s.segment[number].derive();
    }
  }
  core.privilege_changed();
  s.flags.clear_bits(eflags::TF | eflags::NT | eflags::VM | eflags::RF |
                     (entry.clears_if ? eflags::IF : 0));
}

}  // namespace detail

/// Delivers vector `vector`; leaves the handler's EIP in `target`. A fault on the way is raised
/// like any other; nothing of the state has changed then.
template <Timing t, class O>
void Core<t, O>::interrupt(u8 vector, Source source, std::optional<u32> error_code,
                           u32 return_eip) {
  if constexpr (O::watching)
    observer.observation->interrupt(vector, source == Source::External, error_code.has_value(),
                                    error_code.value_or(0));
  if constexpr (O::watching) {
    tell_register(MicroEvent::Interrupt, vector, 0, error_code.value_or(0));
    if (observer.observation->intercepts(vector, return_eip)) {
      target = return_eip;
      return;
    }
  }
  if (!protected_mode()) return detail::deliver_real(*this, vector, return_eip);
  const u32 ext = source == Source::Software ? 0 : u32{selector_error::EXT};
  // Faults push RF set, so that a return does not trip over the same breakpoint. [386 §12.3.1.1]
  const bool fault = source == Source::Exception;
  const u32 flags = s.flags.value() | (fault ? eflags::RF : 0);
  detail::deliver_protected(*this, vector, source == Source::Software, error_code, return_eip,
                            flags, ext);
}

}  // namespace faultline
