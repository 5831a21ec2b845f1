// Handle tables.
#include "kernel/ob/handle_table.hpp"

#include "kernel/ke/irql.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/ob/directory.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

constexpr ULONG table_tag = PoolTag("Obtb");
constexpr ULONG initial_capacity = 32, largest_capacity = 0x4000;

HANDLE handle_of(ULONG index) { return reinterpret_cast<HANDLE>((index + 1) * 4); }

HANDLE_TABLE_ENTRY* entry_of(HANDLE_TABLE& table, HANDLE handle) {
  const ULONG index = reinterpret_cast<ULONG>(handle) / 4 - 1;
  if (index >= table.Capacity || table.Entries[index].Object == nullptr) return nullptr;
  return &table.Entries[index];
}

SIZE_T table_size(ULONG capacity) { return capacity * sizeof(HANDLE_TABLE_ENTRY); }

NTSTATUS grow(HANDLE_TABLE& table, ULONG capacity) {
  if (capacity > largest_capacity) return STATUS_INSUFFICIENT_RESOURCES;
  const SIZE_T more = table_size(capacity) - table_size(table.Capacity);
  if (!PsChargePoolQuota(table.QuotaBlock, PagedPool, more)) return STATUS_QUOTA_EXCEEDED;
  auto* entries = static_cast<HANDLE_TABLE_ENTRY*>(
      ExAllocatePoolWithTag(PagedPool, table_size(capacity), table_tag));
  if (entries == nullptr) {
    PsReturnPoolQuota(table.QuotaBlock, PagedPool, more);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  RtlZeroMemory(entries, table_size(capacity));
  if (table.Entries != nullptr) {
    memcpy(entries, table.Entries, table.Capacity * sizeof *entries);
    ExFreePool(table.Entries);
  }
  table.Entries = entries;
  table.Capacity = capacity;
  return STATUS_SUCCESS;
}

/// Who has the first handle pays for the object, as long as it lives.
bool charge_object(const HANDLE_TABLE& table, PVOID object) {
  const KDispatchGuard guard;
  OBJECT_HEADER* header = ObjectToHeader(object);
  if (header->QuotaBlock != nullptr) return true;
  if (!PsChargePoolQuota(table.QuotaBlock, NonPagedPool, header->NonPagedPoolCharge)) return false;
  header->QuotaBlock = table.QuotaBlock;
  PsReferenceQuotaBlock(header->QuotaBlock);
  return true;
}

/// One handle less; with the last the name goes, and the object's close procedure runs.
void release_handle(PVOID object) {
  OBJECT_HEADER* header = ObjectToHeader(object);
  bool last;
  {
    const KDispatchGuard guard;
    last = --header->HandleCount == 0;
  }
  if (last) ObpForgetName(object);
  if (last && header->Type->CloseProcedure != nullptr) header->Type->CloseProcedure(object);
  ObDereferenceObject(object);
}

void fill(HANDLE_TABLE& table, ULONG index, const HANDLE_TABLE_ENTRY& entry) {
  table.Entries[index] = entry;
  ++table.HandleCount;
  const KDispatchGuard guard;
  ++ObjectToHeader(entry.Object)->PointerCount;
  ++ObjectToHeader(entry.Object)->HandleCount;
}

}  // namespace

void ObInitializeHandleTable(HANDLE_TABLE& table) {
  ExInitializeFastMutex(&table.Lock);
  table.Entries = nullptr;
  table.Capacity = table.HandleCount = 0;
  table.Closed = FALSE;
  table.QuotaBlock = nullptr;
}

void ObKillHandleTable(HANDLE_TABLE& table) {
  {
    const FastMutexGuard lock(table.Lock);
    table.Closed = TRUE;
  }
  for (ULONG index = 0; index < table.Capacity; ++index) {
    ObSetHandleAttributes(table, handle_of(index), 0);
    ObCloseHandle(table, handle_of(index));
  }
  const FastMutexGuard lock(table.Lock);
  if (table.Entries != nullptr) ExFreePool(table.Entries);
  PsReturnPoolQuota(table.QuotaBlock, PagedPool, table_size(table.Capacity));
  table.Entries = nullptr;
  table.Capacity = 0;
}

