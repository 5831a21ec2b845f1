// String instructions and their repetition. After each iteration the registers are final, so a
// fault or an interrupt leaves the finished iterations done. [386 §3.6] [386 §17.2.2 REP]
#pragma once

#include "cpu/semantics/arithmetic.hpp"

namespace faultline {

/// ESI, EDI, ECX at the address size, and the step that DF gives.
template <class T, class Core>
class StringPointers {
 public:
  StringPointers(Core& core, const Instruction& insn)
      : core_(core), insn_(insn),
        step_(core.s.flags.df() ? 0u - static_cast<u32>(sizeof(T)) : u32{sizeof(T)}) {}
  u32 source() const { return core_.gpr(ESI) & insn_.address_mask; }
  u32 destination() const { return core_.gpr(EDI) & insn_.address_mask; }
  void advance_source() { advance(ESI, step_); }
  void advance_destination() { advance(EDI, step_); }

 private:
  void advance(unsigned number, u32 by) {
    u32& r = core_.gpr(number);
    r = (r & ~insn_.address_mask) | ((r + by) & insn_.address_mask);
  }
  Core& core_;
  const Instruction& insn_;
  u32 step_;
};

/// Repeats `iteration` by the prefix. `iteration` returns false to end a REPE/REPNE scan. False
/// when the clock asks for the CPU's attention before the count is used up.
template <class S, class Core, class Iteration>
bool repeat(Core& core, const Instruction& insn, Iteration iteration) {
  if (insn.repeat == RepeatPrefix::None) {
    iteration();
    return true;
  }
  const u32 mask = insn.address_mask;
  bool more = true;
  while (more && (core.gpr(ECX) & mask) != 0) {
    more = iteration();
    u32& count = core.gpr(ECX);
    count = (count & ~mask) | ((count - 1) & mask);
    core.spend_iteration(insn);
    if (!more) break;
    if (core.s.clock.now >= core.s.clock.deadline && (count & mask) != 0) return false;
  }
  core.s.clock.advance(0);
  return true;
}

template <>
struct Semantics<Mnemonic::MOVS> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    StringPointers<T, Core> at(core, insn);
    return repeat<S>(core, insn, [&] {
      const T value = core.template read<T>(insn.segment, at.source());
      core.template write<T>(ES, at.destination(), value);
      at.advance_source();
      at.advance_destination();
      return true;
    });
  }
};

template <>
struct Semantics<Mnemonic::STOS> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    StringPointers<T, Core> at(core, insn);
    return repeat<S>(core, insn, [&] {
      core.template write<T>(ES, at.destination(), core.template reg<T>(EAX));
      at.advance_destination();
      return true;
    });
  }
};

template <>
struct Semantics<Mnemonic::LODS> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    StringPointers<T, Core> at(core, insn);
    return repeat<S>(core, insn, [&] {
      core.template reg<T>(EAX) = core.template read<T>(insn.segment, at.source());
      at.advance_source();
      return true;
    });
  }
};

/// REPE goes on while ZF = 1, REPNE while ZF = 0.
template <class Core>
bool scan_goes_on(Core& core, const Instruction& insn) {
  return core.s.flags.zf() == (insn.repeat == RepeatPrefix::Repeat);
}

template <>
struct Semantics<Mnemonic::CMPS> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    StringPointers<T, Core> at(core, insn);
    return repeat<S>(core, insn, [&] {
      const T a = core.template read<T>(insn.segment, at.source());
      const T b = core.template read<T>(ES, at.destination());
      Semantics<Mnemonic::CMP>::test<T>(core.s.flags, a, b);
      at.advance_source();
      at.advance_destination();
      return scan_goes_on(core, insn);
    });
  }
};

template <>
struct Semantics<Mnemonic::SCAS> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    StringPointers<T, Core> at(core, insn);
    return repeat<S>(core, insn, [&] {
      const T b = core.template read<T>(ES, at.destination());
      Semantics<Mnemonic::CMP>::test<T>(core.s.flags, core.template reg<T>(EAX), b);
      at.advance_destination();
      return scan_goes_on(core, insn);
    });
  }
};

// Ports: the permission is asked before anything moves; INS checks its destination before the
// port is read, which cannot be undone.
template <>
struct Semantics<Mnemonic::INS> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const u16 port = core.template reg<u16>(EDX);
    core.check_port(port, sizeof(T));
    StringPointers<T, Core> at(core, insn);
    return repeat<S>(core, insn, [&] {
      const LinearAddress to = core.template writable<T>(ES, at.destination());
      core.template read_modify<T>(to);
      core.template write_back<T>(to, static_cast<T>(core.context.bus.port_read(port, sizeof(T))));
      at.advance_destination();
      return true;
    });
  }
};

template <>
struct Semantics<Mnemonic::OUTS> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const u16 port = core.template reg<u16>(EDX);
    core.check_port(port, sizeof(T));
    StringPointers<T, Core> at(core, insn);
    return repeat<S>(core, insn, [&] {
      const T value = core.template read<T>(insn.segment, at.source());
      core.context.bus.port_write(port, sizeof(T), value);
      at.advance_source();
      return true;
    });
  }
};

}  // namespace faultline
