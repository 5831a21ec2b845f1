// Semaphores for user mode.
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/directory.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/system_services.hpp"

namespace {

DISPATCHER_HEADER* wait_header(PVOID body) { return &static_cast<KSEMAPHORE*>(body)->Header; }

}  // namespace

constinit OBJECT_TYPE ExSemaphoreObjectType = {
    .Name = "Semaphore",
    .ValidAccessMask = SEMAPHORE_ALL_ACCESS,
    .GenericRead = READ_CONTROL | SEMAPHORE_QUERY_STATE,
    .GenericWrite = READ_CONTROL | SEMAPHORE_MODIFY_STATE,
    .GenericExecute = READ_CONTROL | SYNCHRONIZE,
    .DeleteProcedure = nullptr,
    .CloseProcedure = nullptr,
    .WaitObject = wait_header,
};

NTSTATUS NTAPI NtCreateSemaphore(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES user,
                                 LONG count, LONG limit) {
  if (limit <= 0 || count < 0 || count > limit) return STATUS_INVALID_PARAMETER;
  ObjectAttributes attributes;
  const NTSTATUS status = attributes.capture(user);
  if (!NT_SUCCESS(status)) return status;
  auto* semaphore =
      static_cast<KSEMAPHORE*>(ObCreateObject(ExSemaphoreObjectType, sizeof(KSEMAPHORE)));
  if (semaphore == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  KeInitializeSemaphore(semaphore, count, limit);
  return ObInsertObject(semaphore, attributes, access, handle);
}

NTSTATUS NTAPI NtOpenSemaphore(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes) {
  return ObOpenObjectByName(attributes, ExSemaphoreObjectType, access, handle);
}

NTSTATUS NTAPI NtReleaseSemaphore(HANDLE handle, LONG count, LONG* user_previous) {
  if (count <= 0) return STATUS_INVALID_PARAMETER;
  ObjectReference<KSEMAPHORE> semaphore;
  NTSTATUS status =
      ObReferenceByHandle(handle, SEMAPHORE_MODIFY_STATE, ExSemaphoreObjectType, semaphore);
  if (!NT_SUCCESS(status)) return status;
  LONG previous;
  status = KeReleaseSemaphore(semaphore.get(), count, previous);
  return NT_SUCCESS(status) ? MmWriteUserOptional(user_previous, previous) : status;
}
