// Observer policies of a core. An unwatched core carries no trace of them: every event stands
// behind `if constexpr (Observer::watching)`.
#pragma once

#include "arch/vector.hpp"
#include "mmu/page_fault.hpp"

namespace faultline {

/// The watched side: the debugger and the fault log implement this.
class Observation {
 public:
  virtual ~Observation() = default;
  /// Before the instruction at CS:EIP (state.eip) executes.
  virtual void instruction() {}
  /// A page fault was found; CR2 is written, delivery comes next. state.eip is the instruction.
  virtual void page_fault(const PageFault&) {}
  /// An exception or interrupt is about to be delivered through the IDT.
  virtual void interrupt(u8 /*vector*/, bool /*external*/, bool /*has_error*/, u32 /*error*/) {}
};

struct Unwatched {
  static constexpr bool watching = false;
};

struct Watched {
  static constexpr bool watching = true;
  Observation* observation = nullptr;
};

}  // namespace faultline
