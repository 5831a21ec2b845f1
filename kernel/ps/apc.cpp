// APCs for user mode: queueing them to a thread, taking those that wait.
#include "kernel/ps/apc.hpp"

#include "kernel/mm/pool.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/system_services.hpp"

namespace {

constexpr ULONG apc_tag = PoolTag("Apc ");

struct UserApc {
  KAPC Apc;  // the first
  EPROCESS_QUOTA_BLOCK* QuotaBlock;
};

}  // namespace

NTSTATUS PsCreateUserApc(KTHREAD* thread, ULONG routine, ULONG context, KAPC*& apc) {
  EPROCESS_QUOTA_BLOCK* payer = PsGetCurrentProcess()->QuotaBlock;
  if (!PsChargePoolQuota(payer, NonPagedPool, sizeof(UserApc))) return STATUS_QUOTA_EXCEEDED;
  auto* made = static_cast<UserApc*>(ExAllocatePoolWithTag(NonPagedPool, sizeof(UserApc), apc_tag));
  if (made == nullptr) {
    PsReturnPoolQuota(payer, NonPagedPool, sizeof(UserApc));
    return STATUS_NO_MEMORY;
  }
  KeInitializeApc(&made->Apc, thread, PsDeleteUserApc, routine, context);
  PsReferenceQuotaBlock(payer);
  made->QuotaBlock = payer;
  apc = &made->Apc;
  return STATUS_SUCCESS;
}

void PsDeleteUserApc(KAPC* apc) {
  auto* made = reinterpret_cast<UserApc*>(apc);
  PsReturnPoolQuota(made->QuotaBlock, NonPagedPool, sizeof(UserApc));
  PsDereferenceQuotaBlock(made->QuotaBlock);
  ExFreePool(made);
}

NTSTATUS NTAPI NtQueueApcThread(HANDLE handle, PPS_APC_ROUTINE routine, PVOID context,
                                PVOID argument1, PVOID argument2) {
  ObjectReference<ETHREAD> thread;
  NTSTATUS status = ObReferenceByHandle(handle, THREAD_SET_CONTEXT, PsThreadType, thread);
  if (!NT_SUCCESS(status)) return status;
  if (thread->Tcb.Teb == nullptr) return STATUS_INVALID_HANDLE;  // one of the system's
  KAPC* apc;
  status = PsCreateUserApc(&thread->Tcb, reinterpret_cast<ULONG>(routine),
                           reinterpret_cast<ULONG>(context), apc);
  if (!NT_SUCCESS(status)) return status;
  if (KeInsertQueueApc(apc, reinterpret_cast<ULONG>(argument1),
                       reinterpret_cast<ULONG>(argument2))) {
    return STATUS_SUCCESS;
  }
  PsDeleteUserApc(apc);
  return STATUS_UNSUCCESSFUL;  // its end has begun
}

NTSTATUS NTAPI NtTestAlert() {
  KeTestAlertThread();
  return STATUS_SUCCESS;
}
