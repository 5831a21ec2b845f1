// Waiting: a thread linked by wait blocks to the objects it waits for.
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/clock.hpp"
#include "kernel/ke/internal.hpp"
#include "kernel/ke/wait_rules.hpp"

namespace {

/// The status of a wait for all that has ended.
NTSTATUS satisfy_all(const KWAIT_BLOCK* blocks, KTHREAD* thread) {
  return KiSatisfyAll(blocks, thread, &thread->MutantListHead) ? STATUS_ABANDONED_WAIT_0
                                                               : STATUS_WAIT_0;
}

/// The status of a wait for any that this object ends.
NTSTATUS satisfy_any(DISPATCHER_HEADER* object, KTHREAD* thread, NTSTATUS key) {
  return KiSatisfyWait(object, thread, &thread->MutantListHead) ? STATUS_ABANDONED_WAIT_0 + key
                                                                : key;
}

/// Ends what the caller began with the level raised; the thread's wait blocks are linked already.
NTSTATUS block(KTHREAD* thread, KPROCESSOR_MODE mode, bool alertable,
               const LARGE_INTEGER* timeout) {
  if (timeout != nullptr) {
    KeSetTimer(&thread->Timer, KeInterruptTimeOf(*timeout));
    thread->TimerWaitBlock = {{},
                              thread,
                              &thread->Timer.Header,
                              thread->WaitBlockList,
                              static_cast<USHORT>(STATUS_TIMEOUT),
                              WaitAny};
    thread->WaitBlockList = &thread->TimerWaitBlock;
    InsertTailList(&thread->Timer.Header.WaitListHead, &thread->TimerWaitBlock.WaitListEntry);
  }
  thread->WaitMode = mode;
  thread->Alertable = alertable;
  thread->WaitTime = KeGetTickCount();
  thread->State = Waiting;
  return KiSwapThread();
}

}  // namespace

void KiUnwaitThread(KTHREAD* thread, NTSTATUS status) {
  for (KWAIT_BLOCK* block = thread->WaitBlockList; block != nullptr; block = block->NextWaitBlock) {
    RemoveEntryList(&block->WaitListEntry);
  }
  thread->WaitBlockList = nullptr;
  KeCancelTimer(&thread->Timer);
  thread->WaitStatus = status;
  thread->Quantum = static_cast<LONG>(THREAD_QUANTUM);
  KiReadyThread(thread);
}

void KiWaitTest(DISPATCHER_HEADER* object) {
  for (PLIST_ENTRY entry = object->WaitListHead.Flink;
       entry != &object->WaitListHead && object->SignalState > 0;) {
    KWAIT_BLOCK* block = CONTAINING_RECORD(entry, KWAIT_BLOCK, WaitListEntry);
    KTHREAD* thread = block->Thread;
    if (block->WaitType == WaitAny) {
      KiUnwaitThread(thread, satisfy_any(object, thread, block->WaitKey));
    } else if (KiAllSignaled(thread->WaitBlockList, thread)) {
      KiUnwaitThread(thread, satisfy_all(thread->WaitBlockList, thread));
    } else {
      entry = entry->Flink;
      continue;
    }
    entry = object->WaitListHead.Flink;  // the blocks of the thread that woke are gone
  }
}

NTSTATUS KeWaitForMultipleObjects(ULONG count, DISPATCHER_HEADER** objects, WAIT_TYPE type,
                                  KPROCESSOR_MODE mode, const LARGE_INTEGER* timeout,
                                  KWAIT_BLOCK* blocks, bool alertable) {
  const KDispatchGuard guard;
  KTHREAD* thread = KeGetCurrentThread();
  if (mode == UserMode && thread->TerminationPending) return STATUS_USER_APC;
  for (ULONG i = 0; i < count; ++i) {
    if (KiMutantIsExhausted(objects[i], thread)) return STATUS_MUTANT_LIMIT_EXCEEDED;
    if (type != WaitAny || !KiIsSignaled(objects[i], thread)) continue;
    return satisfy_any(objects[i], thread, static_cast<NTSTATUS>(i));
  }
  for (ULONG i = 0; i < count; ++i) {
    blocks[i] = {{},
                 thread,
                 objects[i],
                 i + 1 < count ? &blocks[i + 1] : nullptr,
                 static_cast<USHORT>(i),
                 static_cast<USHORT>(type)};
  }
  if (type == WaitAll && KiAllSignaled(blocks, thread)) return satisfy_all(blocks, thread);
  if (alertable && KeTestAlertThread()) return STATUS_USER_APC;
  if (timeout != nullptr && timeout->QuadPart == 0) return STATUS_TIMEOUT;
  for (ULONG i = 0; i < count; ++i) {
    InsertTailList(&objects[i]->WaitListHead, &blocks[i].WaitListEntry);
  }
  thread->WaitBlockList = blocks;
  thread->WaitReason = mode == UserMode ? UserRequest : Executive;
  return block(thread, mode, alertable, timeout);
}

NTSTATUS KeWaitForSingleObject(PVOID object, KPROCESSOR_MODE mode, const LARGE_INTEGER* timeout,
                               bool alertable) {
  auto* header = static_cast<DISPATCHER_HEADER*>(object);
  return KeWaitForMultipleObjects(1, &header, WaitAny, mode, timeout,
                                  KeGetCurrentThread()->WaitBlock, alertable);
}

NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE mode, const LARGE_INTEGER& interval,
                                bool alertable) {
  if (alertable && KeTestAlertThread()) return STATUS_USER_APC;
  if (interval.QuadPart == 0) {
    KeYieldThread();
    return STATUS_SUCCESS;
  }
  const KDispatchGuard guard;
  KTHREAD* thread = KeGetCurrentThread();
  if (mode == UserMode && thread->TerminationPending) return STATUS_USER_APC;
  if (alertable && KeTestAlertThread()) return STATUS_USER_APC;
  thread->WaitBlockList = nullptr;
  thread->WaitReason = DelayExecution;
  const NTSTATUS status = block(thread, mode, alertable, &interval);
  return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}

void KeAbortUserWait(KTHREAD* thread) {
  const KDispatchGuard guard;
  if (thread->State == Waiting && thread->WaitMode == UserMode) {
    KiUnwaitThread(thread, STATUS_USER_APC);
  }
}
