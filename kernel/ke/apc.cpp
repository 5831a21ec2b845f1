// The queue of APCs of a thread, and the way of the oldest into user mode.
#include "kernel/ke/apc.hpp"

#include "arch/registers.hpp"
#include "kernel/ke/internal.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/process.hpp"

namespace {

/// What KiUserApcDispatcher finds at ESP.
struct ApcCall {
  ULONG NormalRoutine, NormalContext, SystemArgument1, SystemArgument2;
  CONTEXT Context;  // where the thread goes on afterwards
};
static_assert(offsetof(ApcCall, Context) == 16);

void unlink(KAPC* apc) {
  RemoveEntryList(&apc->ApcListEntry);
  apc->Inserted = FALSE;
}

/// The oldest one, off the queue. At DISPATCH_LEVEL.
KAPC* remove_head(KTHREAD* thread) {
  if (IsListEmpty(&thread->ApcListHead)) return nullptr;
  KAPC* apc = CONTAINING_RECORD(thread->ApcListHead.Flink, KAPC, ApcListEntry);
  unlink(apc);
  return apc;
}

void run_down(KAPC* apc) {
  if (apc->RundownRoutine != nullptr) apc->RundownRoutine(apc);
}

}  // namespace

void KeInitializeApc(KAPC* apc, KTHREAD* thread, void (*rundown)(KAPC*), ULONG routine,
                     ULONG context) {
  *apc = {{}, thread, rundown, routine, context, 0, 0, FALSE};
}

bool KeInsertQueueApc(KAPC* apc, ULONG argument1, ULONG argument2) {
  const KDispatchGuard guard;
  KTHREAD* thread = apc->Thread;
  if (apc->Inserted || !thread->ApcQueueable) return false;
  apc->SystemArgument1 = argument1;
  apc->SystemArgument2 = argument2;
  apc->Inserted = TRUE;
  InsertTailList(&thread->ApcListHead, &apc->ApcListEntry);
  if (thread->State == Waiting && thread->WaitMode == UserMode && thread->Alertable) {
    thread->UserApcPending = TRUE;
    KiUnwaitThread(thread, STATUS_USER_APC);
  }
  return true;
}

bool KeRemoveQueueApc(KAPC* apc) {
  const KDispatchGuard guard;
  if (!apc->Inserted) return false;
  unlink(apc);
  return true;
}

bool KeTestAlertThread() {
  const KDispatchGuard guard;
  KTHREAD* thread = KeGetCurrentThread();
  if (IsListEmpty(&thread->ApcListHead)) return false;
  thread->UserApcPending = TRUE;
  return true;
}

void KeRundownApcQueue() {
  const KDispatchGuard guard;
  KTHREAD* thread = KeGetCurrentThread();
  thread->ApcQueueable = FALSE;
  thread->UserApcPending = FALSE;
  while (KAPC* apc = remove_head(thread)) run_down(apc);
}

void KiDeliverUserApc(KTRAP_FRAME* frame) {
  KTHREAD* thread = KeGetCurrentThread();
  ApcCall call = {};
  {
    const KDispatchGuard guard;
    thread->UserApcPending = FALSE;
    KAPC* apc = remove_head(thread);
    if (apc == nullptr) return;  // it was taken back
    call.NormalRoutine = apc->NormalRoutine;
    call.NormalContext = apc->NormalContext;
    call.SystemArgument1 = apc->SystemArgument1;
    call.SystemArgument2 = apc->SystemArgument2;
    run_down(apc);
  }
  call.Context.ContextFlags = CONTEXT_FULL | CONTEXT_FLOATING_POINT | CONTEXT_DEBUG_REGISTERS;
  KeGetThreadContext(thread, call.Context);
  const ULONG esp = (call.Context.Esp & ~3u) - sizeof call;
  const NTSTATUS status = MmCopyToUser(esp, &call, sizeof call);
  if (!NT_SUCCESS(status)) {
    KiDispatchTrapException(frame, status, frame->Eip, 0, 0, 0, 0);
    return;
  }
  frame->HardwareEsp = esp;
  frame->Eip = PsGetCurrentProcess()->KiUserApcDispatcher;
  frame->EFlags &= ~(arch::eflags::TF | arch::eflags::DF | arch::eflags::RF);
  frame->SegCs = KGDT_R3_CODE;
  frame->SegDs = frame->SegEs = frame->HardwareSegSs = KGDT_R3_DATA;
  frame->SegFs = KGDT_R3_TEB;
}
