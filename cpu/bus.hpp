// The CPU's pins as the board sees them: ports, interrupt acknowledge, and the input lines.
#pragma once

#include "mmu/clock.hpp"

namespace faultline {

/// What the board offers the CPU. `bytes` is 1, 2 or 4; an unclaimed port reads as all ones.
class Bus {
 public:
  virtual ~Bus() = default;
  virtual u32 port_read(u16 port, unsigned bytes) = 0;
  virtual void port_write(u16 port, unsigned bytes, u32 value) = 0;
  /// The INTA cycle: the vector the interrupt controller drives. [386 §9.1.1]
  virtual u8 acknowledge_interrupt() = 0;
  /// FERR# of the 486, ERROR# of the 387: an unmasked numeric error waits. [486 §18.2]
  virtual void numeric_error(bool) {}
};

/// Input pins. Whoever raises one also calls Clock::attention(), so that the CPU looks.
struct InputLines {
  bool intr = false;   // level: the 8259's INT output
  bool nmi = false;    // edge: cleared by the CPU when taken
  bool reset = false;  // taken at the next instruction boundary; cleared by the CPU
  bool ignne = false;  // IGNNE#: numeric errors are ignored, not waited on [486 §18.2]
  bool stop = false;   // leave run() at the next instruction boundary; cleared by the machine

  void attention(Clock& clock) const { clock.attention(); }
};

}  // namespace faultline
