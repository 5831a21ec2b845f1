// The numeric coprocessor: its registers are saved when another thread wants it.
#pragma once

#include "kernel/ke/thread_object.hpp"

void KiInitializeNpx();  // looks for one
/// After a switch: TS is clear only for the thread whose state is loaded. At DISPATCH_LEVEL.
void KiSwitchNpx(KTHREAD* next);
/// The thread ends: nobody needs its state any more.
void KiForgetNpx(KTHREAD* thread);

/// #NM: gives the coprocessor to the current thread. False when there is none.
bool KiLoadNpx();
/// #MF, or IRQ 13 of a 387: the exception of the unmasked error that is pending.
void KiRaiseNumericError(KTRAP_FRAME* frame);

// CONTEXT.FloatSave of a thread.
void KeGetNpxContext(KTHREAD* thread, CONTEXT& context);
void KeSetNpxContext(KTHREAD* thread, const CONTEXT& context);
