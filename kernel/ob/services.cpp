// NtClose, NtDuplicateObject, and what can be asked of a handle.
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/se/descriptor.hpp"
#include "kernel/system_services.hpp"

namespace {

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

/// The pseudo-handles need no closing.
NTSTATUS NTAPI NtClose(HANDLE handle) {
  if (handle == NtCurrentProcess() || handle == NtCurrentThread()) return STATUS_SUCCESS;
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
    ACCESS_MASK granted = same ? entry.GrantedAccess
                               : ObMapGenericAccess(*ObjectToHeader(entry.Object)->Type, access);
    // More than the source has is an open like any other.
    if ((granted & ~entry.GrantedAccess) != 0) {
      status = SeAccessCheck(entry.Object, access, granted);
      if (!NT_SUCCESS(status)) return status;
    }
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

NTSTATUS NTAPI NtQueryObject(HANDLE handle, OBJECT_INFORMATION_CLASS which, PVOID information,
                             ULONG length, PULONG return_length) {
  HANDLE_TABLE_ENTRY entry;
  NTSTATUS status = lookup_source(PsGetCurrentProcess(), handle, entry);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<void> held(entry.Object);
  const auto at = reinterpret_cast<ULONG>(information);
  if (which == ObjectHandleFlagInformation) {
    const OBJECT_HANDLE_FLAG_INFORMATION flags = {(entry.Attributes & OBJ_INHERIT) != 0,
                                                  (entry.Attributes & OBJ_PROTECT_CLOSE) != 0};
    if (length != sizeof flags) return STATUS_INFO_LENGTH_MISMATCH;
    status = MmWriteUser(at, flags);
    return NT_SUCCESS(status) ? MmWriteUserOptional(return_length, ULONG{sizeof flags}) : status;
  }
  if (which != ObjectBasicInformation) return STATUS_INVALID_INFO_CLASS;
  OBJECT_BASIC_INFORMATION basic = {};
  if (length != sizeof basic) return STATUS_INFO_LENGTH_MISMATCH;
  const OBJECT_HEADER* header = ObjectToHeader(entry.Object);
  basic.Attributes = entry.Attributes & OBJ_INHERIT;
  basic.GrantedAccess = entry.GrantedAccess;
  basic.HandleCount = static_cast<ULONG>(header->HandleCount);
  basic.PointerCount = static_cast<ULONG>(header->PointerCount - 1);  // without ours
  status = MmWriteUser(at, basic);
  return NT_SUCCESS(status) ? MmWriteUserOptional(return_length, ULONG{sizeof basic}) : status;
}

NTSTATUS NTAPI NtSetInformationObject(HANDLE handle, OBJECT_INFORMATION_CLASS which,
                                      PVOID information, ULONG length) {
  if (which != ObjectHandleFlagInformation) return STATUS_INVALID_INFO_CLASS;
  OBJECT_HANDLE_FLAG_INFORMATION flags;
  if (length != sizeof flags) return STATUS_INFO_LENGTH_MISMATCH;
  const NTSTATUS status = MmReadUser(reinterpret_cast<ULONG>(information), flags);
  if (!NT_SUCCESS(status)) return status;
  return ObSetHandleAttributes(PsGetCurrentProcess()->ObjectTable, handle,
                               (flags.Inherit != FALSE ? OBJ_INHERIT : 0) |
                                   (flags.ProtectFromClose != FALSE ? OBJ_PROTECT_CLOSE : 0));
}
