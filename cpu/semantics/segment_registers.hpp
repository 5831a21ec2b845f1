// MOV to and from segment registers, LDS and kin, and the instructions that examine descriptors.
// [386 §3.8, §10.6] [386 §17.2.2 LAR, LSL, VERR, ARPL]
#pragma once

#include "cpu/interpreter/segmentation.hpp"
#include "cpu/semantics/semantics.hpp"

namespace faultline {

template <>
struct Semantics<Mnemonic::MOVSREG> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    if constexpr (S::op1 == Operand::Sw) {
      core.load_segment(insn.reg, load<S::op2, S>(core, insn));
      if (insn.reg == SS) core.hold_interrupts();
    } else {
      const u16 selector = core.seg(insn.reg).selector;
      // Memory takes 16 bits whatever the operand size; a register is zero-extended.
      if constexpr (S::memory)
        core.template write<u16>(insn.segment, core.address(insn), selector);
      else
        core.template reg<typename S::Width>(insn.rm) = selector;
    }
  }
};

template <unsigned segment>
struct LoadFarPointer {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const u32 at = core.address(insn);
    const T offset = core.template read<T>(insn.segment, at);
    const u16 selector =
        core.template read<u16>(insn.segment, (at + sizeof(T)) & insn.address_mask);
    core.load_segment(segment, selector);
    core.template reg<T>(insn.reg) = offset;
  }
};
template <> struct Semantics<Mnemonic::LES> : LoadFarPointer<ES> {};
template <> struct Semantics<Mnemonic::LDS> : LoadFarPointer<DS> {};
template <> struct Semantics<Mnemonic::LSS> : LoadFarPointer<SS> {};
template <> struct Semantics<Mnemonic::LFS> : LoadFarPointer<FS> {};
template <> struct Semantics<Mnemonic::LGS> : LoadFarPointer<GS> {};

/// The descriptor of a selector operand where an instruction asks about it; nothing if it is null
/// or outside its table.
template <class Core>
std::optional<Descriptor> examine(Core& core, Selector selector) {
  if (selector.null()) return std::nullopt;
  const auto address = core.descriptor_address(selector);
  if (!address) return std::nullopt;
  return core.read_descriptor(*address,
                              selector.local() ? MicroEvent::LdtRead : MicroEvent::GdtRead);
}

/// Visible to CPL and RPL, as LAR and LSL ask.
inline bool visible(const Descriptor& d, unsigned cpl, unsigned rpl) {
  return conforming_code(d) || (d.dpl() >= cpl && d.dpl() >= rpl);
}

template <>
struct Semantics<Mnemonic::LAR> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const Selector selector{load<S::op2, S>(core, insn)};
    const auto d = examine(core, selector);
    const bool ok = d && valid(*d) && visible(*d, core.cpl(), selector.rpl());
    if (ok)  // the access rights with G, D and AVL, masked [386 §17.2.2 LAR]
      core.template reg<typename S::Width>(insn.reg) =
          static_cast<typename S::Width>(d->high & 0x00F0FF00u);
    core.s.flags.set_zf(ok);
  }

 private:
  static bool valid(const Descriptor& d) {
    if (d.is_segment()) return true;
    switch (d.system_type()) {
      case SystemType::TSS16: case SystemType::LDT: case SystemType::TSS16Busy:
      case SystemType::CallGate16: case SystemType::TaskGate: case SystemType::TSS32:
      case SystemType::TSS32Busy: case SystemType::CallGate32:
        return true;
      default:
        return false;
    }
  }
};

template <>
struct Semantics<Mnemonic::LSL> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const Selector selector{load<S::op2, S>(core, insn)};
    const auto d = examine(core, selector);
    const bool ok = d && valid(*d) && visible(*d, core.cpl(), selector.rpl());
    if (ok)
      core.template reg<typename S::Width>(insn.reg) = static_cast<typename S::Width>(d->limit());
    if (ok && d->granular()) core.spend(insn.alternative);  // 25/26 [386 §17.2.2 LSL]
    core.s.flags.set_zf(ok);
  }

 private:
  static bool valid(const Descriptor& d) {
    if (d.is_segment()) return true;
    switch (d.system_type()) {
      case SystemType::TSS16: case SystemType::LDT: case SystemType::TSS16Busy:
      case SystemType::TSS32: case SystemType::TSS32Busy:
        return true;
      default:
        return false;
    }
  }
};

template <bool write>
struct Verify {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const Selector selector{load<S::op1, S>(core, insn)};
    const auto d = examine(core, selector);
    core.s.flags.set_zf(d && (write ? writable_data(*d) : readable_segment(*d)) &&
                        data_privilege_allows(*d, core.cpl(), selector.rpl()));
  }
};
template <> struct Semantics<Mnemonic::VERR> : Verify<false> {};
template <> struct Semantics<Mnemonic::VERW> : Verify<true> {};

template <>
struct Semantics<Mnemonic::ARPL> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const unsigned rpl = load<S::op2, S>(core, insn) & 3u;
    const u16 selector = load<S::op1, S>(core, insn);
    const bool adjusted = (selector & 3u) < rpl;
    // The destination is written, and asked for permission, only when it changes. [test386]
    if (adjusted) store<S::op1, S>(core, insn, static_cast<u16>((selector & ~3u) | rpl));
    core.s.flags.set_zf(adjusted);
  }
};

}  // namespace faultline
