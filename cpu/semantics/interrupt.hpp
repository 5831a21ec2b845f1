// Software interrupts and the return from interrupts. [386 §9.6] [386 §17.2.2 INT, IRET]
#pragma once

#include "cpu/semantics/far_transfer.hpp"

namespace faultline {

/// Delivers at once: the return address is the next instruction's.
template <class Core>
void software_interrupt(Core& core, const Instruction& insn, u8 vector) {
  if (core.protected_mode()) core.spend_alternative(insn);
  core.interrupt(vector, Core::Source::Software, std::nullopt, core.next_eip(insn));
}

template <>
struct Semantics<Mnemonic::INT> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    software_interrupt(core, insn, static_cast<u8>(insn.immediate));
  }
};
template <>
struct Semantics<Mnemonic::INT3> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    software_interrupt(core, insn, static_cast<u8>(Vector::BP));
  }
};
template <>
struct Semantics<Mnemonic::INTO> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    if (core.s.flags.of()) software_interrupt(core, insn, static_cast<u8>(Vector::OF));
  }
};

template <>
struct Semantics<Mnemonic::IRET> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const u32 eip = core.template peek_stack<T>();
    const u16 cs = static_cast<u16>(core.template peek_stack<T>(sizeof(T)));
    const u32 image = core.template peek_stack<T>(2 * sizeof(T));
    core.spend_m();
    if (!core.protected_mode()) {
      core.jump(eip);
      load_real_cs(core, cs);
      core.set_stack_pointer(core.gpr(ESP) + 3 * sizeof(T));
      core.load_flags(image, sizeof(T), 0);
      return unblock(core);
    }
    core.spend_alternative(insn);
    if ((core.s.flags.value() & eflags::NT) != 0) core.defer("IRET to the calling task");
    if (sizeof(T) == 4 && (image & eflags::VM) != 0 && core.cpl() == 0)
      core.defer("IRET to virtual-8086 mode");
    FarReturn<T, Core> back(core, eip, cs, 3 * sizeof(T), 0);
    if (back.outward()) core.spend_outer_return();
    const unsigned old_cpl = core.cpl();
    back.take();
    core.load_flags(image, sizeof(T), old_cpl);
    unblock(core);
  }

 private:
  /// NMI may come again; the flags' new IF and TF may matter. [386 §9.2.1]
  template <class Core>
  static void unblock(Core& core) {
    core.s.nmi_blocked = false;
    core.look_around();
  }
};

}  // namespace faultline
