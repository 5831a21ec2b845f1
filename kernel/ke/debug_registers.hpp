// Hardware breakpoints: each thread's own debug registers. [386 §12.2]
#pragma once

#include "kernel/nt.hpp"

struct KTHREAD;

/// What user mode may have: breakpoints on its own addresses.
struct KDEBUG_REGISTERS {
  ULONG Dr[4];
  ULONG Dr6, Dr7;
  bool active() const { return (Dr7 & 0xFF) != 0; }
};

/// DISPATCH_LEVEL: `next` is about to run.
void KiSwitchDebugRegisters(const KTHREAD* next);
/// The current thread met a breakpoint or ran a single step: what the processor says of it, in DR6,
/// becomes the thread's.
void KiTakeDebugStatus();

void KeGetDebugContext(const KTHREAD* thread, CONTEXT& context);
void KeSetDebugContext(KTHREAD* thread, const CONTEXT& context);
