// Interrupt request levels. On one processor a spin lock is a raised level: at DISPATCH_LEVEL no
// other thread runs; what interrupt routines touch is guarded by KInterruptGuard instead.
#pragma once

#include "kernel/nt/types.hpp"

using KIRQL = UCHAR;
inline constexpr KIRQL PASSIVE_LEVEL = 0, APC_LEVEL = 1, DISPATCH_LEVEL = 2, CLOCK_LEVEL = 28,
                       HIGH_LEVEL = 31;

KIRQL KeGetCurrentIrql();
KIRQL KeRaiseIrql(KIRQL level);
/// Delivers what became pending meanwhile: DPCs, the end of the quantum, a thread of higher
/// priority.
void KeLowerIrql(KIRQL level);

/// Holds the processor at DISPATCH_LEVEL: the dispatcher lock, the PFN lock, the pool lock.
class KDispatchGuard {
 public:
  KDispatchGuard() : old_(KeRaiseIrql(DISPATCH_LEVEL)) {}
  ~KDispatchGuard() { KeLowerIrql(old_); }
  KDispatchGuard(const KDispatchGuard&) = delete;
  KDispatchGuard& operator=(const KDispatchGuard&) = delete;

 private:
  KIRQL old_;
};
