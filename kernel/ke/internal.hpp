// Between the files of ke/.
#pragma once

#include "kernel/ke/thread_object.hpp"

// Scheduler; at DISPATCH_LEVEL.
void KiInitializeScheduler();
void KiReadyThread(KTHREAD* thread);
NTSTATUS KiSwapThread();  // gives the processor away; returns the wait status
/// The level is about to drop: end of quantum, and the preemption KiReadyThread asked for.
void KiDispatchSwitch();
void KiUnwaitThread(KTHREAD* thread, NTSTATUS status);
/// `object` has become signaled: wakes those whose wait that ends, in the order they came.
void KiWaitTest(DISPATCHER_HEADER* object);

/// At the thread's end.
void KiAbandonMutants(KTHREAD* thread);

/// Has the level's drop below DISPATCH_LEVEL noticed; at any level.
void KiRequestDispatchInterrupt();
/// At the clock interrupt.
void KiTimerTick();

// What a switch of threads changes in the descriptor tables.
void KiSetTebBase(ULONG teb);
void KiSetKernelStack(ULONG initial_stack);
