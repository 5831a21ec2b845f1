// System registers, control registers, HLT, WAIT and the 486's cache and TLB instructions.
// [386 §4.1, §10] [386 §17.2.2 LGDT, LMSW, MOV CRn] [486 §26 INVD, INVLPG]
#pragma once

#include <utility>

#include "cpu/interpreter/segmentation.hpp"
#include "cpu/semantics/semantics.hpp"

namespace faultline {

/// SGDT and SIDT store six bytes; with a 16-bit operand the top one as the 386 does: zero base
/// bits 31:24 are stored whole. [386 §17.2.2 SGDT]
template <class Core>
void store_table(Core& core, const Instruction& insn, const TableRegister& table) {
  const u32 at = core.address(insn);
  core.template write<u16>(insn.segment, at, table.limit);
  core.template write<u32>(insn.segment, (at + 2) & insn.address_mask, table.base);
}
template <class T, class Core>
TableRegister load_table(Core& core, const Instruction& insn) {
  const u32 at = core.address(insn);
  TableRegister table;
  table.limit = core.template read<u16>(insn.segment, at);
  table.base = core.template read<u32>(insn.segment, (at + 2) & insn.address_mask);
  if (sizeof(T) == 2) table.base &= 0x00FFFFFF;  // 24-bit base [386 §17.2.2 LGDT]
  return table;
}
template <>
struct Semantics<Mnemonic::SGDT> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) { store_table(core, insn, core.s.gdtr); }
};
template <>
struct Semantics<Mnemonic::SIDT> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) { store_table(core, insn, core.s.idtr); }
};
template <>
struct Semantics<Mnemonic::LGDT> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    core.s.gdtr = load_table<typename S::Width>(core, insn);
  }
};
template <>
struct Semantics<Mnemonic::LIDT> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    core.s.idtr = load_table<typename S::Width>(core, insn);
  }
};

/// SLDT, STR, SMSW: memory takes 16 bits, a 32-bit register is zero-extended.
template <class S, class Core>
void store_word(Core& core, const Instruction& insn, u32 value) {
  if constexpr (S::memory)
    core.template write<u16>(insn.segment, core.address(insn), static_cast<u16>(value));
  else
    core.template reg<typename S::Width>(insn.rm) = static_cast<typename S::Width>(value);
}
template <>
struct Semantics<Mnemonic::SLDT> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    store_word<S>(core, insn, core.s.ldtr.selector);
  }
};
template <>
struct Semantics<Mnemonic::STR> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    store_word<S>(core, insn, core.s.tr.selector);
  }
};
template <>
struct Semantics<Mnemonic::SMSW> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    store_word<S>(core, insn, S::memory ? core.cr0() & 0xFFFF : core.cr0());
  }
};

template <>
struct Semantics<Mnemonic::LMSW> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    // PE, MP, EM, TS; PE can be set and never cleared. [386 §17.2.2 LMSW]
    const u32 low = load<S::op1, S>(core, insn) & 15u;
    core.write_cr0((core.cr0() & ~14u) | low);
  }
};

template <>
struct Semantics<Mnemonic::LLDT> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const Selector selector{load<S::op1, S>(core, insn)};
    core.load_ldt(selector, Vector::GP, selector.value & ~3u);
  }
};

template <>
struct Semantics<Mnemonic::LTR> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const Selector selector{load<S::op1, S>(core, insn)};
    const u32 error = selector.value & ~3u;
    if (selector.null()) core.raise(Vector::GP, 0);
    if (selector.local()) core.raise(Vector::GP, error);
    Descriptor d = core.fetch_descriptor(selector, Vector::GP, error);
    if (d.is_segment() ||
        (d.system_type() != SystemType::TSS16 && d.system_type() != SystemType::TSS32))
      core.raise(Vector::GP, error);
    if (!d.present()) core.raise(Vector::NP, error);
    d.high |= 0x200;  // busy [386 §7.2]
    core.template write_system<u8>(*core.descriptor_address(selector) + 5, d.access(),
                                    MicroEvent::DescriptorWrite);
    core.load_cache(core.s.tr, selector, d);
  }
};

template <>
struct Semantics<Mnemonic::CLTS> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) { core.write_cr0(core.cr0() & ~cr0::TS); }
};

template <>
struct Semantics<Mnemonic::MOVCR> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    PagingRegisters& r = core.context.mmu.registers;
    if constexpr (S::op1 == Operand::Rd) {
      core.gpr(insn.rm) = insn.reg == 0 ? r.cr0 : insn.reg == 2 ? r.cr2 : r.cr3;
    } else {
      const u32 value = core.gpr(insn.rm);
      if (insn.reg == 0) {
        core.write_cr0(value);
      } else if (insn.reg == 2) {
        [[maybe_unused]] const u32 before = std::exchange(r.cr2, value);
        if constexpr (Core::Observer::watching)
          core.tell_register(MicroEvent::ControlWrite, 2, before, value);
      } else {
        core.write_cr3(value);
      }
    }
  }
};

template <>
struct Semantics<Mnemonic::MOVDR> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    core.guard_debug_registers();
    // DR4 and DR5 are reserved; the parts answer with DR6 and DR7.
    const unsigned number = insn.reg == 4 || insn.reg == 5 ? insn.reg + 2u : insn.reg;
    if constexpr (S::op1 == Operand::Rd)
      core.gpr(insn.rm) = core.s.debug[number];
    else
      core.write_debug_register(number, core.gpr(insn.rm));
  }
};

template <>
struct Semantics<Mnemonic::HLT> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    core.s.halted = true;
    core.look_around();
  }
};
/// The cache writes through: there is nothing to write back and nothing to lose.
struct FlushCache {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) { core.context.mmu.cache.flush(); }
};
template <>
struct Semantics<Mnemonic::INVD> : FlushCache {};
template <>
struct Semantics<Mnemonic::WBINVD> : FlushCache {};
template <>
struct Semantics<Mnemonic::INVLPG> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const LinearAddress at{core.seg(insn.segment).base + core.address(insn)};
    if (core.context.mmu.tlb.data().probe(at) == nullptr) core.spend_alternative(insn);
    core.mmu.flush_page(at);
  }
};

}  // namespace faultline
