// Far jumps, calls and returns: between segments, through call gates, across rings, to tasks.
// [386 §6.3.3, §6.3.4, §7.5] [386 §17.2.2 CALL, JMP, RET]
#pragma once

#include "cpu/interpreter/segmentation.hpp"
#include "cpu/semantics/semantics.hpp"

namespace faultline {

struct FarPointer {
  Selector selector{};
  u32 offset = 0;
};

/// The operand of a far transfer: in the instruction (Ap) or in memory (Mp).
template <class S, class Core>
FarPointer far_pointer(Core& core, const Instruction& insn) {
  if constexpr (S::op1 == Operand::Ap) {
    return {{insn.immediate2}, insn.immediate};
  } else {
    using T = typename S::Width;
    const u32 at = core.address(insn);
    const T offset = core.template read<T>(insn.segment, at);
    return {{core.template read<u16>(insn.segment, (at + sizeof(T)) & insn.address_mask)}, offset};
  }
}

/// A code segment that a transfer has settled on, checked and ready to load.
struct CodeTarget {
  Selector selector{};
  Descriptor descriptor{};
  u32 address = 0;  // of the descriptor
  u32 offset = 0;
};

/// Loads CS for a transfer that ends at privilege `cpl`; the offset must lie within its limit.
template <class Core>
void enter_code(Core& core, CodeTarget& code, unsigned cpl) {
  core.mark_accessed(code.address, code.descriptor);
  const u16 selector = static_cast<u16>((code.selector.value & ~3u) | cpl);
  core.load_cache(core.seg(CS), {selector}, code.descriptor);
  core.target = code.offset;
}
template <class Core>
void check_code_offset(Core& core, const CodeTarget& code) {
  if (code.offset > code.descriptor.limit()) core.raise(Vector::GP, 0);
}

/// The descriptor a far JMP or CALL names, gates included. `through_gate` is the gate, if one was.
template <class Core>
CodeTarget direct_target(Core& core, const FarPointer& to, const Descriptor& d) {
  const u32 error = to.selector.value & ~3u;
  if (!d.is_code() || !code_privilege_allows(d, core.cpl(), to.selector.rpl()))
    core.raise(Vector::GP, error);
  if (!d.present()) core.raise(Vector::NP, error);
  return {to.selector, d, *core.descriptor_address(to.selector), to.offset};
}

/// The code segment behind a call gate. `may_go_inward`: CALL may, JMP may not. [386 §6.3.4]
template <class Core>
CodeTarget gate_target(Core& core, const FarPointer& to, const Descriptor& gate,
                       bool may_go_inward) {
  const u32 gate_error = to.selector.value & ~3u;
  if (gate.dpl() < core.cpl() || gate.dpl() < to.selector.rpl()) core.raise(Vector::GP, gate_error);
  if (!gate.present()) core.raise(Vector::NP, gate_error);
  const Selector selector = gate.gate_selector();
  const u32 error = selector.value & ~3u;
  if (selector.null()) core.raise(Vector::GP, 0);
  const Descriptor d = core.fetch_descriptor(selector, Vector::GP, error);
  const bool privilege_ok =
      may_go_inward || conforming_code(d) ? d.dpl() <= core.cpl() : d.dpl() == core.cpl();
  if (!d.is_code() || !privilege_ok) core.raise(Vector::GP, error);
  if (!d.present()) core.raise(Vector::NP, error);
  const bool wide = gate.system_type() == SystemType::CallGate32;
  return {selector, d, *core.descriptor_address(selector),
          wide ? gate.gate_offset() : gate.gate_offset() & 0xFFFF};
}

inline bool is_call_gate(const Descriptor& d) {
  return !d.is_segment() &&
         (d.system_type() == SystemType::CallGate16 || d.system_type() == SystemType::CallGate32);
}
inline bool is_task(const Descriptor& d) {
  return !d.is_segment() &&
         (d.system_type() == SystemType::TaskGate || d.system_type() == SystemType::TSS16 ||
          d.system_type() == SystemType::TSS32);
}

/// A far JMP or CALL to a TSS or task gate. [386 §7.5]
template <class Core>
void to_task(Core& core, const FarPointer& to, const Descriptor& d, typename Core::TaskSwitch how,
             const Instruction& insn) {
  const u32 error = to.selector.value & ~3u;
  if (d.dpl() < core.cpl() || d.dpl() < to.selector.rpl()) core.raise(Vector::GP, error);
  if (!d.present()) core.raise(Vector::NP, error);
  const bool gate = d.system_type() == SystemType::TaskGate;
  if (gate)
    core.task_through_gate(d, how, core.next_eip(insn), 0);
  else
    core.switch_task(to.selector, how, core.next_eip(insn), 0);
  core.spend_route(insn, gate ? Route::TaskGate : Route::Task);
}

template <>
struct Semantics<Mnemonic::JMPF> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const FarPointer to = far_pointer<S>(core, insn);
    core.spend_m();
    if (core.paragraph_selectors()) {
      core.jump(to.offset);
      return core.load_real_segment(CS, to.selector.value);
    }
    core.spend_alternative(insn);
    if (to.selector.null()) core.raise(Vector::GP, 0);
    const Descriptor d = core.fetch_descriptor(to.selector, Vector::GP, to.selector.value & ~3u);
    if (is_task(d)) return to_task(core, to, d, Core::TaskSwitch::Jump, insn);
    CodeTarget code =
        is_call_gate(d) ? gate_target(core, to, d, false) : direct_target(core, to, d);
    if (is_call_gate(d)) core.spend_route(insn, Route::Gate);
    check_code_offset(core, code);
    enter_code(core, code, core.cpl());
  }
};

