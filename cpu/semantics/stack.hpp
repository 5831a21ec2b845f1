// PUSH, POP and the frame instructions. On a fault ESP is as it was. [386 §3.1.2] [386 §17.2.2]
#pragma once

#include "cpu/semantics/interrupt.hpp"

namespace faultline {

template <>
struct Semantics<Mnemonic::PUSH> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    // PUSH ESP stores ESP as it was before the push. [386 §17.2.2 PUSH]
    core.template push<typename S::Width>(load<S::op1, S>(core, insn));
  }
};

template <>
struct Semantics<Mnemonic::POP> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const T value = core.template peek_stack<T>();
    const u32 old_esp = core.gpr(ESP);
    // An address based on ESP is computed with ESP after the pop. [386 §17.2.2 POP]
    core.set_stack_pointer(old_esp + sizeof(T));
    if constexpr (S::memory) {
      const u32 at = core.address(insn), new_esp = core.gpr(ESP);
      core.gpr(ESP) = old_esp;  // the store may fault
      core.template write<T>(insn.segment, at, value);
      core.gpr(ESP) = new_esp;
    } else {
      store<S::op1, S>(core, insn, value);  // POP ESP: the popped value stays
    }
  }
};

/// The segment register of an operand code ES_..GS_.
constexpr unsigned segment_of(Operand o) {
  return static_cast<unsigned>(o) - static_cast<unsigned>(Operand::ES_);
}

template <>
struct Semantics<Mnemonic::PUSHSREG> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    // ESP moves by the operand size; two bytes are written, the rest of a dword is left alone.
    const u32 top = (core.gpr(ESP) - sizeof(typename S::Width)) & core.stack_mask();
    // The alignment is that of the operand, as today's parts check it. [486 §9.9.16]
    core.check_alignment(core.template writable<u16>(SS, top), sizeof(typename S::Width));
    core.template write<u16>(SS, top, core.seg(segment_of(S::op1)).selector);
    core.set_stack_pointer(top);
  }
};

template <>
struct Semantics<Mnemonic::POPSREG> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    constexpr unsigned number = segment_of(S::op1);
    const u16 selector = core.template peek_stack<u16>();
    // The pop is of the old stack, also when SS is loaded.
    const u32 esp = core.gpr(ESP), mask = core.stack_mask();
    core.load_segment(number, selector);
    core.gpr(ESP) = (esp & ~mask) | ((esp + sizeof(typename S::Width)) & mask);
    if constexpr (number == SS) core.hold_interrupts();
  }
};

template <>
struct Semantics<Mnemonic::PUSHA> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    using T = typename S::Width;
    constexpr u32 bytes = 8 * sizeof(T);
    const u32 top = core.gpr(ESP), mask = core.stack_mask();
    // EAX first; ESP as it was [386 §17.2.2 PUSHA]
    if (u8* at = core.template stack_span<AccessKind::Write>((top - bytes) & mask, bytes, 8)) {
      for (unsigned i = 0; i < 8; ++i)
        std::memcpy(at + bytes - (i + 1) * sizeof(T), &core.template reg<T>(i), sizeof(T));
    } else {
      for (unsigned i = 0; i < 8; ++i)
        core.template write<T>(SS, (top - (i + 1) * sizeof(T)) & mask, core.template reg<T>(i));
    }
    core.set_stack_pointer(top - bytes);
  }
};

template <>
struct Semantics<Mnemonic::POPA> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    using T = typename S::Width;
    T values[8];
    if (const u8* at =
            core.template stack_span<AccessKind::Read>(core.stack_pointer(), sizeof values, 8)) {
      std::memcpy(values, at, sizeof values);
    } else {
      for (unsigned i = 0; i < 8; ++i) values[i] = core.template peek_stack<T>(i * sizeof(T));
    }
    for (unsigned i = 0; i < 8; ++i)  // EDI first; the stored ESP is skipped
      if (7 - i != ESP) core.template reg<T>(7 - i) = values[i];
    const u32 top = core.gpr(ESP) + 8 * sizeof(T);
    // But on a 16-bit stack the 386 loads it, and then SP alone with the new top. [test386]
    if constexpr (sizeof(T) == 4)
      if (!core.is486() && !core.seg(SS).big) core.gpr(ESP) = values[7 - ESP];
    core.set_stack_pointer(top);
  }
};

template <>
struct Semantics<Mnemonic::ENTER> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const unsigned level = insn.immediate2 & 31;
    const u32 mask = core.stack_mask();
    u32 top = core.gpr(ESP), frame = core.gpr(EBP);
    auto push = [&](T value) {
      top = (top & ~mask) | ((top - sizeof(T)) & mask);  // SP wraps within its 64 KB
      core.template write<T>(SS, top & mask, value);
    };
    push(core.template reg<T>(EBP));
    const u32 new_frame = top;  // ESP whole, also on a 16-bit stack [test386]
    for (unsigned i = 1; i < level; ++i) {
      frame -= sizeof(T);
      push(core.template read<T>(SS, frame & mask));
    }
    if (level > 0) push(static_cast<T>(new_frame));
    const u32 final_top = top - insn.immediate;
    // The new top must be writable, though nothing is stored there. [486 §26 ENTER]
    core.check_alignment(core.template writable<u8>(SS, final_top & mask), sizeof(T));
    core.probe_stack(final_top & mask);
    core.template reg<T>(EBP) = static_cast<T>(new_frame);
    core.set_stack_pointer(final_top);
  }
};

template <>
struct Semantics<Mnemonic::LEAVE> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    using T = typename S::Width;
    const u32 frame = core.gpr(EBP), mask = core.stack_mask();
    const T value = core.template read<T>(SS, frame & mask);
    core.set_stack_pointer(frame + sizeof(T));
    core.template reg<T>(EBP) = value;
  }
};

template <>
struct Semantics<Mnemonic::PUSHF> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    require_virtual_iopl(core);
    // The image has VM and RF clear. [386 §17.2.2 PUSHF]
    core.template push<typename S::Width>(
        static_cast<typename S::Width>(core.s.flags.value() & ~(eflags::VM | eflags::RF)));
    if (core.protected_mode()) core.spend_alternative(insn);
  }
};

template <>
struct Semantics<Mnemonic::POPF> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    require_virtual_iopl(core);
    const u32 image = core.template pop<typename S::Width>();
    core.load_flags(image, sizeof(typename S::Width));
    if (core.protected_mode()) core.spend_alternative(insn);
  }
};

}  // namespace faultline
