// Software interrupts and the return from interrupts. [386 §9.6] [386 §17.2.2 INT, IRET]
#pragma once

#include "cpu/semantics/far_transfer.hpp"

namespace faultline {

/// INT n and IRET in virtual-8086 mode are the monitor's unless IOPL is 3. [386 §15.3.2.1]
template <class Core>
void require_virtual_iopl(Core& core) {
  if (core.virtual8086() && core.s.flags.iopl() < 3) core.raise(Vector::GP, 0);
}

/// Delivers at once: the return address is the next instruction's.
template <class Core>
void software_interrupt(Core& core, const Instruction& insn, u8 vector) {
  const bool from_virtual8086 = core.virtual8086();
  const unsigned old_cpl = core.cpl();
  core.interrupt(vector, Core::Source::Software, std::nullopt, core.next_eip(insn));
  core.spend_software_interrupt(insn, from_virtual8086, old_cpl);
  if constexpr (Core::Observer::watching) core.tell_delivered(vector, core.target);
  core.s.debug_trap = 0;  // the handler begins with TF clear; INT is not stepped over
}

template <>
struct Semantics<Mnemonic::INT> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    require_virtual_iopl(core);
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
    require_virtual_iopl(core);
    if (!core.paragraph_selectors() && core.s.flags.nested_task())
      return to_calling_task(core, insn);
    T frame[3];
    peek_frame(core, 0, frame);
    const u32 eip = frame[0], image = frame[2];
    const u16 cs = static_cast<u16>(frame[1]);
    if (core.paragraph_selectors()) {
      core.jump(eip);
      core.load_real_segment(CS, cs);
      core.set_stack_pointer(core.gpr(ESP) + 3 * sizeof(T));
      core.load_flags(image, sizeof(T));
      if (sizeof(T) == 4) core.s.flags.set_bits(image & eflags::RF);
      return unblock(core);
    }
    core.spend_alternative(insn);
    if (sizeof(T) == 4 && (image & eflags::VM) != 0 && core.cpl() == 0) {
      core.spend_route(insn, Route::Virtual8086);
      return to_virtual8086(core, eip, cs, image);
    }
    FarReturn<T, Core> back(core, eip, cs, 3 * sizeof(T), 0);
    if (back.outward()) core.spend_route(insn, Route::Outer);
    const unsigned old_cpl = core.cpl();
    back.take();
    core.load_flags(image, sizeof(T), old_cpl);
    if (sizeof(T) == 4) core.s.flags.set_bits(image & eflags::RF);
    unblock(core);
  }

 private:
  /// NT: back to the task whose TSS is linked. [386 §7.6] [386 §17.2.2 IRET]
  template <class Core>
  static void to_calling_task(Core& core, const Instruction& insn) {
    const Selector link{core.template read_system<u16>(core.s.tr.base, MicroEvent::TssRead)};
    const u32 error = link.value & ~3u;
    if (link.null() || link.local()) core.raise(Vector::TS, error);
    const Descriptor d = core.fetch_descriptor(link, Vector::TS, error);
    const bool busy = !d.is_segment() && (d.system_type() == SystemType::TSS16Busy ||
                                          d.system_type() == SystemType::TSS32Busy);
    if (!busy) core.raise(Vector::TS, error);
    if (!d.present()) core.raise(Vector::NP, error);
    core.switch_task(link, Core::TaskSwitch::Return, core.next_eip(insn), 0);
    core.spend_alternative(insn);
    core.spend_route(insn, Route::Task);
    unblock(core);
  }

  /// Nine dwords: EIP CS EFLAGS ESP SS ES DS FS GS. [386 §15.3.1]
  template <class Core>
  static void to_virtual8086(Core& core, u32 eip, u16 cs, u32 image) {
    u32 words[6];
    for (unsigned i = 0; i < 6; ++i) words[i] = core.template peek_stack<u32>(12 + 4 * i);
    if (eip > 0xFFFF) core.raise(Vector::GP, 0);
    core.load_flags(image, sizeof(u32));
    core.s.flags.set_bits(eflags::VM);
    core.load_real_segment(CS, cs);
    constexpr u8 order[] = {SS, ES, DS, FS, GS};
    for (unsigned i = 0; i < 5; ++i)
      core.load_real_segment(order[i], static_cast<u16>(words[i + 1]));
    core.gpr(ESP) = words[0];
    core.target = eip;
    core.privilege_changed();
    unblock(core);
  }

  /// NMI may come again. [386 §9.2.1] RF is good for one instruction.
  template <class Core>
  static void unblock(Core& core) {
    if (core.s.nmi_blocked || core.s.flags.resume()) core.look_around();
    core.s.nmi_blocked = false;
  }
};

}  // namespace faultline