template <>
struct Semantics<Mnemonic::CALLF> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const FarPointer to = far_pointer<S>(core, insn);
    core.spend_m();
    if (core.paragraph_selectors()) {
      if (to.offset > core.seg(CS).limit) core.raise(Vector::GP, 0);
      push_return<T>(core, insn);
      core.jump(to.offset);
      return core.load_real_segment(CS, to.selector.value);
    }
    core.spend_alternative(insn);
    if (to.selector.null()) core.raise(Vector::GP, 0);
    const Descriptor d = core.fetch_descriptor(to.selector, Vector::GP, to.selector.value & ~3u);
    if (is_task(d)) return to_task(core, to, d, Core::TaskSwitch::Call, insn);
    if (!is_call_gate(d)) {
      CodeTarget code = direct_target(core, to, d);
      check_code_offset(core, code);
      push_return<T>(core, insn);
      return enter_code(core, code, core.cpl());
    }
    CodeTarget code = gate_target(core, to, d, true);
    const bool wide = d.system_type() == SystemType::CallGate32;
    if (!conforming_code(code.descriptor) && code.descriptor.dpl() < core.cpl())
      return call_inward(core, insn, code, d.gate_parameters(), wide);
    check_code_offset(core, code);
    core.spend_route(insn, Route::Gate);
    if (wide)
      push_return<u32>(core, insn);
    else
      push_return<u16>(core, insn);
    enter_code(core, code, core.cpl());
  }

 private:
  /// Pushes CS and EIP of the next instruction; ESP moves when both are stored.
  template <class T, class Core>
  static void push_return(Core& core, const Instruction& insn) {
    const u32 top = core.gpr(ESP), mask = core.stack_mask();
    core.template write<T>(SS, (top - sizeof(T)) & mask, core.seg(CS).selector);
    core.template write<T>(SS, (top - 2 * sizeof(T)) & mask, static_cast<T>(core.next_eip(insn)));
    core.set_stack_pointer(top - 2 * sizeof(T));
  }

  /// Through a gate to a more privileged level: new stack, parameters copied. [386 §6.3.4.1]
  template <class Core>
  static void call_inward(Core& core, const Instruction& insn, CodeTarget& code, unsigned count,
                          bool wide) {
    const unsigned level = code.descriptor.dpl();
    core.spend_route(insn, count == 0 ? Route::Inner : Route::InnerParameters, count);
    auto inner = core.inner_stack(level, 0);
    check_code_offset(core, code);  // after the new stack, before a push [386 §17.2.2 CALL]
    NewStack<Core> stack(core, inner.cache, inner.esp, 0, Privilege::Supervisor);
    if constexpr (Core::Observer::watching) core.tell_stack_switch(inner.ss, inner.esp);
    stack.push_sized(wide, core.seg(SS).selector);
    stack.push_sized(wide, core.gpr(ESP));
    const u32 size = wide ? 4 : 2;
    for (unsigned i = count; i-- > 0;)
      stack.push_sized(wide, wide ? core.template peek_stack<u32>(i * size)
                                  : core.template peek_stack<u16>(i * size));
    stack.push_sized(wide, core.seg(CS).selector);
    stack.push_sized(wide, core.next_eip(insn));
    core.mark_accessed(inner.descriptor_address, inner.descriptor);
    core.mark_accessed(code.address, code.descriptor);
    core.load_cache(core.seg(SS), {inner.ss}, inner.descriptor);
    core.set_stack_pointer(stack.esp());
    enter_code(core, code, level);
    core.privilege_changed();
  }
};

