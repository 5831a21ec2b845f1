// How threads and processes end.
#include "kernel/ex/timer.hpp"
#include "kernel/ke/clock.hpp"
#include "kernel/ke/internal.hpp"
#include "kernel/ke/npx.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/internal.hpp"
#include "kernel/win32/user.hpp"

namespace {

/// The last thread takes the process's belongings with it, still inside its address space.
void exit_process(EPROCESS* process) {
  ObKillHandleTable(process->ObjectTable);
  MmCleanProcessAddressSpace(process);
  process->ExitTime = KeQuerySystemTime();
  {
    const FastMutexGuard lock(PsActiveProcessMutex);
    RemoveEntryList(&process->ActiveProcessLinks);
  }
  const KDispatchGuard guard;
  process->Pcb.Header.SignalState = 1;
  KiWaitTest(&process->Pcb.Header);
}

/// What one thread of several leaves behind: its TEB, and its stack where the TEB says so.
void release_thread_memory(EPROCESS* process, TEB* teb) {
  BOOLEAN free_stack = FALSE;
  PVOID stack = nullptr;
  if (NT_SUCCESS(MmReadUser(&teb->FreeStackOnTermination, free_stack)) && free_stack != FALSE &&
      NT_SUCCESS(MmReadUser(&teb->DeallocationStack, stack)) && stack != nullptr) {
    MmRegion region = {reinterpret_cast<ULONG>(stack), 0};
    MmFreeVirtualMemory(process, region, MEM_RELEASE);
  }
  MmDeleteTeb(process, reinterpret_cast<ULONG>(teb));
}

}  // namespace

void PsExitThread(NTSTATUS status) {
  ETHREAD* thread = PsGetCurrentThread();
  EPROCESS* process = thread->ThreadsProcess;
  thread->ExitStatus = status;
  thread->ExitTime = KeQuerySystemTime();
  ExTimerRundown(thread);
  KeRundownApcQueue();
  UserThreadRundown();
  bool last;
  {
    const KDispatchGuard guard;
    last = --process->ActiveThreads == 0;
    if (last) process->Exiting = TRUE;
    if (last && process->ExitStatus == STATUS_PENDING) process->ExitStatus = status;
  }
  if (last) {
    exit_process(process);
  } else if (thread->Tcb.Teb != nullptr) {
    release_thread_memory(process, thread->Tcb.Teb);
  }
  if (last) ObDereferenceObject(process);  // the active list's; the thread still holds its own
  KeTerminateThread();
}

void PsTerminateThread(ETHREAD* thread, NTSTATUS status) {
  const KDispatchGuard guard;
  if (thread->Tcb.TerminationPending || thread->Tcb.State == Terminated) return;
  thread->Tcb.TerminationPending = TRUE;
  thread->ExitStatus = status;
  KeAbortUserWait(&thread->Tcb);
}

void PsTerminateProcess(EPROCESS* process, NTSTATUS status) {
  const KDispatchGuard guard;
  if (!process->Exiting) {
    process->Exiting = TRUE;
    process->ExitStatus = status;
  }
  for (PLIST_ENTRY entry = process->Pcb.ThreadListHead.Flink; entry != &process->Pcb.ThreadListHead;
       entry = entry->Flink) {
    auto* thread = reinterpret_cast<ETHREAD*>(CONTAINING_RECORD(entry, KTHREAD, ThreadListEntry));
    if (thread != PsGetCurrentThread()) PsTerminateThread(thread, status);
  }
}

void PsTerminateByException(const EXCEPTION_RECORD& record) {
  EPROCESS* process = PsGetCurrentThread()->ThreadsProcess;
  if (!process->Exiting) {
    process->TerminationException = record;
    process->EndedByException = TRUE;
  }
  PsTerminateProcess(process, record.ExceptionCode);
  PsExitThread(record.ExceptionCode);
}

/// Before every return to user mode: is the thread to end, to stand still, to get an exception
/// or an APC?
/// Leaves with interrupts off, so that the answer holds until IRET.
extern "C" void KiPrepareUserExit(KTRAP_FRAME* frame) {
  KTHREAD* thread = KeGetCurrentThread();
  for (;;) {
    KeDisableInterrupts();
    if (!thread->TerminationPending && thread->SuspendCount == 0 && !thread->NpxErrorPending &&
        !thread->UserApcPending) {
      return;
    }
    KeEnableInterrupts();
    if (thread->TerminationPending) {
      PsExitThread(reinterpret_cast<ETHREAD*>(thread)->ExitStatus);
    }
    if (thread->NpxErrorPending) KiRaiseNumericError(frame);
    if (thread->SuspendCount != 0) {
      KeWaitForSingleObject(&thread->SuspendEvent, UserMode, nullptr);
    } else if (thread->UserApcPending) {
      KiDeliverUserApc(frame);
    }
  }
}

void PspAbandonProcess(EPROCESS* process) {
  {
    const KDispatchGuard guard;
    process->Exiting = TRUE;
  }
  {
    const KAttachGuard attach(&process->Pcb);
    MmCleanProcessAddressSpace(process);
  }
  ObKillHandleTable(process->ObjectTable);
}
