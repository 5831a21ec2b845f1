// A process cloned with its whole address space, as POSIX fork wants it: one thread, the caller's
// twin, goes on from the same place.
#include "kernel/mm/clone.hpp"
#include "kernel/mm/paging_file.hpp"

#include "kernel/ke/npx.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/create.hpp"
#include "kernel/ps/internal.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

constexpr ULONG context_tag = PoolTag("PsCl");

/// In the new thread: out of the service that its twin called, with another answer.
void clone_startup(PVOID) {
  ETHREAD* thread = PsGetCurrentThread();
  KTRAP_FRAME* frame = KeUserTrapFrame(&thread->Tcb);
  RtlZeroMemory(frame, sizeof *frame);
  CONTEXT* context = thread->StartContext;
  thread->StartContext = nullptr;
  KeContextToTrapFrame(*context, frame);
  frame->Eax = static_cast<ULONG>(STATUS_PROCESS_CLONED);
  ExFreePool(context);
  KiExitToUser(frame);
}

NTSTATUS clone_thread(EPROCESS* process, ETHREAD*& result) {
  KTHREAD* twin = KeGetCurrentThread();
  auto* context =
      static_cast<CONTEXT*>(ExAllocatePoolWithTag(NonPagedPool, sizeof(CONTEXT), context_tag));
  if (context == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  context->ContextFlags = CONTEXT_FULL | CONTEXT_FLOATING_POINT;
  KeGetThreadContext(twin, *context);
  context->ContextFlags = CONTEXT_FULL;
  const CLIENT_ID id = {process->UniqueProcessId, PspAllocateId()};
  NTSTATUS status;
  {
    const KAttachGuard attach(&process->Pcb);
    status = MmWriteUser(&twin->Teb->ClientId, id);
  }
  ETHREAD* thread = nullptr;
  if (NT_SUCCESS(status)) {
    status = PspCreateThread(process, clone_startup, nullptr, twin->Teb, thread);
  }
  if (!NT_SUCCESS(status)) {
    ExFreePool(context);
    return status;
  }
  thread->Tcb.NpxState = twin->NpxState;
  thread->Tcb.NpxUsed = twin->NpxUsed;
  thread->StartContext = context;
  thread->Cid = id;
  thread->StartAddress = context->Eip;
  KeSuspendThread(&thread->Tcb);
  result = thread;
  return PspStartThread(thread);
}

}  // namespace

NTSTATUS PsCloneUserProcess(EPROCESS* parent, bool inherit_handles, PsNewProcess& result) {
  MiExtendPagingFiles(parent->Vm.CommitCharge);  // it tries, even if there can't be as much
  auto* process = static_cast<EPROCESS*>(ObCreateObject(PsProcessType, sizeof(EPROCESS)));
  if (process == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  PspInitializeProcess(process, parent->ImageFileName, 0);
  process->QuotaBlock = process->ObjectTable.QuotaBlock = PsCreateQuotaBlock(parent->QuotaBlock);
  if (process->QuotaBlock == nullptr) {
    ObDereferenceObject(process);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  if (!MmCreateProcessAddressSpace(process)) {
    ObDereferenceObject(process);
    return STATUS_COMMITMENT_LIMIT;
  }
  process->UniqueProcessId = PspAllocateId();
  process->InheritedFromUniqueProcessId = parent->UniqueProcessId;
  process->Vm.PagefileLimit = parent->Vm.PagefileLimit;
  process->Peb = parent->Peb;
  process->SectionBaseAddress = parent->SectionBaseAddress;
  process->NtdllBase = parent->NtdllBase;
  process->LdrInitializeThunk = parent->LdrInitializeThunk;
  process->RtlUserThreadStart = parent->RtlUserThreadStart;
  process->KiUserExceptionDispatcher = parent->KiUserExceptionDispatcher;
  process->KiUserApcDispatcher = parent->KiUserApcDispatcher;
  NTSTATUS status = STATUS_SUCCESS;
  if (inherit_handles) status = ObInheritHandles(parent->ObjectTable, process->ObjectTable);
  if (NT_SUCCESS(status)) status = MmCloneAddressSpace(parent, process);
  ETHREAD* thread = nullptr;
  if (NT_SUCCESS(status)) status = clone_thread(process, thread);
  if (!NT_SUCCESS(status)) {
    PspAbandonProcess(process);
    ObDereferenceObject(process);
    return status;
  }
  ObReferenceObject(process);  // the active list's, until the last thread has gone
  PspInsertProcess(process);
  result = {process, thread};
  return STATUS_SUCCESS;
}
