// String instructions and their repetition. After each iteration the registers are final, so a
// fault or an interrupt leaves the finished iterations done. [386 §3.6] [386 §17.2.2 REP]
#pragma once

#include <algorithm>
#include <cstring>

#include "cpu/semantics/arithmetic.hpp"

namespace faultline {

/// ESI, EDI, ECX at the address size, and the step that DF gives.
template <class T, class Core>
class StringPointers {
 public:
  StringPointers(Core& core, const Instruction& insn)
      : core_(core),
        insn_(insn),
        step_(core.s.flags.df() ? 0u - static_cast<u32>(sizeof(T)) : u32{sizeof(T)}) {}
  u32 source() const { return core_.gpr(ESI) & insn_.address_mask; }
  u32 destination() const { return core_.gpr(EDI) & insn_.address_mask; }
  void advance_source() { advance(ESI, step_); }
  void advance_destination() { advance(EDI, step_); }
  void skip_source(u32 elements) { advance(ESI, elements * step_); }
  void skip_destination(u32 elements) { advance(EDI, elements * step_); }

 private:
  void advance(unsigned number, u32 by) {
    u32& r = core_.gpr(number);
    r = (r & ~insn_.address_mask) | ((r + by) & insn_.address_mask);
  }
  Core& core_;
  const Instruction& insn_;
  u32 step_;
};

/// How many of the `count` iterations that are left end before the clock's deadline, if the
/// accesses of each take `further` clocks.
template <class Core>
u32 iterations_until_deadline(Core& core, const Instruction& insn, u32 count, u32 further) {
  const Clock& clock = core.s.clock;
  if (clock.now >= clock.deadline) return 0;
  const u64 each = std::max<u64>(1, core.iteration_clocks(insn) + further);
  return static_cast<u32>(std::min<u64>(count, (clock.deadline - clock.now - 1) / each));
}

/// Elements of T that can be touched upwards from `offset` in a segment whose plain accesses end at
/// `top`, without a fault, a new page or a wrap of the offset.
template <class T, class Core>
u32 elements_ahead(Core& core, const Instruction& insn, unsigned segment, u32 offset, s64 top) {
  const s64 end = std::min<s64>(top, insn.address_mask) + 1;
  const s64 in_segment = std::max<s64>(0, end - offset) / static_cast<s64>(sizeof(T));
  const LinearAddress linear{core.seg(segment).base + offset};
  return static_cast<u32>(std::min<s64>(in_segment, core.mmu.template room_in_page<T>(linear)));
}

/// Repeats `iteration` by the prefix. `iteration` returns false to end a REPE/REPNE scan. `bulk` is
/// offered the number of iterations that may follow at once and returns how many it has made, with
/// all but the count and the clock as those iterations leave it; `further` is what the accesses of
/// one add to its clocks. False when the clock asks for the CPU's attention before the count is
/// used up.
template <class S, class Core, class Iteration, class Bulk>
bool repeat(Core& core, const Instruction& insn, Iteration iteration, Bulk bulk, u32 further = 0) {
  if (insn.repeat == RepeatPrefix::None) {
    iteration();
    return true;
  }
  const u32 mask = insn.address_mask;
  if ((core.gpr(ECX) & mask) == 0) core.spend_no_iteration(insn);
  bool more = true;
  auto left = [&] { return core.gpr(ECX) & mask; };
  auto count_down = [&](u32 by) {
    u32& count = core.gpr(ECX);
    count = (count & ~mask) | ((count - by) & mask);
    core.spend_iterations(insn, by);
  };
  while (more && left() != 0) {
    more = iteration();
    count_down(1);
    if (!more || left() == 0) break;
    if (core.due() && !core.fetch_again(insn)) return false;
    if constexpr (!Core::Observer::watching) {
      // After each of these the instruction is fetched again, so the last of all is not among them.
      const u32 most = iterations_until_deadline(core, insn, left() - 1, further);
      if (const u32 made = most != 0 ? bulk(most) : 0; made != 0) {
        count_down(made);
        core.s.clock.now += u64{made} * further;
      }
    }
  }
  core.s.clock.advance(0);
  return true;
}
template <class S, class Core, class Iteration>
bool repeat(Core& core, const Instruction& insn, Iteration iteration) {
  return repeat<S>(core, insn, iteration, [](u32) { return 0u; });
}

/// The bytes of `count` forward element moves: where the ranges overlap ahead, what was stored is
/// read again.
template <class T>
void copy_elements(u8* to, const u8* from, u32 count) {
  if (to > from && to < from + std::size_t{count} * sizeof(T)) {
    for (u32 i = 0; i < count; ++i)
      std::memmove(to + i * sizeof(T), from + i * sizeof(T), sizeof(T));
  } else {
    std::memmove(to, from, std::size_t{count} * sizeof(T));
  }
}

template <>
struct Semantics<Mnemonic::MOVS> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    StringPointers<T, Core> at(core, insn);
    return repeat<S>(
        core, insn,
        [&] {
          const T value = core.template read<T>(insn.segment, at.source());
          core.template write<T>(ES, at.destination(), value);
          at.advance_source();
          at.advance_destination();
          return true;
        },
        [&](u32 count) { return move_run(core, insn, at, count); },
        2 * core.mmu.template further_clocks<T>());
  }

 private:
  template <class T, class Core>
  static u32 move_run(Core& core, const Instruction& insn, StringPointers<T, Core>& at, u32 count) {
    if (core.s.flags.df()) return 0;
    const DescriptorCache &from = core.seg(insn.segment), &to = core.seg(ES);
    const u32 source = at.source(), destination = at.destination();
    count = std::min({count, elements_ahead<T>(core, insn, insn.segment, source, from.read_top),
                      elements_ahead<T>(core, insn, ES, destination, to.write_top)});
    if (count == 0) return 0;
    const auto run = core.mmu.template copy_run<T>({from.base + source}, {to.base + destination},
                                                   count, core.privilege());
    if (!run) return 0;
    copy_elements<T>(run->to, run->from, count);
    core.mmu.count_matches(u64{count} * 2);
    at.skip_source(count);
    at.skip_destination(count);
    return count;
  }
};

