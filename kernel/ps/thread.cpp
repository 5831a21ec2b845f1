// Creating threads, and burying them.
#include "kernel/ke/clock.hpp"
#include "kernel/ke/internal.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/internal.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

constexpr ULONG context_tag = PoolTag("PsCt");
constexpr KPRIORITY reaper_priority = 16;

constinit LIST_ENTRY PspReaperListHead = {&PspReaperListHead, &PspReaperListHead};
constinit KEVENT PspReaperEvent = {};

/// Frees the kernel stacks of threads that have ended.
[[noreturn]] void reaper(PVOID) {
  for (;;) {
    KeWaitForSingleObject(&PspReaperEvent, KernelMode, nullptr);
    for (;;) {
      ETHREAD* thread = nullptr;
      {
        const KDispatchGuard guard;
        if (!IsListEmpty(&PspReaperListHead)) {
          thread = CONTAINING_RECORD(RemoveHeadList(&PspReaperListHead), ETHREAD, ReaperListEntry);
        }
      }
      if (thread == nullptr) break;
      MmDeleteKernelStack(thread->Tcb.InitialStack);
      ObDereferenceObject(thread);
    }
  }
}

NTSTATUS make_teb(EPROCESS* process, const INITIAL_TEB& stack, CLIENT_ID id, ULONG& address) {
  const KAttachGuard attach(&process->Pcb);
  NTSTATUS status = MmCreatePebOrTeb(process, MM_FIRST_TEB_ADDRESS, address);
  if (!NT_SUCCESS(status)) return status;
  auto* teb = reinterpret_cast<TEB*>(address);
  const NT_TIB tib = {reinterpret_cast<EXCEPTION_REGISTRATION_RECORD*>(~ULONG{0}),
                      stack.StackBase,
                      stack.StackLimit,
                      nullptr,
                      nullptr,
                      nullptr,
                      &teb->Tib};
  status = MmWriteUser(&teb->Tib, tib);
  if (NT_SUCCESS(status)) status = MmWriteUser(&teb->ClientId, id);
  if (NT_SUCCESS(status)) status = MmWriteUser(&teb->ProcessEnvironmentBlock, process->Peb);
  if (NT_SUCCESS(status)) {
    status = MmWriteUser(&teb->DeallocationStack, stack.StackAllocationBase);
  }
  if (!NT_SUCCESS(status)) MmDeleteTeb(process, address);
  return status;
}

/// In the new thread: as if LdrInitializeThunk had been called on its user stack.
void user_thread_startup(PVOID) {
  ETHREAD* thread = PsGetCurrentThread();
  EPROCESS* process = thread->ThreadsProcess;
  KTRAP_FRAME* frame = KeUserTrapFrame(&thread->Tcb);
  RtlZeroMemory(frame, sizeof *frame);
  CONTEXT* context = thread->StartContext;
  context->ContextFlags = CONTEXT_FULL;
  KeContextToTrapFrame(*context, frame);

  const ULONG context_address = (context->Esp & ~3u) - sizeof(CONTEXT);
  const ULONG call[4] = {0, context_address, process->NtdllBase, 0};
  const ULONG esp = context_address - sizeof call;
  const bool pushed = NT_SUCCESS(MmCopyToUser(context_address, context, sizeof *context)) &&
                      NT_SUCCESS(MmCopyToUser(esp, call, sizeof call));
  thread->StartContext = nullptr;
  ExFreePool(context);
  if (!pushed) PsExitThread(STATUS_BAD_INITIAL_STACK);
  frame->HardwareEsp = esp;
  frame->Eip = process->LdrInitializeThunk;
  frame->SegDs = frame->SegEs = KGDT_R3_DATA;
  frame->SegFs = KGDT_R3_TEB;
  frame->SegGs = 0;
  KiExitToUser(frame);
}

}  // namespace

void PspStartReaper() {
  KeInitializeEvent(&PspReaperEvent, SynchronizationEvent, false);
  PsCreateSystemThread(reaper, nullptr, reaper_priority);
}

