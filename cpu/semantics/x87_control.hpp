// The x87's control instructions: control and status word, environment, whole state; and WAIT.
// [387 §4]
#pragma once

#include "cpu/semantics/x87.hpp"
#include "cpu/x87/environment.hpp"

namespace faultline {

template <>
struct Semantics<Mnemonic::WAIT> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction&) {
    // MP and TS together: #NM. [386 §11.1.1]
    if ((core.cr0() & cr0::MP) != 0 && (core.cr0() & cr0::TS) != 0) core.raise(Vector::NM);
    if (core.context.model.fpu == FpuKind::None) return true;
    return meet_pending_error(core) != Readiness::Waits;
  }
};

/// A reserved escape. [386 §11.1]
template <>
struct Semantics<Mnemonic::ESC> {
  template <class S, class Core>
  static void run(Core& core, const Instruction&) {
    if (x87_ready<S>(core) != Readiness::Absent) core.raise(Vector::UD);
  }
};

struct NumericNoOperation : NumericInstruction<NumericNoOperation> {
  template <class S, class Core>
  static void compute(Core&, const Instruction&, x87::RegisterStack&) {}
};
template <>
struct Semantics<Mnemonic::FENI> : NumericNoOperation {};
template <>
struct Semantics<Mnemonic::FDISI> : NumericNoOperation {};
template <>
struct Semantics<Mnemonic::FSETPM> : NumericNoOperation {};

template <>
struct Semantics<Mnemonic::FNINIT> : NumericInstruction<Semantics<Mnemonic::FNINIT>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction&, x87::RegisterStack&) {
    x87::initialize(core.s.x87);
  }
};
template <>
struct Semantics<Mnemonic::FNCLEX> : NumericInstruction<Semantics<Mnemonic::FNCLEX>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction&, x87::RegisterStack&) {
    x87::clear_exceptions(core.s.x87);
  }
};
template <>
struct Semantics<Mnemonic::FLDCW> : NumericInstruction<Semantics<Mnemonic::FLDCW>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack& stack) {
    core.s.x87.control = x87::ControlWord::loaded(read_part<u16>(core, insn, 0));
    stack.summarize();
  }
};
template <>
struct Semantics<Mnemonic::FNSTCW> : NumericInstruction<Semantics<Mnemonic::FNSTCW>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack&) {
    write_part<u16>(core, insn, 0, core.s.x87.control.value);
  }
};
template <>
struct Semantics<Mnemonic::FNSTSW> : NumericInstruction<Semantics<Mnemonic::FNSTSW>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack&) {
    store_status<S>(core, insn, core.s.x87.status_word());
  }

 private:
  template <class S, class Core>
  static void store_status(Core& core, const Instruction& insn, u16 value) {
    if constexpr (S::memory)
      write_part<u16>(core, insn, 0, value);
    else
      core.template reg<u16>(EAX) = value;
  }
};

template <class Core>
x87::Pointers x87_pointers(Core& core) {
  return core.paragraph_selectors() ? x87::Pointers::Real : x87::Pointers::Protected;
}
/// The 486 is quicker in protected mode. [486 §26 FSTENV]
template <class Core>
void spend_environment(Core& core) {
  if (!core.paragraph_selectors()) core.spend_protected();
}

template <class S, class Core>
void store_environment(Core& core, const Instruction& insn) {
  using T = typename S::Width;
  const auto image = x87::environment_of(core.s.x87, x87_pointers(core), sizeof(T) == 4);
  for (u32 i = 0; i < image.size(); ++i)
    write_part<T>(core, insn, i * sizeof(T), static_cast<T>(image[i]));
}
template <class S, class Core>
x87::Environment read_environment(Core& core, const Instruction& insn) {
  using T = typename S::Width;
  x87::Environment image{};
  for (u32 i = 0; i < image.size(); ++i) image[i] = read_part<T>(core, insn, i * sizeof(T));
  return image;
}
template <class S>
constexpr u32 environment_bytes = x87::environment_words * sizeof(typename S::Width);
/// ST(0) to ST(7) follow the environment in the image of the whole state.
template <class S>
constexpr u32 register_offset(unsigned i) {
  return environment_bytes<S> + 10 * i;
}

template <>
struct Semantics<Mnemonic::FNSTENV> : NumericInstruction<Semantics<Mnemonic::FNSTENV>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack& stack) {
    probe_store(core, insn, environment_bytes<S>);
    store_environment<S>(core, insn);
    core.s.x87.control.value |= x87::exception::all;  // all masked now [387 §4 FSTENV]
    stack.summarize();
    spend_environment(core);
  }
};
template <>
struct Semantics<Mnemonic::FLDENV> : NumericInstruction<Semantics<Mnemonic::FLDENV>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack&) {
    const auto image = read_environment<S>(core, insn);
    x87::load_environment(core.s.x87, image, x87_pointers(core), sizeof(typename S::Width) == 4);
    spend_environment(core);
  }
};
template <>
struct Semantics<Mnemonic::FNSAVE> : NumericInstruction<Semantics<Mnemonic::FNSAVE>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack& stack) {
    probe_store(core, insn, register_offset<S>(8));
    store_environment<S>(core, insn);
    for (unsigned i = 0; i < 8; ++i) write_extended(core, insn, register_offset<S>(i), stack.st(i));
    x87::initialize(core.s.x87);
    spend_environment(core);
  }
};
template <>
struct Semantics<Mnemonic::FRSTOR> : NumericInstruction<Semantics<Mnemonic::FRSTOR>> {
  template <class S, class Core>
  static void compute(Core& core, const Instruction& insn, x87::RegisterStack&) {
    const auto image = read_environment<S>(core, insn);
    x87::Extended registers[8];
    for (unsigned i = 0; i < 8; ++i)
      registers[i] = read_extended(core, insn, register_offset<S>(i));
    X87State& x = core.s.x87;
    x87::load_environment(x, image, x87_pointers(core), sizeof(typename S::Width) == 4);
    for (unsigned i = 0; i < 8; ++i) x.registers[(x.top + i) & 7] = registers[i];
    spend_environment(core);
  }
};

}  // namespace faultline
