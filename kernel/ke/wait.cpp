// Waiting: a thread linked by wait blocks to the objects it waits for.
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/clock.hpp"
#include "kernel/ke/internal.hpp"

namespace {

/// What a successful wait does to the object: a synchronization event resets.
void satisfy(DISPATCHER_HEADER* object) {
  if (object->Type == EventSynchronizationObject) object->SignalState = 0;
}

bool all_signaled(const KWAIT_BLOCK* blocks) {
  for (const KWAIT_BLOCK* block = blocks; block != nullptr; block = block->NextWaitBlock) {
    if (block->WaitType == WaitAll && block->Object->SignalState <= 0) return false;
  }
  return true;
}

void satisfy_all(const KWAIT_BLOCK* blocks) {
  for (const KWAIT_BLOCK* block = blocks; block != nullptr; block = block->NextWaitBlock) {
    if (block->WaitType == WaitAll) satisfy(block->Object);
  }
}

ULONGLONG due_time(LONGLONG timeout) {
  if (timeout <= 0) return KeQueryInterruptTime() + static_cast<ULONGLONG>(-timeout);
  const LONGLONG now = KeQuerySystemTime();
  return KeQueryInterruptTime() + static_cast<ULONGLONG>(timeout > now ? timeout - now : 0);
}

/// Ends what the caller began with the level raised; the thread's wait blocks are linked already.
NTSTATUS block(KTHREAD* thread, KPROCESSOR_MODE mode, const LARGE_INTEGER* timeout) {
  if (timeout != nullptr) {
    KeSetTimer(&thread->Timer, due_time(timeout->QuadPart));
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
      satisfy(object);
      KiUnwaitThread(thread, block->WaitKey);
    } else if (all_signaled(thread->WaitBlockList)) {
      satisfy_all(thread->WaitBlockList);
      KiUnwaitThread(thread, STATUS_WAIT_0);
    } else {
      entry = entry->Flink;
      continue;
    }
    entry = object->WaitListHead.Flink;  // the blocks of the thread that woke are gone
  }
}

NTSTATUS KeWaitForMultipleObjects(ULONG count, DISPATCHER_HEADER** objects, WAIT_TYPE type,
                                  KPROCESSOR_MODE mode, const LARGE_INTEGER* timeout,
                                  KWAIT_BLOCK* blocks) {
  const KDispatchGuard guard;
  KTHREAD* thread = KeGetCurrentThread();
  if (mode == UserMode && thread->TerminationPending) return STATUS_USER_APC;
  if (type == WaitAny) {
    for (ULONG i = 0; i < count; ++i) {
      if (objects[i]->SignalState <= 0) continue;
      satisfy(objects[i]);
      return static_cast<NTSTATUS>(i);
    }
  }
  for (ULONG i = 0; i < count; ++i) {
    blocks[i] = {{},
                 thread,
                 objects[i],
                 i + 1 < count ? &blocks[i + 1] : nullptr,
                 static_cast<USHORT>(i),
                 static_cast<USHORT>(type)};
  }
  if (type == WaitAll && all_signaled(blocks)) {
    satisfy_all(blocks);
    return STATUS_WAIT_0;
  }
  if (timeout != nullptr && timeout->QuadPart == 0) return STATUS_TIMEOUT;
  for (ULONG i = 0; i < count; ++i) {
    InsertTailList(&objects[i]->WaitListHead, &blocks[i].WaitListEntry);
  }
  thread->WaitBlockList = blocks;
  thread->WaitReason = mode == UserMode ? UserRequest : Executive;
  return block(thread, mode, timeout);
}

NTSTATUS KeWaitForSingleObject(PVOID object, KPROCESSOR_MODE mode, const LARGE_INTEGER* timeout) {
  auto* header = static_cast<DISPATCHER_HEADER*>(object);
  return KeWaitForMultipleObjects(1, &header, WaitAny, mode, timeout,
                                  KeGetCurrentThread()->WaitBlock);
}

NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE mode, const LARGE_INTEGER& interval) {
  if (interval.QuadPart == 0) {
    KeYieldThread();
    return STATUS_SUCCESS;
  }
  const KDispatchGuard guard;
  KTHREAD* thread = KeGetCurrentThread();
  if (mode == UserMode && thread->TerminationPending) return STATUS_USER_APC;
  thread->WaitBlockList = nullptr;
  thread->WaitReason = DelayExecution;
  const NTSTATUS status = block(thread, mode, &interval);
  return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}

void KeAbortUserWait(KTHREAD* thread) {
  const KDispatchGuard guard;
  if (thread->State == Waiting && thread->WaitMode == UserMode) {
    KiUnwaitThread(thread, STATUS_USER_APC);
  }
}