void PspReapThread(KTHREAD* thread) {
  InsertTailList(&PspReaperListHead, &reinterpret_cast<ETHREAD*>(thread)->ReaperListEntry);
  KeSetEvent(&PspReaperEvent);
}

NTSTATUS PspCreateThread(EPROCESS* process, PKSTART_ROUTINE start, PVOID context, TEB* teb,
                         ETHREAD*& result) {
  auto* thread = static_cast<ETHREAD*>(ObCreateObject(PsThreadType, sizeof(ETHREAD)));
  if (thread == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  ObReferenceObject(process);
  thread->ThreadsProcess = process;
  const ULONG top = MmCreateKernelStack();
  if (top == 0) {
    ObDereferenceObject(thread);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  KeInitializeThread(&thread->Tcb, &process->Pcb, top, top - MM_KERNEL_STACK_SIZE, start, context,
                     teb);
  InitializeListHead(&thread->ActiveTimerListHead);
  thread->ExitStatus = STATUS_PENDING;
  thread->CreateTime = KeQuerySystemTime();
  result = thread;
  return STATUS_SUCCESS;
}

/// The running thread holds a reference of its own, which the reaper drops.
NTSTATUS PspStartThread(ETHREAD* thread) {
  const KDispatchGuard guard;
  if (thread->ThreadsProcess->Exiting) return STATUS_PROCESS_IS_TERMINATING;
  ++thread->ThreadsProcess->ActiveThreads;
  ObReferenceObject(thread);
  KiReadyThread(&thread->Tcb);
  return STATUS_SUCCESS;
}

NTSTATUS PsCreateSystemThread(PKSTART_ROUTINE start, PVOID context, KPRIORITY priority) {
  ETHREAD* thread;
  const NTSTATUS status = PspCreateThread(PsInitialSystemProcess, start, context, nullptr, thread);
  if (!NT_SUCCESS(status)) return status;
  thread->Cid = {PsInitialSystemProcess->UniqueProcessId, PspAllocateId()};
  thread->Tcb.Priority = thread->Tcb.BasePriority = priority;
  thread->StartAddress = reinterpret_cast<ULONG>(start);
  PspStartThread(thread);
  ObDereferenceObject(thread);
  return STATUS_SUCCESS;
}

/// Created suspended, with one reference for the caller: KeResumeThread lets it go.
NTSTATUS PsCreateUserThread(EPROCESS* process, const CONTEXT& context, const INITIAL_TEB& stack,
                            ETHREAD*& result) {
  auto* copy =
      static_cast<CONTEXT*>(ExAllocatePoolWithTag(NonPagedPool, sizeof(CONTEXT), context_tag));
  if (copy == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  *copy = context;
  const CLIENT_ID id = {process->UniqueProcessId, PspAllocateId()};
  ULONG teb;
  NTSTATUS status = make_teb(process, stack, id, teb);
  ETHREAD* thread = nullptr;
  if (NT_SUCCESS(status)) {
    status =
        PspCreateThread(process, user_thread_startup, nullptr, reinterpret_cast<TEB*>(teb), thread);
    if (!NT_SUCCESS(status)) {
      const KAttachGuard attach(&process->Pcb);
      MmDeleteTeb(process, teb);
    }
  }
  if (!NT_SUCCESS(status)) {
    ExFreePool(copy);
    return status;
  }
  thread->StartContext = copy;
  thread->Cid = id;
  thread->StartAddress = context.Eip;
  thread->Win32StartAddress = context.Eax;
  KeSuspendThread(&thread->Tcb);
  status = PspStartThread(thread);
  if (!NT_SUCCESS(status)) {
    {
      const KDispatchGuard guard;
      RemoveEntryList(&thread->Tcb.ThreadListEntry);
    }
    MmDeleteKernelStack(thread->Tcb.InitialStack);
    ObDereferenceObject(thread);
    return status;
  }
  result = thread;
  return STATUS_SUCCESS;
}
