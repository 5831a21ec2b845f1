// NtClose, NtDuplicateObject, and what can be asked of a handle.
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/se/descriptor.hpp"
#include "kernel/system_services.hpp"

namespace {

/// A handle of that process. The pseudo-handles mean the process itself and the calling thread: who
/// may duplicate a process's handles has all access to it that way.
NTSTATUS lookup_source(EPROCESS* process, HANDLE handle, HANDLE_TABLE_ENTRY& entry) {
  if (handle != NtCurrentProcess() && handle != NtCurrentThread()) {
    return ObLookupHandle(process->ObjectTable, handle, entry);
  }
  const bool itself = handle == NtCurrentProcess();
  entry.Object = itself ? static_cast<PVOID>(process) : PsGetCurrentThread();
  entry.GrantedAccess = itself ? PROCESS_ALL_ACCESS : THREAD_ALL_ACCESS;
  entry.Attributes = 0;
  ObReferenceObject(entry.Object);
  return STATUS_SUCCESS;
}

/// A handle to what `entry` is of, in the process of a handle.
NTSTATUS duplicate_entry(const HANDLE_TABLE_ENTRY& entry, HANDLE target_process, PHANDLE target,
                         ACCESS_MASK access, ULONG attributes, ULONG options) {
  ObjectReference<EPROCESS> to;
  NTSTATUS status = ObReferenceByHandle(target_process, PROCESS_DUP_HANDLE, PsProcessType, to);
  if (!NT_SUCCESS(status)) return status;
  ACCESS_MASK granted = entry.GrantedAccess;
  if ((options & DUPLICATE_SAME_ACCESS) == 0) {
    granted = ObMapGenericAccess(*ObjectToHeader(entry.Object)->Type, access);
  }
  // More than the source has is an open like any other.
  if ((granted & ~entry.GrantedAccess) != 0) {
    status = SeAccessCheck(entry.Object, access, granted);
    if (!NT_SUCCESS(status)) return status;
  }
  HANDLE handle;
  status = ObInsertHandle(
      to->ObjectTable, entry.Object, granted,
      (options & DUPLICATE_SAME_ATTRIBUTES) != 0 ? entry.Attributes : attributes, handle);
  if (!NT_SUCCESS(status)) return status;
  status = MmWriteUserOptional(target, handle);
  if (!NT_SUCCESS(status)) ObCloseHandle(to->ObjectTable, handle);
  return status;
}

}  // namespace

/// The pseudo-handles need no closing.
NTSTATUS NTAPI NtClose(HANDLE handle) {
  if (handle == NtCurrentProcess() || handle == NtCurrentThread()) return STATUS_SUCCESS;
  return ObCloseHandle(PsGetCurrentProcess()->ObjectTable, handle);
}

/// DUPLICATE_CLOSE_SOURCE closes the source whatever becomes of the duplicate.
NTSTATUS NTAPI NtDuplicateObject(HANDLE source_process, HANDLE source, HANDLE target_process,
                                 PHANDLE target, ACCESS_MASK access, ULONG attributes,
                                 ULONG options) {
  ObjectReference<EPROCESS> from;
  NTSTATUS status = ObReferenceByHandle(source_process, PROCESS_DUP_HANDLE, PsProcessType, from);
  if (!NT_SUCCESS(status)) return status;
  HANDLE_TABLE_ENTRY entry;
  status = lookup_source(from.get(), source, entry);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<void> held(entry.Object);
  if (target_process != nullptr) {
    status = duplicate_entry(entry, target_process, target, access, attributes, options);
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
