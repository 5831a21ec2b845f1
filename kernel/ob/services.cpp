// NtClose, NtDuplicateObject and the waits.
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/system_services.hpp"

namespace {

/// A timeout from user mode: null is for ever.
NTSTATUS capture_timeout(PLARGE_INTEGER user, LARGE_INTEGER& value, const LARGE_INTEGER*& timeout) {
  timeout = nullptr;
  if (user == nullptr) return STATUS_SUCCESS;
  timeout = &value;
  return MmReadUser(user, value);
}

NTSTATUS wait_object(PVOID body, DISPATCHER_HEADER*& object) {
  const OBJECT_TYPE* type = ObjectToHeader(body)->Type;
  object = type->WaitObject == nullptr ? nullptr : type->WaitObject(body);
  return object == nullptr ? STATUS_OBJECT_TYPE_MISMATCH : STATUS_SUCCESS;
}

/// A handle named in a duplication; the pseudo-handles mean the caller's own process and thread.
NTSTATUS lookup_source(EPROCESS* process, HANDLE handle, HANDLE_TABLE_ENTRY& entry) {
  if (handle != NtCurrentProcess() && handle != NtCurrentThread()) {
    return ObLookupHandle(process->ObjectTable, handle, entry);
  }
  ACCESS_MASK granted;
  const NTSTATUS status = ObReferenceObjectByHandle(handle, 0, nullptr, entry.Object, &granted);
  entry.GrantedAccess = granted;
  entry.Attributes = 0;
  return status;
}

}  // namespace

NTSTATUS NTAPI NtClose(HANDLE handle) {
  return ObCloseHandle(PsGetCurrentProcess()->ObjectTable, handle);
}

NTSTATUS NTAPI NtDuplicateObject(HANDLE source_process, HANDLE source, HANDLE target_process,
                                 PHANDLE target, ACCESS_MASK access, ULONG attributes,
                                 ULONG options) {
  ObjectReference<EPROCESS> from, to;
  NTSTATUS status = ObReferenceByHandle(source_process, PROCESS_DUP_HANDLE, PsProcessType, from);
  if (!NT_SUCCESS(status)) return status;
  HANDLE_TABLE_ENTRY entry;
  status = lookup_source(from.get(), source, entry);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<void> held(entry.Object);
  if (target_process != nullptr) {
    status = ObReferenceByHandle(target_process, PROCESS_DUP_HANDLE, PsProcessType, to);
    if (!NT_SUCCESS(status)) return status;
    const bool same = (options & DUPLICATE_SAME_ACCESS) != 0;
    const ACCESS_MASK granted =
        same ? entry.GrantedAccess
             : ObMapGenericAccess(*ObjectToHeader(entry.Object)->Type, access);
    if ((granted & ~entry.GrantedAccess) != 0) return STATUS_ACCESS_DENIED;
    HANDLE handle;
    status = ObInsertHandle(
        to->ObjectTable, entry.Object, granted,
        (options & DUPLICATE_SAME_ATTRIBUTES) != 0 ? entry.Attributes : attributes, handle);
    if (NT_SUCCESS(status)) {
      status = MmWriteUserOptional(target, handle);
      if (!NT_SUCCESS(status)) ObCloseHandle(to->ObjectTable, handle);
    }
  }
  if ((options & DUPLICATE_CLOSE_SOURCE) != 0) ObCloseHandle(from->ObjectTable, source);
  return status;
}

NTSTATUS NTAPI NtWaitForSingleObject(HANDLE handle, BOOLEAN, PLARGE_INTEGER user_timeout) {
  LARGE_INTEGER value;
  const LARGE_INTEGER* timeout;
  NTSTATUS status = capture_timeout(user_timeout, value, timeout);
  if (!NT_SUCCESS(status)) return status;
  PVOID body;
  status = ObReferenceObjectByHandle(handle, SYNCHRONIZE, nullptr, body);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<void> held(body);
  DISPATCHER_HEADER* object;
  status = wait_object(body, object);
  return NT_SUCCESS(status) ? KeWaitForSingleObject(object, UserMode, timeout) : status;
}

NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG count, PHANDLE user_handles, WAIT_TYPE type, BOOLEAN,
                                        PLARGE_INTEGER user_timeout) {
  if (count == 0 || count > MAXIMUM_WAIT_OBJECTS) return STATUS_INVALID_PARAMETER_1;
  if (type != WaitAll && type != WaitAny) return STATUS_INVALID_PARAMETER_3;
  LARGE_INTEGER value;
  const LARGE_INTEGER* timeout;
  NTSTATUS status = capture_timeout(user_timeout, value, timeout);
  if (!NT_SUCCESS(status)) return status;
  HANDLE handles[MAXIMUM_WAIT_OBJECTS];
  status = MmCopyFromUser(handles, reinterpret_cast<ULONG>(user_handles), count * sizeof(HANDLE));
  if (!NT_SUCCESS(status)) return status;

  ObjectReference<void> bodies[MAXIMUM_WAIT_OBJECTS];
  DISPATCHER_HEADER* objects[MAXIMUM_WAIT_OBJECTS];
  KWAIT_BLOCK blocks[MAXIMUM_WAIT_OBJECTS];
  for (ULONG i = 0; i < count; ++i) {
    PVOID body;
    status = ObReferenceObjectByHandle(handles[i], SYNCHRONIZE, nullptr, body);
    if (!NT_SUCCESS(status)) return status;
    bodies[i].reset(body);
    status = wait_object(body, objects[i]);
    if (!NT_SUCCESS(status)) return status;
    for (ULONG j = 0; j < i && type == WaitAll; ++j) {
      if (objects[j] == objects[i]) return STATUS_INVALID_PARAMETER_MIX;
    }
  }
  return KeWaitForMultipleObjects(count, objects, type, UserMode, timeout, blocks);
}

NTSTATUS NTAPI NtDelayExecution(BOOLEAN, PLARGE_INTEGER user_interval) {
  LARGE_INTEGER interval;
  const NTSTATUS status = MmReadUser(user_interval, interval);
  return NT_SUCCESS(status) ? KeDelayExecutionThread(UserMode, interval) : status;
}

NTSTATUS NTAPI NtYieldExecution() {
  KeYieldThread();
  return STATUS_SUCCESS;
}
