// Observer policies of a core. An unwatched core carries no trace of them: every event stands
// behind `if constexpr (Observer::watching)`.
#pragma once

#include "arch/vector.hpp"
#include "mmu/micro_step.hpp"

namespace faultline {

/// The watched side: the debugger and the fault log implement this. micro(), which it inherits,
/// tells what happens inside an instruction; who does without it clears `micro_steps`.
class Observation : public MicroListener {
 public:
  /// Before the instruction at CS:EIP (state.eip) executes. The state may be changed here (see
  /// Engine::state_changed), and a stop asked for here comes before the instruction. A repeated
  /// string instruction that was suspended is announced again.
  virtual void instruction() {}
  /// The instruction's bytes have been fetched; it executes next.
  virtual void fetch(LinearAddress, u32 /*bytes*/) {}
  /// The CPU has read or written 1, 2 or 4 bytes. Page walks are not among these.
  virtual void data(AccessKind, LinearAddress, u32 /*bytes*/, u32 /*value*/) {}
  /// A page fault was found; CR2 is written, delivery comes next. state.eip is the instruction.
  virtual void page_fault(const PageFault&) {}
  /// An exception or interrupt is about to be delivered through the IDT.
  virtual void interrupt(u8 /*vector*/, bool /*external*/, bool /*has_error*/, u32 /*error*/) {}
  /// Asked next: true takes it away from the IDT, and execution goes on at `eip`, which comes in as
  /// the return address that would have been pushed.
  virtual bool intercepts(u8 /*vector*/, u32& /*eip*/) { return false; }
};

struct Unwatched {
  static constexpr bool watching = false;
};

struct Watched {
  static constexpr bool watching = true;
  Observation* observation = nullptr;

  Probed probe() const { return {observation}; }
  void data(AccessKind kind, LinearAddress address, u32 bytes, u32 value) const {
    observation->data(kind, address, bytes, value);
  }
};

}  // namespace faultline
