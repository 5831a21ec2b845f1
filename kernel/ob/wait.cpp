// The waits, by handle.
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

}  // namespace

NTSTATUS NTAPI NtWaitForSingleObject(HANDLE handle, BOOLEAN alertable,
                                     PLARGE_INTEGER user_timeout) {
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
  if (!NT_SUCCESS(status)) return status;
  return KeWaitForSingleObject(object, UserMode, timeout, alertable != FALSE);
}

NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG count, PHANDLE user_handles, WAIT_TYPE type,
                                        BOOLEAN alertable, PLARGE_INTEGER user_timeout) {
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
  return KeWaitForMultipleObjects(count, objects, type, UserMode, timeout, blocks,
                                  alertable != FALSE);
}

namespace {

/// What NtSignalAndWaitForSingleObject can signal, and the access that takes.
NTSTATUS signal_object(PVOID body, ACCESS_MASK granted) {
  OBJECT_TYPE* type = ObjectToHeader(body)->Type;
  LONG previous;
  if (type == &ExMutantObjectType) return KeReleaseMutant(static_cast<KMUTANT*>(body), previous);
  if (type == &ExEventObjectType) {
    if ((granted & EVENT_MODIFY_STATE) == 0) return STATUS_ACCESS_DENIED;
    KeSetEvent(static_cast<KEVENT*>(body));
    return STATUS_SUCCESS;
  }
  if (type != &ExSemaphoreObjectType) return STATUS_OBJECT_TYPE_MISMATCH;
  if ((granted & SEMAPHORE_MODIFY_STATE) == 0) return STATUS_ACCESS_DENIED;
  return KeReleaseSemaphore(static_cast<KSEMAPHORE*>(body), 1, previous);
}

}  // namespace

/// Nobody runs between the two.
NTSTATUS NTAPI NtSignalAndWaitForSingleObject(HANDLE signal_handle, HANDLE wait_handle,
                                              BOOLEAN alertable, PLARGE_INTEGER user_timeout) {
  LARGE_INTEGER value;
  const LARGE_INTEGER* timeout;
  NTSTATUS status = capture_timeout(user_timeout, value, timeout);
  if (!NT_SUCCESS(status)) return status;
  PVOID signal, body;
  ACCESS_MASK granted;
  status = ObReferenceObjectByHandle(signal_handle, 0, nullptr, signal, &granted);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<void> signal_held(signal);
  status = ObReferenceObjectByHandle(wait_handle, SYNCHRONIZE, nullptr, body);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<void> held(body);
  DISPATCHER_HEADER* object;
  status = wait_object(body, object);
  if (!NT_SUCCESS(status)) return status;
  const KDispatchGuard guard;
  status = signal_object(signal, granted);
  if (!NT_SUCCESS(status)) return status;
  return KeWaitForSingleObject(object, UserMode, timeout, alertable != FALSE);
}

NTSTATUS NTAPI NtDelayExecution(BOOLEAN alertable, PLARGE_INTEGER user_interval) {
  LARGE_INTEGER interval;
  const NTSTATUS status = MmReadUser(user_interval, interval);
  if (!NT_SUCCESS(status)) return status;
  return KeDelayExecutionThread(UserMode, interval, alertable != FALSE);
}

NTSTATUS NTAPI NtYieldExecution() {
  KeYieldThread();
  return STATUS_SUCCESS;
}