/// Values from the stack, `depth` bytes above its top; ESP stays.
template <class T, unsigned count, class Core>
void peek_frame(Core& core, u32 depth, T (&values)[count]) {
  const u32 from = (core.gpr(ESP) + depth) & core.stack_mask();
  if (const u8* at = core.template stack_span<AccessKind::Read>(from, sizeof values, count)) {
    std::memcpy(values, at, sizeof values);
    return;
  }
  for (unsigned i = 0; i < count; ++i)
    values[i] = core.template peek_stack<T>(depth + i * sizeof(T));
}

/// What RETF and IRET have in common: the way out to CS:EIP, perhaps of an outer ring. Checks
/// everything first; `depth` is where, above ESP, SS:ESP of an outer ring would lie. [386 §6.3.4.2]
template <class T, class Core>
class FarReturn {
 public:
  FarReturn(Core& core, u32 eip, u16 cs, u32 depth, u32 release)
      : core_(core), depth_(depth), release_(release) {
    const Selector selector{cs};
    const u32 error = cs & ~3u;
    if (selector.null()) core.raise(Vector::GP, 0);
    if (selector.rpl() < core.cpl()) core.raise(Vector::GP, error);
    code_ = {selector, {}, 0, eip};
    code_.descriptor = core.fetch_descriptor(selector, Vector::GP, error, code_.address);
    const Descriptor& d = code_.descriptor;
    const bool privilege_ok =
        conforming_code(d) ? d.dpl() <= selector.rpl() : d.dpl() == selector.rpl();
    if (!d.is_code() || !privilege_ok) core.raise(Vector::GP, error);
    if (!d.present()) core.raise(Vector::NP, error);
    if (outward()) check_outer_stack();
    check_code_offset(core, code_);
  }

  bool outward() const { return code_.selector.rpl() > core_.cpl(); }

  /// Everything is checked: go. `between` runs when CS is loaded and before SS:ESP is.
  void take() {
    const unsigned level = code_.selector.rpl();
    if (!outward()) {
      enter_code(core_, code_, level);
      core_.set_stack_pointer(core_.gpr(ESP) + depth_ + release_);
      return;
    }
    core_.mark_accessed(ss_address_, ss_descriptor_);
    enter_code(core_, code_, level);
    if constexpr (Core::Observer::watching) core_.tell_stack_switch(ss_.value, esp_ + release_);
    core_.load_cache(core_.seg(SS), ss_, ss_descriptor_);
    core_.set_stack_pointer(esp_ + release_);  // a 16-bit SS takes SP alone
    core_.invalidate_inaccessible_segments();
    core_.privilege_changed();
  }

 private:
  void check_outer_stack() {
    const unsigned level = code_.selector.rpl();
    T outer[2];
    peek_frame(core_, depth_ + release_, outer);
    esp_ = outer[0];
    ss_ = {static_cast<u16>(outer[1])};
    const u32 error = ss_.value & ~3u;
    if (ss_.null()) core_.raise(Vector::GP, 0);
    ss_descriptor_ = core_.fetch_descriptor(ss_, Vector::GP, error, ss_address_);
    if (ss_.rpl() != level || ss_descriptor_.dpl() != level || !writable_data(ss_descriptor_))
      core_.raise(Vector::GP, error);
    if (!ss_descriptor_.present()) core_.raise(Vector::SS, error);
  }

  Core& core_;
  u32 depth_, release_;
  CodeTarget code_{};
  Selector ss_{};
  Descriptor ss_descriptor_{};
  u32 ss_address_ = 0, esp_ = 0;
};

template <>
struct Semantics<Mnemonic::RETF> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    T frame[2];
    peek_frame(core, 0, frame);
    const u32 eip = frame[0];
    const u16 cs = static_cast<u16>(frame[1]);
    const u32 release = insn.immediate;
    core.spend_m();
    if (core.paragraph_selectors()) {
      core.jump(eip);
      core.load_real_segment(CS, cs);
      core.set_stack_pointer(core.gpr(ESP) + 2 * sizeof(T) + release);
      return;
    }
    core.spend_alternative(insn);
    FarReturn<T, Core> back(core, eip, cs, 2 * sizeof(T), release);
    if (back.outward()) core.spend_route(insn, Route::Outer);
    back.take();
  }
};

}  // namespace faultline
