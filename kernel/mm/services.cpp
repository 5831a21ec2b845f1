// The virtual-memory services: capture the arguments, attach to the process, answer.
#include "kernel/mm/address_space.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/system_services.hpp"

namespace {

NTSTATUS capture_region(PVOID* base, PSIZE_T size, MmRegion& region) {
  PVOID address;
  const NTSTATUS status = MmReadUser(base, address);
  if (!NT_SUCCESS(status)) return status;
  region.base = reinterpret_cast<ULONG>(address);
  return MmReadUser(size, region.size);
}

NTSTATUS return_region(PVOID* base, PSIZE_T size, const MmRegion& region) {
  const NTSTATUS status = MmWriteUser(base, reinterpret_cast<PVOID>(region.base));
  return NT_SUCCESS(status) ? MmWriteUser(size, region.size) : status;
}

NTSTATUS reference_process(HANDLE handle, ACCESS_MASK access, ObjectReference<EPROCESS>& process) {
  const NTSTATUS status = ObReferenceByHandle(handle, access, PsProcessType, process);
  if (!NT_SUCCESS(status)) return status;
  return process->Exiting && process.get() != PsGetCurrentProcess() ? STATUS_PROCESS_IS_TERMINATING
                                                                    : STATUS_SUCCESS;
}

constexpr ULONG copy_tag = PoolTag("MmCp");

/// A block that ends at the next page of the other process, so that a bad page costs no good one.
ULONG block_size(ULONG address, ULONG left) {
  const ULONG room = PAGE_SIZE - (address & PageGeometry::offset_mask);
  return left < room ? left : room;
}

/// Between the current process and another through a buffer of one page.
NTSTATUS copy_across(EPROCESS* other, ULONG remote, ULONG local, ULONG size, bool to_other,
                     ULONG& copied) {
  copied = 0;
  PVOID buffer = ExAllocatePoolWithTag(PagedPool, PAGE_SIZE, copy_tag);
  if (buffer == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  NTSTATUS status = STATUS_SUCCESS;
  while (copied < size && NT_SUCCESS(status)) {
    const ULONG count = block_size(remote + copied, size - copied);
    if (to_other) status = MmCopyFromUser(buffer, local + copied, count);
    if (NT_SUCCESS(status)) {
      const KAttachGuard attach(&other->Pcb);
      const NTSTATUS there = to_other ? MmCopyToUser(remote + copied, buffer, count)
                                      : MmCopyFromUser(buffer, remote + copied, count);
      if (!NT_SUCCESS(there)) status = STATUS_PARTIAL_COPY;
    }
    if (NT_SUCCESS(status) && !to_other) status = MmCopyToUser(local + copied, buffer, count);
    if (NT_SUCCESS(status)) copied += count;
  }
  ExFreePool(buffer);
  return status;
}

bool in_user_half(ULONG address, ULONG size) {
  return address <= MM_USER_PROBE_ADDRESS && size <= MM_USER_PROBE_ADDRESS - address;
}

NTSTATUS copy_virtual_memory(HANDLE handle, ACCESS_MASK access, ULONG remote, ULONG local,
                             ULONG size, bool to_other, PSIZE_T result) {
  if (!in_user_half(remote, size) || !in_user_half(local, size)) return STATUS_ACCESS_VIOLATION;
  ObjectReference<EPROCESS> process;
  ULONG copied = 0;  // told whatever happens from here on
  NTSTATUS status = reference_process(handle, access, process);
  if (NT_SUCCESS(status)) {
    status = copy_across(process.get(), remote, local, size, to_other, copied);
  }
  const NTSTATUS written = MmWriteUserOptional(result, copied);
  return NT_SUCCESS(written) ? status : written;
}

}  // namespace

NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE handle, PVOID* base, ULONG zero_bits, PSIZE_T size,
                                       ULONG type, ULONG protect) {
  MmRegion region;
  NTSTATUS status = capture_region(base, size, region);
  if (!NT_SUCCESS(status)) return status;
  ObjectReference<EPROCESS> process;
  status = reference_process(handle, PROCESS_VM_OPERATION, process);
  if (!NT_SUCCESS(status)) return status;
  {
    const KAttachGuard attach(&process->Pcb);
    status = MmAllocateVirtualMemory(process.get(), region, zero_bits, type, protect);
  }
  return NT_SUCCESS(status) ? return_region(base, size, region) : status;
}

NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE handle, PVOID* base, PSIZE_T size, ULONG type) {
  MmRegion region;
  NTSTATUS status = capture_region(base, size, region);
  if (!NT_SUCCESS(status)) return status;
  ObjectReference<EPROCESS> process;
  status = reference_process(handle, PROCESS_VM_OPERATION, process);
  if (!NT_SUCCESS(status)) return status;
  {
    const KAttachGuard attach(&process->Pcb);
    status = MmFreeVirtualMemory(process.get(), region, type);
  }
  return NT_SUCCESS(status) ? return_region(base, size, region) : status;
}

NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE handle, PVOID* base, PSIZE_T size, ULONG protect,
                                      PULONG old_protect) {
  MmRegion region;
  NTSTATUS status = capture_region(base, size, region);
  if (!NT_SUCCESS(status)) return status;
  ULONG old = 0;  // probed before anything changes
  if (!NT_SUCCESS(MmWriteUser(old_protect, old))) return STATUS_ACCESS_VIOLATION;
  ObjectReference<EPROCESS> process;
  status = reference_process(handle, PROCESS_VM_OPERATION, process);
  if (!NT_SUCCESS(status)) return status;
  {
    const KAttachGuard attach(&process->Pcb);
    status = MmProtectVirtualMemory(process.get(), region, protect, old);
  }
  if (!NT_SUCCESS(status)) return status;
  status = MmWriteUser(old_protect, old);
  return NT_SUCCESS(status) ? return_region(base, size, region) : status;
}

namespace {

NTSTATUS change_locks(HANDLE handle, PVOID* base, PSIZE_T size, ULONG map_type,
                      NTSTATUS (*change)(EPROCESS*, MmRegion&)) {
  if (map_type == 0 || (map_type & ~(MAP_PROCESS | MAP_SYSTEM)) != 0) {
    return STATUS_INVALID_PARAMETER_4;
  }
  if ((map_type & MAP_SYSTEM) != 0) return STATUS_PRIVILEGE_NOT_HELD;
  MmRegion region;
  NTSTATUS status = capture_region(base, size, region);
  if (!NT_SUCCESS(status)) return status;
  ObjectReference<EPROCESS> process;
  status = reference_process(handle, PROCESS_VM_OPERATION, process);
  if (!NT_SUCCESS(status)) return status;
  {
    const KAttachGuard attach(&process->Pcb);
    status = change(process.get(), region);
  }
  if (!NT_SUCCESS(status)) return status;
  const NTSTATUS written = return_region(base, size, region);
  return NT_SUCCESS(written) ? status : written;
}

}  // namespace

NTSTATUS NTAPI NtLockVirtualMemory(HANDLE handle, PVOID* base, PSIZE_T size, ULONG map_type) {
  return change_locks(handle, base, size, map_type, MmLockVirtualMemory);
}

NTSTATUS NTAPI NtUnlockVirtualMemory(HANDLE handle, PVOID* base, PSIZE_T size, ULONG map_type) {
  return change_locks(handle, base, size, map_type, MmUnlockVirtualMemory);
}

NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE handle, PVOID address, MEMORY_INFORMATION_CLASS which,
                                    PVOID information, SIZE_T length, PSIZE_T return_length) {
  if (which != MemoryBasicInformation) return STATUS_INVALID_INFO_CLASS;
  if (length < sizeof(MEMORY_BASIC_INFORMATION)) return STATUS_INFO_LENGTH_MISMATCH;
  ObjectReference<EPROCESS> process;
  NTSTATUS status = reference_process(handle, PROCESS_QUERY_INFORMATION, process);
  if (!NT_SUCCESS(status)) return status;
  MEMORY_BASIC_INFORMATION info = {};
  {
    const KAttachGuard attach(&process->Pcb);
    status = MmQueryVirtualMemory(process.get(), reinterpret_cast<ULONG>(address), info);
  }
  if (!NT_SUCCESS(status)) return status;
  status = MmWriteUser(static_cast<MEMORY_BASIC_INFORMATION*>(information), info);
  if (!NT_SUCCESS(status)) return status;
  return MmWriteUserOptional(return_length, SIZE_T{sizeof info});
}

NTSTATUS NTAPI NtReadVirtualMemory(HANDLE process, PVOID base, PVOID buffer, SIZE_T size,
                                   PSIZE_T bytes_read) {
  return copy_virtual_memory(process, PROCESS_VM_READ, reinterpret_cast<ULONG>(base),
                             reinterpret_cast<ULONG>(buffer), size, false, bytes_read);
}

NTSTATUS NTAPI NtWriteVirtualMemory(HANDLE process, PVOID base, PVOID buffer, SIZE_T size,
                                    PSIZE_T bytes_written) {
  return copy_virtual_memory(process, PROCESS_VM_WRITE, reinterpret_cast<ULONG>(base),
                             reinterpret_cast<ULONG>(buffer), size, true, bytes_written);
}

/// The processors modelled here keep code and data coherent.
NTSTATUS NTAPI NtFlushInstructionCache(HANDLE handle, PVOID, SIZE_T) {
  ObjectReference<EPROCESS> process;
  return ObReferenceByHandle(handle, PROCESS_VM_WRITE, PsProcessType, process);
}
