// Events for user mode.
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/system_services.hpp"

namespace {

DISPATCHER_HEADER* wait_header(PVOID body) { return &static_cast<KEVENT*>(body)->Header; }

template <class Change>
NTSTATUS change_event(HANDLE handle, LONG* previous, Change change) {
  ObjectReference<KEVENT> event;
  const NTSTATUS status = ObReferenceByHandle(handle, EVENT_MODIFY_STATE, ExEventObjectType, event);
  if (!NT_SUCCESS(status)) return status;
  return MmWriteUserOptional(previous, change(event.get()));
}

}  // namespace

constinit OBJECT_TYPE ExEventObjectType = {
    .Name = "Event",
    .ValidAccessMask = EVENT_ALL_ACCESS,
    .GenericRead = EVENT_QUERY_STATE,
    .GenericWrite = EVENT_MODIFY_STATE,
    .GenericExecute = SYNCHRONIZE,
    .DeleteProcedure = nullptr,
    .CloseProcedure = nullptr,
    .WaitObject = wait_header,
};

/// Events have no names yet.
NTSTATUS NTAPI NtCreateEvent(PHANDLE user_handle, ACCESS_MASK access, POBJECT_ATTRIBUTES user,
                             EVENT_TYPE type, BOOLEAN initial_state) {
  if (type != NotificationEvent && type != SynchronizationEvent) return STATUS_INVALID_PARAMETER_4;
  OBJECT_ATTRIBUTES attributes = {};
  if (user != nullptr) {
    const NTSTATUS status = MmReadUser(user, attributes);
    if (!NT_SUCCESS(status)) return status;
    if (attributes.ObjectName != nullptr) return STATUS_OBJECT_NAME_INVALID;
  }
  auto* event = static_cast<KEVENT*>(ObCreateObject(ExEventObjectType, sizeof(KEVENT)));
  if (event == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  KeInitializeEvent(event, type, initial_state != FALSE);
  const ObjectReference<KEVENT> held(event);
  HANDLE_TABLE& table = PsGetCurrentProcess()->ObjectTable;
  HANDLE handle;
  NTSTATUS status = ObInsertHandle(table, event, ObMapGenericAccess(ExEventObjectType, access),
                                   attributes.Attributes, handle);
  if (!NT_SUCCESS(status)) return status;
  status = MmWriteUser(user_handle, handle);
  if (!NT_SUCCESS(status)) ObCloseHandle(table, handle);
  return status;
}

NTSTATUS NTAPI NtSetEvent(HANDLE handle, LONG* previous) {
  return change_event(handle, previous, KeSetEvent);
}
NTSTATUS NTAPI NtResetEvent(HANDLE handle, LONG* previous) {
  return change_event(handle, previous, KeResetEvent);
}
NTSTATUS NTAPI NtClearEvent(HANDLE handle) { return change_event(handle, nullptr, KeResetEvent); }
