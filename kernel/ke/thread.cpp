// Threads and processes as the scheduler's objects: birth, suspension, end.
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/internal.hpp"
#include "kernel/ke/npx.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/rtl/memory.hpp"

extern "C" void KiThreadStartup();

void KeInitializeProcess(KPROCESS* process, KPRIORITY base_priority, ULONG directory_table_base) {
  process->Header.Type = ProcessObject;
  process->Header.SignalState = 0;
  InitializeListHead(&process->Header.WaitListHead);
  InitializeListHead(&process->ProfileListHead);
  InitializeListHead(&process->ThreadListHead);
  process->DirectoryTableBase = directory_table_base;
  process->BasePriority = base_priority;
}

void KeInitializeThread(KTHREAD* thread, KPROCESS* process, ULONG stack_top, ULONG stack_limit,
                        PKSTART_ROUTINE start, PVOID context, TEB* teb) {
  RtlZeroMemory(thread, sizeof *thread);
  thread->Header.Type = ThreadObject;
  InitializeListHead(&thread->Header.WaitListHead);
  InitializeListHead(&thread->MutantListHead);
  InitializeListHead(&thread->ApcListHead);
  thread->ApcQueueable = teb != nullptr;
  KeInitializeTimer(&thread->Timer);
  KeInitializeEvent(&thread->SuspendEvent, NotificationEvent, true);
  thread->InitialStack = stack_top;
  thread->StackLimit = stack_limit;
  thread->Teb = teb;
  thread->Process = thread->AttachedProcess = process;
  thread->Priority = thread->BasePriority = process->BasePriority;
  thread->Quantum = static_cast<LONG>(THREAD_QUANTUM);
  thread->State = Initialized;

  // The stack KiSwapContext will take up: EDI, ESI, EBX, EBP, return address. The user-mode trap
  // frame, if there will be one, has its place above.
  auto* frame = reinterpret_cast<ULONG*>(stack_top - KTRAP_FRAME_SIZE);
  *--frame = reinterpret_cast<ULONG>(&KiThreadStartup);
  *--frame = 0;
  *--frame = 0;
  *--frame = reinterpret_cast<ULONG>(start);
  *--frame = reinterpret_cast<ULONG>(context);
  thread->KernelStack = reinterpret_cast<ULONG>(frame);

  const KDispatchGuard guard;
  InsertTailList(&process->ThreadListHead, &thread->ThreadListEntry);
}

/// A new thread comes out of KiSwapContext at DISPATCH_LEVEL.
extern "C" void KiStartThread(PKSTART_ROUTINE start, PVOID context) {
  KeEnableInterrupts();
  KeLowerIrql(PASSIVE_LEVEL);
  start(context);
  KeTerminateThread();
}

void KeReadyThread(KTHREAD* thread) {
  const KDispatchGuard guard;
  KiReadyThread(thread);
}

/// The stack in use can't be freed here: the reaper does it from another one.
void KeTerminateThread() {
  KeRaiseIrql(DISPATCH_LEVEL);
  KTHREAD* thread = KeGetCurrentThread();
  RemoveEntryList(&thread->ThreadListEntry);
  KiForgetNpx(thread);
  KiAbandonMutants(thread);
  thread->Header.SignalState = 1;
  KiWaitTest(&thread->Header);
  thread->State = Terminated;
  PspReapThread(thread);
  KiSwapThread();
  KeBugCheckEx(THREAD_TERMINATE_HELD_MUTEX, reinterpret_cast<ULONG>(thread), 0, 0, 0);
}

LONG KeSuspendThread(KTHREAD* thread) {
  const KDispatchGuard guard;
  KeResetEvent(&thread->SuspendEvent);
  return thread->SuspendCount++;
}

LONG KeResumeThread(KTHREAD* thread) {
  const KDispatchGuard guard;
  if (thread->SuspendCount == 0) return 0;
  const LONG previous = thread->SuspendCount--;
  if (thread->SuspendCount == 0) KeSetEvent(&thread->SuspendEvent);
  return previous;
}
