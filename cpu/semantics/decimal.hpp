// Decimal arithmetic, by the pseudo-code of the manual. [386 §17.2.2 AAA to DAS]
#pragma once

#include "cpu/semantics/semantics.hpp"

namespace faultline {

/// DAA and DAS differ in a sign. AF and CF are inputs, so they are read before flags change.
template <int sign>
struct DecimalAdjust {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    u8& al = core.template reg<u8>(EAX);
    Flags& f = core.s.flags;
    const u8 old = al;
    const bool carry_in = f.cf(), low = (old & 15) > 9 || f.af(), high = old > 0x99 || carry_in;
    bool carry = high;
    if (low) {
      al = static_cast<u8>(al + sign * 6);
      if (sign < 0) carry = carry || old < 6;  // the borrow of the low digit
    }
    if (high) al = static_cast<u8>(al + sign * 0x60);
    f.set_logic<u8>(al);
    f.set_af(low);
    f.set_cf_of(carry, false);
  }
};
template <> struct Semantics<Mnemonic::DAA> : DecimalAdjust<1> {};
template <> struct Semantics<Mnemonic::DAS> : DecimalAdjust<-1> {};

/// AAA and AAS. The adjustment is of AX as a whole, as the parts do it.
template <int sign>
struct AsciiAdjust {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    u16& ax = core.template reg<u16>(EAX);
    Flags& f = core.s.flags;
    const bool adjust = (ax & 15) > 9 || f.af();
    if (adjust) ax = static_cast<u16>(ax + sign * 0x106);
    ax &= 0xFF0F;
    f.set_logic<u8>(static_cast<u8>(ax));
    f.set_af(adjust);
    f.set_cf_of(adjust, false);
  }
};
template <> struct Semantics<Mnemonic::AAA> : AsciiAdjust<1> {};
template <> struct Semantics<Mnemonic::AAS> : AsciiAdjust<-1> {};

template <>
struct Semantics<Mnemonic::AAM> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const u8 base = static_cast<u8>(insn.immediate);
    if (base == 0) core.raise(Vector::DE);
    const u8 al = core.template reg<u8>(EAX);
    core.template reg<u8>(4) = al / base;
    core.template reg<u8>(EAX) = al % base;
    core.s.flags.template set_logic<u8>(al % base);
  }
};
template <>
struct Semantics<Mnemonic::AAD> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    const u8 al = static_cast<u8>(core.template reg<u8>(EAX) +
                                  core.template reg<u8>(4) * static_cast<u8>(insn.immediate));
    core.template reg<u16>(EAX) = al;
    core.s.flags.template set_logic<u8>(al);
  }
};

}  // namespace faultline