template <>
struct Semantics<Mnemonic::STOS> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    StringPointers<T, Core> at(core, insn);
    return repeat<S>(
        core, insn,
        [&] {
          core.template write<T>(ES, at.destination(), core.template reg<T>(EAX));
          at.advance_destination();
          return true;
        },
        [&](u32 count) { return fill_run(core, insn, at, count); },
        core.mmu.template further_clocks<T>());
  }

 private:
  template <class T, class Core>
  static u32 fill_run(Core& core, const Instruction& insn, StringPointers<T, Core>& at, u32 count) {
    if (core.s.flags.df()) return 0;
    const DescriptorCache& to = core.seg(ES);
    const u32 destination = at.destination();
    count = std::min(count, elements_ahead<T>(core, insn, ES, destination, to.write_top));
    if (count == 0) return 0;
    u8* written = core.mmu.template store_run<T>({to.base + destination}, count, core.privilege());
    if (written == nullptr) return 0;
    const T value = core.template reg<T>(EAX);
    for (u32 i = 0; i < count; ++i) std::memcpy(written + i * sizeof(T), &value, sizeof(T));
    core.mmu.count_matches(count);
    at.skip_destination(count);
    return count;
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
/// The I/O permission of a port, asked once for each iteration (and once when there is none), so
/// that the accesses to the map do not depend on where an instruction was suspended.
template <class T, class Core>
class PortPermission {
 public:
  PortPermission(Core& core, u16 port) : core_(core), port_(port) {
    core_.check_port(port_, sizeof(T));
  }
  void ask() {
    if (!asked_) core_.check_port(port_, sizeof(T));
    asked_ = false;
  }

 private:
  Core& core_;
  u16 port_;
  bool asked_ = true;  // by the constructor, for the first
};

template <>
struct Semantics<Mnemonic::INS> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const u16 port = core.template reg<u16>(EDX);
    PortPermission<T, Core> permission(core, port);
    StringPointers<T, Core> at(core, insn);
    const bool done = repeat<S>(core, insn, [&] {
      permission.ask();
      const LinearAddress to = core.template writable<T>(ES, at.destination());
      core.template read_modify<T>(to);
      core.template write_back<T>(to, static_cast<T>(core.port_read(port, sizeof(T))));
      at.advance_destination();
      return true;
    });
    if (done) core.spend_port(insn);
    return done;
  }
};

template <>
struct Semantics<Mnemonic::OUTS> {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const u16 port = core.template reg<u16>(EDX);
    PortPermission<T, Core> permission(core, port);
    StringPointers<T, Core> at(core, insn);
    const bool done = repeat<S>(core, insn, [&] {
      permission.ask();
      const T value = core.template read<T>(insn.segment, at.source());
      core.port_write(port, sizeof(T), value);
      at.advance_source();
      return true;
    });
    if (done) core.spend_port(insn);
    return done;
  }
};

}  // namespace faultline
