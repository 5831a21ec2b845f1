// Ready queues, the choice of the next thread, the switch. All at DISPATCH_LEVEL.
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/internal.hpp"
#include "kernel/ke/npx.hpp"
#include "kernel/ke/processor.hpp"

extern "C" void KiSwapContext(ULONG* save_esp, ULONG new_esp);

namespace {

constinit LIST_ENTRY KiDispatcherReadyListHead[MAXIMUM_PRIORITY] = {};
constinit ULONG KiReadySummary = 0;  // bit n: queue n is not empty

void enqueue(KTHREAD* thread) {
  thread->State = Ready;
  LIST_ENTRY* queue = &KiDispatcherReadyListHead[thread->Priority];
  if (thread->Preempted) {
    InsertHeadList(queue, &thread->ReadyListEntry);
  } else {
    InsertTailList(queue, &thread->ReadyListEntry);
  }
  thread->Preempted = FALSE;
  KiReadySummary |= 1u << thread->Priority;
}

void dequeue(KTHREAD* thread) {
  RemoveEntryList(&thread->ReadyListEntry);
  if (IsListEmpty(&KiDispatcherReadyListHead[thread->Priority])) {
    KiReadySummary &= ~(1u << thread->Priority);
  }
}

/// The first thread of the highest ready queue at or above `lowest`, taken off it, or null.
KTHREAD* take_ready_thread(KPRIORITY lowest) {
  if (KiReadySummary >> lowest == 0) return nullptr;
  const int highest = 31 - __builtin_clz(KiReadySummary);
  KTHREAD* thread =
      CONTAINING_RECORD(KiDispatcherReadyListHead[highest].Flink, KTHREAD, ReadyListEntry);
  dequeue(thread);
  return thread;
}

void switch_to(KTHREAD* next) {
  KPRCB* prcb = KeGetCurrentPrcb();
  KTHREAD* current = prcb->CurrentThread;
  next->State = Running;
  if (next == current) return;
  ++next->ContextSwitches;
  ++prcb->KeContextSwitches;
  // A task is its kernel stack, its address space and its TEB. [386 §7.2]
  prcb->CurrentThread = next;
  KiSetKernelStack(next->InitialStack);
  KiSetTebBase(reinterpret_cast<ULONG>(next->Teb));
  KiSwitchNpx(next);
  KiSwitchDebugRegisters(next);
  if (next->AttachedProcess->DirectoryTableBase != KeReadCr3()) {
    KeWriteCr3(next->AttachedProcess->DirectoryTableBase);
  }
  KiSwapContext(&current->KernelStack, next->KernelStack);
}

}  // namespace

void KiInitializeScheduler() {
  for (LIST_ENTRY& queue : KiDispatcherReadyListHead) InitializeListHead(&queue);
}

void KiReadyThread(KTHREAD* thread) {
  KPRCB* prcb = KeGetCurrentPrcb();
  KTHREAD* rival = prcb->NextThread != nullptr ? prcb->NextThread : prcb->CurrentThread;
  const bool rival_idle = rival == prcb->IdleThread;
  if (!rival_idle && thread->Priority <= rival->Priority) {
    enqueue(thread);
    return;
  }
  if (prcb->NextThread != nullptr) {
    prcb->NextThread->Preempted = TRUE;
    enqueue(prcb->NextThread);
  }
  thread->State = Standby;
  prcb->NextThread = thread;
  KiRequestDispatchInterrupt();
}

/// The current thread waits, ends or yields: somebody else runs.
NTSTATUS KiSwapThread() {
  KPRCB* prcb = KeGetCurrentPrcb();
  KTHREAD* current = prcb->CurrentThread;
  KTHREAD* next = prcb->NextThread;
  prcb->NextThread = nullptr;
  if (next == nullptr) next = take_ready_thread(LOW_PRIORITY);
  if (next == nullptr) next = prcb->IdleThread;
  switch_to(next);
  return current->WaitStatus;
}

void KiDispatchSwitch() {
  KPRCB* prcb = KeGetCurrentPrcb();
  KTHREAD* current = prcb->CurrentThread;
  const bool quantum_end = prcb->QuantumEnd != FALSE;
  prcb->QuantumEnd = FALSE;
  if (quantum_end && current != prcb->IdleThread) {
    current->Quantum = static_cast<LONG>(THREAD_QUANTUM);
    if (prcb->NextThread == nullptr) {
      prcb->NextThread = take_ready_thread(current->Priority);
      if (prcb->NextThread != nullptr) prcb->NextThread->State = Standby;
    }
  }
  KTHREAD* next = prcb->NextThread;
  if (next == nullptr) return;
  prcb->NextThread = nullptr;
  if (current != prcb->IdleThread) {
    current->Preempted = quantum_end ? FALSE : TRUE;
    enqueue(current);
  }
  switch_to(next);
}

void KeYieldThread() {
  const KDispatchGuard guard;
  KTHREAD* current = KeGetCurrentThread();
  KPRCB* prcb = KeGetCurrentPrcb();
  if (prcb->NextThread == nullptr) {
    prcb->NextThread = take_ready_thread(current->Priority);
    if (prcb->NextThread == nullptr) return;
    prcb->NextThread->State = Standby;
  }
  prcb->QuantumEnd = TRUE;  // to the tail of its queue
  KiRequestDispatchInterrupt();
}

KPRIORITY KeSetPriorityThread(KTHREAD* thread, KPRIORITY priority) {
  const KDispatchGuard guard;
  const KPRIORITY old = thread->Priority;
  if (old == priority) return old;
  KPRCB* prcb = KeGetCurrentPrcb();
  if (thread->State == Ready) {
    dequeue(thread);
    thread->Priority = priority;
    KiReadyThread(thread);
    return old;
  }
  thread->Priority = priority;
  const bool lowered = priority < old;
  if (lowered && thread->State == Running && prcb->NextThread == nullptr) {
    prcb->NextThread = take_ready_thread(priority + 1);
    if (prcb->NextThread != nullptr) {
      prcb->NextThread->State = Standby;
      KiRequestDispatchInterrupt();
    }
  } else if (lowered && thread->State == Standby) {
    prcb->NextThread = nullptr;
    enqueue(thread);
    prcb->NextThread = take_ready_thread(LOW_PRIORITY);
    prcb->NextThread->State = Standby;
    KiRequestDispatchInterrupt();
  }
  return old;
}

void KeAttachProcess(KPROCESS* process) {
  const KDispatchGuard guard;
  KTHREAD* thread = KeGetCurrentThread();
  if (thread->AttachedProcess != thread->Process) {
    KeBugCheckEx(INVALID_PROCESS_ATTACH_ATTEMPT, reinterpret_cast<ULONG>(process),
                 reinterpret_cast<ULONG>(thread->AttachedProcess), 0, 0);
  }
  thread->AttachedProcess = process;
  KeWriteCr3(process->DirectoryTableBase);
}

void KeDetachProcess() {
  const KDispatchGuard guard;
  KTHREAD* thread = KeGetCurrentThread();
  thread->AttachedProcess = thread->Process;
  KeWriteCr3(thread->Process->DirectoryTableBase);
}
