// Handle tables: one a process. A handle is the entry's index plus one, times four.
#pragma once

#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/ob/object.hpp"

struct HANDLE_TABLE_ENTRY {
  PVOID Object;  // null: free
  ACCESS_MASK GrantedAccess;
  ULONG Attributes;  // OBJ_INHERIT, OBJ_PROTECT_CLOSE
};

struct EPROCESS_QUOTA_BLOCK;

struct HANDLE_TABLE {
  FAST_MUTEX Lock;
  HANDLE_TABLE_ENTRY* Entries;
  ULONG Capacity, HandleCount;
  BOOLEAN Closed;  // its process has ended and gets no more handles
  EPROCESS_QUOTA_BLOCK* QuotaBlock;  // pays for the table and for objects first opened in it
};

void ObInitializeHandleTable(HANDLE_TABLE& table);
void ObKillHandleTable(HANDLE_TABLE& table);  // closes every handle
/// Every inheritable handle of `from`, at the same value.
NTSTATUS ObInheritHandles(HANDLE_TABLE& from, HANDLE_TABLE& to);

/// The handle takes a reference of its own.
NTSTATUS ObInsertHandle(HANDLE_TABLE& table, PVOID object, ACCESS_MASK access, ULONG attributes,
                        HANDLE& handle);
/// OBJ_INHERIT and OBJ_PROTECT_CLOSE become what `attributes` has.
NTSTATUS ObSetHandleAttributes(HANDLE_TABLE& table, HANDLE handle, ULONG attributes);
NTSTATUS ObCloseHandle(HANDLE_TABLE& table, HANDLE handle);
NTSTATUS ObLookupHandle(HANDLE_TABLE& table, HANDLE handle, HANDLE_TABLE_ENTRY& entry);

/// A reference to the object behind a handle of the current process. Knows NtCurrentProcess() and
/// NtCurrentThread(). `type` null takes any.
NTSTATUS ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access, OBJECT_TYPE* type,
                                   PVOID& body, ACCESS_MASK* granted = nullptr);

template <class T>
NTSTATUS ObReferenceByHandle(HANDLE handle, ACCESS_MASK access, OBJECT_TYPE& type,
                             ObjectReference<T>& reference, ACCESS_MASK* granted = nullptr) {
  PVOID body = nullptr;
  const NTSTATUS status = ObReferenceObjectByHandle(handle, access, &type, body, granted);
  if (NT_SUCCESS(status)) reference.reset(static_cast<T*>(body));
  return status;
}
