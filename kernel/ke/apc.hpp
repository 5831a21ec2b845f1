// Asynchronous procedure calls to user mode: a routine that a thread calls when it waits alertably.
#pragma once

#include "kernel/ke/trap_frame.hpp"
#include "kernel/rtl/list.hpp"

struct KTHREAD;

struct KAPC {
  LIST_ENTRY ApcListEntry;  // in the thread's queue
  KTHREAD* Thread;
  /// At DISPATCH_LEVEL, once it is off the queue for good: delivered, or its thread has ended. Null
  /// when nobody wants to know.
  void (*RundownRoutine)(KAPC* apc);
  ULONG NormalRoutine, NormalContext;  // user mode's
  ULONG SystemArgument1, SystemArgument2;
  BOOLEAN Inserted;
};

void KeInitializeApc(KAPC* apc, KTHREAD* thread, void (*rundown)(KAPC*), ULONG routine,
                     ULONG context);
/// False when it is on the queue already or the thread takes no more.
bool KeInsertQueueApc(KAPC* apc, ULONG argument1, ULONG argument2);
/// Takes it off the queue without its rundown routine; false when it was not there.
bool KeRemoveQueueApc(KAPC* apc);
/// Has those that wait delivered before the current thread returns to user mode; whether there are
/// any.
bool KeTestAlertThread();
/// The current thread takes no more of them, and those that wait are gone.
void KeRundownApcQueue();
/// Pushes the context of `frame` and the oldest one's arguments onto the user stack and has the
/// thread go on in ntdll!KiUserApcDispatcher.
void KiDeliverUserApc(KTRAP_FRAME* frame);
