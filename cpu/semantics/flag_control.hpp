// Flag instructions and the interrupt flag. [386 §3.8] [386 §17.2.2 CLI, STI]
#pragma once

#include "cpu/semantics/semantics.hpp"

namespace faultline {

template <>
struct Semantics<Mnemonic::CLC> : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) { core.s.flags.set_cf(false); }
};
template <>
struct Semantics<Mnemonic::STC> : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) { core.s.flags.set_cf(true); }
};
template <>
struct Semantics<Mnemonic::CMC> : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) { core.s.flags.set_cf(!core.s.flags.cf()); }
};
template <>
struct Semantics<Mnemonic::CLD> : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) { core.s.flags.clear_bits(eflags::DF); }
};
template <>
struct Semantics<Mnemonic::STD> : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) { core.s.flags.set_bits(eflags::DF); }
};

/// CLI and STI: CPL above IOPL is #GP(0). [386 §8.3.1]
template <class Core>
void require_iopl(Core& core) {
  if (core.protected_mode() && core.cpl() > core.s.flags.iopl()) core.raise(Vector::GP, 0);
}
template <>
struct Semantics<Mnemonic::CLI> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    require_iopl(core);
    core.s.flags.clear_bits(eflags::IF);
  }
};
template <>
struct Semantics<Mnemonic::STI> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    require_iopl(core);
    if (core.s.flags.interrupts()) return;
    core.s.flags.set_bits(eflags::IF);
    core.s.shadow = true;  // interrupts from the end of the next instruction on
    core.look_around();
  }
};

}  // namespace faultline