NTSTATUS ObInheritHandles(HANDLE_TABLE& from, HANDLE_TABLE& to) {
  const FastMutexGuard lock(from.Lock);
  if (from.Capacity != 0) {
    const NTSTATUS status = grow(to, from.Capacity);
    if (!NT_SUCCESS(status)) return status;
  }
  for (ULONG index = 0; index < from.Capacity; ++index) {
    const HANDLE_TABLE_ENTRY& entry = from.Entries[index];
    if (entry.Object != nullptr && (entry.Attributes & OBJ_INHERIT) != 0) fill(to, index, entry);
  }
  return STATUS_SUCCESS;
}

NTSTATUS ObInsertHandle(HANDLE_TABLE& table, PVOID object, ACCESS_MASK access, ULONG attributes,
                        HANDLE& handle) {
  const FastMutexGuard lock(table.Lock);
  if (table.Closed) return STATUS_PROCESS_IS_TERMINATING;
  ULONG index = 0;
  while (index < table.Capacity && table.Entries[index].Object != nullptr) ++index;
  if (!charge_object(table, object)) return STATUS_QUOTA_EXCEEDED;
  if (index == table.Capacity) {
    const NTSTATUS status =
        grow(table, table.Capacity == 0 ? initial_capacity : table.Capacity * 2);
    if (!NT_SUCCESS(status)) return status;
  }
  fill(table, index, {object, access, attributes & OBJ_INHERIT});
  handle = handle_of(index);
  return STATUS_SUCCESS;
}

NTSTATUS ObCloseHandle(HANDLE_TABLE& table, HANDLE handle) {
  PVOID object;
  {
    const FastMutexGuard lock(table.Lock);
    HANDLE_TABLE_ENTRY* entry = entry_of(table, handle);
    if (entry == nullptr) return STATUS_INVALID_HANDLE;
    if ((entry->Attributes & OBJ_PROTECT_CLOSE) != 0) return STATUS_HANDLE_NOT_CLOSABLE;
    object = entry->Object;
    *entry = {};
    --table.HandleCount;
  }
  release_handle(object);
  return STATUS_SUCCESS;
}

NTSTATUS ObSetHandleAttributes(HANDLE_TABLE& table, HANDLE handle, ULONG attributes) {
  const FastMutexGuard lock(table.Lock);
  HANDLE_TABLE_ENTRY* entry = entry_of(table, handle);
  if (entry == nullptr) return STATUS_INVALID_HANDLE;
  entry->Attributes = attributes;
  return STATUS_SUCCESS;
}

NTSTATUS ObLookupHandle(HANDLE_TABLE& table, HANDLE handle, HANDLE_TABLE_ENTRY& entry) {
  const FastMutexGuard lock(table.Lock);
  const HANDLE_TABLE_ENTRY* found = entry_of(table, handle);
  if (found == nullptr) return STATUS_INVALID_HANDLE;
  entry = *found;
  ObReferenceObject(entry.Object);
  return STATUS_SUCCESS;
}

NTSTATUS ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access, OBJECT_TYPE* type,
                                   PVOID& body, ACCESS_MASK* granted) {
  HANDLE_TABLE_ENTRY entry = {};
  if (handle == NtCurrentProcess() || handle == NtCurrentThread()) {
    const bool process = handle == NtCurrentProcess();
    entry.Object = process ? static_cast<PVOID>(PsGetCurrentProcess()) : PsGetCurrentThread();
    entry.GrantedAccess = process ? PROCESS_ALL_ACCESS : THREAD_ALL_ACCESS;
    ObReferenceObject(entry.Object);
  } else {
    const NTSTATUS status = ObLookupHandle(PsGetCurrentProcess()->ObjectTable, handle, entry);
    if (!NT_SUCCESS(status)) return status;
  }
  NTSTATUS status = STATUS_SUCCESS;
  if (type != nullptr && ObjectToHeader(entry.Object)->Type != type) {
    status = STATUS_OBJECT_TYPE_MISMATCH;
  } else if ((access & ~entry.GrantedAccess) != 0) {
    status = STATUS_ACCESS_DENIED;
  }
  if (!NT_SUCCESS(status)) {
    ObDereferenceObject(entry.Object);
    return status;
  }
  body = entry.Object;
  if (granted != nullptr) *granted = entry.GrantedAccess;
  return STATUS_SUCCESS;
}
