// Timers for user mode: once or periodically, with or without an APC to the thread that sets them.
#include "kernel/ex/timer.hpp"

#include "kernel/ke/clock.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/directory.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/system_services.hpp"

namespace {

struct ETIMER {
  KTIMER KeTimer;
  KDPC TimerDpc;
  KAPC TimerApc;
  LIST_ENTRY ActiveTimerListEntry;  // of the thread that gets the APC
  BOOLEAN ApcAssociated;
};

DISPATCHER_HEADER* wait_header(PVOID body) { return &static_cast<ETIMER*>(body)->KeTimer.Header; }

/// No longer anybody's APC. At DISPATCH_LEVEL.
void dissociate(ETIMER* timer) {
  if (!timer->ApcAssociated) return;
  timer->ApcAssociated = FALSE;
  RemoveEntryList(&timer->ActiveTimerListEntry);
  KeRemoveQueueApc(&timer->TimerApc);
}

void cancel(ETIMER* timer) {
  const KDispatchGuard guard;
  KeCancelTimer(&timer->KeTimer);
  dissociate(timer);
}

/// It has expired: the APC gets the time at which it did. One that still waits is not queued again.
void queue_apc(PVOID context) {
  auto* timer = static_cast<ETIMER*>(context);
  if (!timer->ApcAssociated) return;
  const LARGE_INTEGER now = {.QuadPart = KeQuerySystemTime()};
  KeInsertQueueApc(&timer->TimerApc, now.LowPart, static_cast<ULONG>(now.HighPart));
}

void delete_timer(PVOID body) { cancel(static_cast<ETIMER*>(body)); }

BOOLEAN state_of(const ETIMER* timer) { return timer->KeTimer.Header.SignalState > 0; }

}  // namespace

constinit OBJECT_TYPE ExTimerObjectType = {
    .Name = "Timer",
    .ValidAccessMask = TIMER_ALL_ACCESS,
    .GenericRead = READ_CONTROL | TIMER_QUERY_STATE,
    .GenericWrite = READ_CONTROL | TIMER_MODIFY_STATE,
    .GenericExecute = READ_CONTROL | SYNCHRONIZE,
    .DeleteProcedure = delete_timer,
    .CloseProcedure = nullptr,
    .WaitObject = wait_header,
};

void ExTimerRundown(ETHREAD* thread) {
  const KDispatchGuard guard;
  while (!IsListEmpty(&thread->ActiveTimerListHead)) {
    cancel(CONTAINING_RECORD(thread->ActiveTimerListHead.Flink, ETIMER, ActiveTimerListEntry));
  }
}

NTSTATUS NTAPI NtCreateTimer(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES user,
                             TIMER_TYPE type) {
  if (type != NotificationTimer && type != SynchronizationTimer) return STATUS_INVALID_PARAMETER_4;
  ObjectAttributes attributes;
  const NTSTATUS status = attributes.capture(user);
  if (!NT_SUCCESS(status)) return status;
  auto* timer = static_cast<ETIMER*>(ObCreateObject(ExTimerObjectType, sizeof(ETIMER)));
  if (timer == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  KeInitializeTimerEx(&timer->KeTimer, type);
  KeInitializeDpc(&timer->TimerDpc, queue_apc, timer);
  return ObInsertObject(timer, attributes, access, handle);
}

NTSTATUS NTAPI NtOpenTimer(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes) {
  return ObOpenObjectByName(attributes, ExTimerObjectType, access, handle);
}

/// No machine here sleeps, so nothing can be woken from it.
NTSTATUS NTAPI NtSetTimer(HANDLE handle, PLARGE_INTEGER user_due, PTIMER_APC_ROUTINE routine,
                          PVOID context, BOOLEAN resume, LONG period, BOOLEAN* previous) {
  if (period < 0) return STATUS_INVALID_PARAMETER_6;
  LARGE_INTEGER due;
  NTSTATUS status = MmReadUser(user_due, due);
  if (!NT_SUCCESS(status)) return status;
  ObjectReference<ETIMER> timer;
  status = ObReferenceByHandle(handle, TIMER_MODIFY_STATE, ExTimerObjectType, timer);
  if (!NT_SUCCESS(status)) return status;
  BOOLEAN was;
  {
    const KDispatchGuard guard;
    was = state_of(timer.get());
    cancel(timer.get());
    if (routine != nullptr) {
      ETHREAD* thread = PsGetCurrentThread();
      KeInitializeApc(&timer->TimerApc, &thread->Tcb, nullptr, reinterpret_cast<ULONG>(routine),
                      reinterpret_cast<ULONG>(context));
      timer->ApcAssociated = TRUE;
      InsertTailList(&thread->ActiveTimerListHead, &timer->ActiveTimerListEntry);
    }
    KeSetTimerEx(&timer->KeTimer, KeInterruptTimeOf(due), static_cast<ULONG>(period),
                 &timer->TimerDpc);
  }
  status = MmWriteUserOptional(previous, was);
  if (!NT_SUCCESS(status)) return status;
  return resume != FALSE ? STATUS_TIMER_RESUME_IGNORED : STATUS_SUCCESS;
}

/// A timer that has expired stays so.
NTSTATUS NTAPI NtCancelTimer(HANDLE handle, BOOLEAN* current) {
  ObjectReference<ETIMER> timer;
  const NTSTATUS status = ObReferenceByHandle(handle, TIMER_MODIFY_STATE, ExTimerObjectType, timer);
  if (!NT_SUCCESS(status)) return status;
  cancel(timer.get());
  return MmWriteUserOptional(current, state_of(timer.get()));
}

NTSTATUS NTAPI NtQueryTimer(HANDLE handle, TIMER_INFORMATION_CLASS which, PVOID information,
                            ULONG length, PULONG return_length) {
  if (which != TimerBasicInformation) return STATUS_INVALID_INFO_CLASS;
  TIMER_BASIC_INFORMATION basic = {};
  if (length != sizeof basic) return STATUS_INFO_LENGTH_MISMATCH;
  ObjectReference<ETIMER> timer;
  NTSTATUS status = ObReferenceByHandle(handle, TIMER_QUERY_STATE, ExTimerObjectType, timer);
  if (!NT_SUCCESS(status)) return status;
  {
    const KDispatchGuard guard;
    basic.TimerState = state_of(timer.get());
    basic.RemainingTime.QuadPart =
        static_cast<LONGLONG>(timer->KeTimer.DueTime - KeQueryInterruptTime());
  }
  status = MmWriteUser(reinterpret_cast<ULONG>(information), basic);
  return NT_SUCCESS(status) ? MmWriteUserOptional(return_length, ULONG{sizeof basic}) : status;
}
