// Moves, exchanges, address loads. [386 §3.1] [386 §17.2.2]
#pragma once

#include "cpu/semantics/semantics.hpp"

namespace faultline {

template <>
struct Semantics<Mnemonic::MOV> {
  template <class T>
  static T move(T value) { return value; }
};

/// Zero or sign extension: the source operand's code says from what.
template <>
struct Semantics<Mnemonic::MOVZX> : RegistersOnly {
  template <class T, class Source>
  static T extend(Source source) {
    return static_cast<T>(source);
  }
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    store<S::op1, S>(core, insn, extend<typename S::Width>(load<S::op2, S>(core, insn)));
  }
};
template <>
struct Semantics<Mnemonic::MOVSX> : RegistersOnly {
  template <class T, class Source>
  static T extend(Source source) {
    return static_cast<T>(static_cast<std::make_signed_t<Source>>(source));
  }
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    store<S::op1, S>(core, insn, extend<typename S::Width>(load<S::op2, S>(core, insn)));
  }
};

template <>
struct Semantics<Mnemonic::XCHG> : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const auto source = load<S::op2, S>(core, insn);
    auto old = source;
    modify<S::op1, S>(core, insn, [&](auto value) {
      old = value;
      return source;
    });
    store<S::op2, S>(core, insn, old);
  }
};

template <>
struct Semantics<Mnemonic::BSWAP> : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    // With a 16-bit operand the result is undefined; the i486 clears the word. [486 §26 BSWAP]
    if constexpr (sizeof(T) == 4)
      core.gpr(insn.rm) = __builtin_bswap32(core.gpr(insn.rm));
    else
      core.template reg<T>(insn.rm) = 0;
  }
};

template <>
struct Semantics<Mnemonic::LEA> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    store<S::op1, S>(core, insn, static_cast<typename S::Width>(core.address(insn)));
  }
};

template <>
struct Semantics<Mnemonic::XLAT> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const u32 at = (core.gpr(EBX) + core.template reg<u8>(EAX)) & insn.address_mask;
    core.template reg<u8>(EAX) = core.template read<u8>(insn.segment, at);
  }
};

template <>
struct Semantics<Mnemonic::LAHF> : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    core.template reg<u8>(4) = static_cast<u8>(core.s.flags.value());
  }
};
template <>
struct Semantics<Mnemonic::SAHF> : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    constexpr u32 loaded = eflags::SF | eflags::ZF | eflags::AF | eflags::PF | eflags::CF;
    core.s.flags.replace(loaded, core.template reg<u8>(4));
  }
};
template <>
struct Semantics<Mnemonic::SALC> : RegistersOnly {  // D6: AL = CF ? FF : 00; in the parts, not in the manual
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    core.template reg<u8>(EAX) = core.s.flags.cf() ? 0xFF : 0;
  }
};
template <>
struct Semantics<Mnemonic::NOP> : RegistersOnly {
  template <class S, class Core>
  static void run(Core&, const Instruction&) {}
};

}  // namespace faultline
