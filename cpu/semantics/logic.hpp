// Boolean operations, bit tests and scans, SETcc. [386 §3.4] [386 §17.2.2]
#pragma once

#include <bit>

#include "cpu/semantics/semantics.hpp"

namespace faultline {

template <>
struct Semantics<Mnemonic::AND> {
  template <class T>
  static T apply(Flags& flags, T a, T b) {
    flags.set_logic<T>(a & b);
    return a & b;
  }
};

template <>
struct Semantics<Mnemonic::OR> {
  template <class T>
  static T apply(Flags& flags, T a, T b) {
    flags.set_logic<T>(a | b);
    return a | b;
  }
};

template <>
struct Semantics<Mnemonic::XOR> {
  template <class T>
  static T apply(Flags& flags, T a, T b) {
    flags.set_logic<T>(a ^ b);
    return a ^ b;
  }
};

template <>
struct Semantics<Mnemonic::TEST> {
  template <class T>
  static void test(Flags& flags, T a, T b) {
    flags.set_logic<T>(a & b);
  }
};

template <>
struct Semantics<Mnemonic::NOT> {
  template <class T>
  static T unary(Flags&, T a) {
    return static_cast<T>(~a);
  }
};

/// The condition codes in encoding order. [386 App. D]
template <unsigned condition>
bool holds(const Flags& f) {
  bool base = false;
  switch (condition >> 1) {
    case 0: base = f.of(); break;
    case 1: base = f.cf(); break;
    case 2: base = f.zf(); break;
    case 3: base = f.cf() || f.zf(); break;
    case 4: base = f.sf(); break;
    case 5: base = f.pf(); break;
    case 6: base = f.sf() != f.of(); break;
    default: base = f.zf() || f.sf() != f.of(); break;
  }
  return base != ((condition & 1) != 0);
}

struct SetByCondition : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    store<S::op1, S>(core, insn, u8{holds<S::form.condition()>(core.s.flags)});
  }
};
template <> struct Semantics<Mnemonic::SETO> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETNO> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETB> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETAE> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETE> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETNE> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETBE> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETA> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETS> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETNS> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETP> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETNP> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETL> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETGE> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETLE> : SetByCondition {};
template <> struct Semantics<Mnemonic::SETG> : SetByCondition {};

/// BT and kin. A register bit offset reaches beyond the operand in memory, signed. [386 §17.2.2 BT]
template <class Change>
struct BitTest : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    constexpr unsigned width = 8 * sizeof(T);
    const T offset = load<S::op2, S>(core, insn);
    const T mask = static_cast<T>(T{1} << (offset & (width - 1)));
    T old;
    if constexpr (S::memory) {
      u32 at = core.address(insn);
      if constexpr (S::op2 == Operand::Gv) {
        const s32 words = static_cast<std::make_signed_t<T>>(offset) >> std::countr_zero(width);
        at = (at + static_cast<u32>(words) * sizeof(T)) & insn.address_mask;
      }
      if constexpr (Change::writes) {
        const LinearAddress linear = core.template writable<T>(insn.segment, at);
        old = core.template read_modify<T>(linear);
        core.template write_back<T>(linear, Change::apply(old, mask));
      } else {
        old = core.template read<T>(insn.segment, at);
      }
    } else {
      T& destination = core.template reg<T>(insn.rm);
      old = destination;
      if constexpr (Change::writes) destination = Change::apply(old, mask);
    }
    core.s.flags.set_cf((old & mask) != 0);
  }
};
struct BitKeep {
  static constexpr bool writes = false;
};
struct BitSet {
  static constexpr bool writes = true;
  template <class T> static T apply(T value, T mask) { return value | mask; }
};
struct BitReset {
  static constexpr bool writes = true;
  template <class T> static T apply(T value, T mask) { return static_cast<T>(value & ~mask); }
};
struct BitComplement {
  static constexpr bool writes = true;
  template <class T> static T apply(T value, T mask) { return value ^ mask; }
};
template <> struct Semantics<Mnemonic::BT> : BitTest<BitKeep> {};
template <> struct Semantics<Mnemonic::BTS> : BitTest<BitSet> {};
template <> struct Semantics<Mnemonic::BTR> : BitTest<BitReset> {};
template <> struct Semantics<Mnemonic::BTC> : BitTest<BitComplement> {};

/// A zero source sets ZF and leaves the destination. [386 §17.2.2 BSF: undefined; parts keep it]
template <bool reverse>
struct BitScan {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const T source = load<S::op2, S>(core, insn);
    core.s.flags.set_zf(source == 0);
    if (source == 0) return;
    const int found = reverse ? std::bit_width(source) - 1 : std::countr_zero(source);
    store<S::op1, S>(core, insn, static_cast<T>(found));
    const int passed = reverse ? static_cast<int>(8 * sizeof(T)) - 1 - found : found;
    core.spend_alternative_each(insn, static_cast<u32>(passed));
  }
};
template <> struct Semantics<Mnemonic::BSF> : BitScan<false> {};
template <> struct Semantics<Mnemonic::BSR> : BitScan<true> {};

}  // namespace faultline
