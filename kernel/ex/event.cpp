// Events for user mode.
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/directory.hpp"
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
    .GenericRead = READ_CONTROL | EVENT_QUERY_STATE,
    .GenericWrite = READ_CONTROL | EVENT_MODIFY_STATE,
    .GenericExecute = READ_CONTROL | SYNCHRONIZE,
    .DeleteProcedure = nullptr,
    .CloseProcedure = nullptr,
    .WaitObject = wait_header,
};

NTSTATUS NTAPI NtCreateEvent(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES user,
                             EVENT_TYPE type, BOOLEAN initial_state) {
  if (type != NotificationEvent && type != SynchronizationEvent) return STATUS_INVALID_PARAMETER_4;
  ObjectAttributes attributes;
  const NTSTATUS status = attributes.capture(user);
  if (!NT_SUCCESS(status)) return status;
  auto* event = static_cast<KEVENT*>(ObCreateObject(ExEventObjectType, sizeof(KEVENT)));
  if (event == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  KeInitializeEvent(event, type, initial_state != FALSE);
  return ObInsertObject(event, attributes, access, handle);
}

NTSTATUS NTAPI NtOpenEvent(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes) {
  return ObOpenObjectByName(attributes, ExEventObjectType, access, handle);
}

NTSTATUS NTAPI NtQueryEvent(HANDLE handle, EVENT_INFORMATION_CLASS which, PVOID information,
                            ULONG length, PULONG return_length) {
  if (which != EventBasicInformation) return STATUS_INVALID_INFO_CLASS;
  EVENT_BASIC_INFORMATION basic;
  if (length != sizeof basic) return STATUS_INFO_LENGTH_MISMATCH;
  ObjectReference<KEVENT> event;
  NTSTATUS status = ObReferenceByHandle(handle, EVENT_QUERY_STATE, ExEventObjectType, event);
  if (!NT_SUCCESS(status)) return status;
  basic.EventType =
      event->Header.Type == EventNotificationObject ? NotificationEvent : SynchronizationEvent;
  basic.EventState = KeReadStateEvent(event.get());
  status = MmWriteUser(reinterpret_cast<ULONG>(information), basic);
  return NT_SUCCESS(status) ? MmWriteUserOptional(return_length, ULONG{sizeof basic}) : status;
}

NTSTATUS NTAPI NtSetEvent(HANDLE handle, LONG* previous) {
  return change_event(handle, previous, KeSetEvent);
}
NTSTATUS NTAPI NtResetEvent(HANDLE handle, LONG* previous) {
  return change_event(handle, previous, KeResetEvent);
}
NTSTATUS NTAPI NtPulseEvent(HANDLE handle, LONG* previous) {
  return change_event(handle, previous, KePulseEvent);
}
NTSTATUS NTAPI NtClearEvent(HANDLE handle) { return change_event(handle, nullptr, KeResetEvent); }
