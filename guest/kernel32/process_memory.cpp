// ReadProcessMemory and WriteProcessMemory.
#include "guest/kernel32/win32.hpp"

namespace {

constexpr ULONG writable =
    PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;

NTSTATUS protect(HANDLE process, PVOID address, SIZE_T size, ULONG protection, ULONG& old) {
  return NtProtectVirtualMemory(process, &address, &size, protection, &old);
}

}  // namespace

extern "C" {

/// All or nothing but for the count: a page that can't be read ends it with ERROR_PARTIAL_COPY.
BOOL WINAPI ReadProcessMemory(HANDLE Process, const void* Address, PVOID Buffer, SIZE_T Size,
                              SIZE_T* Read) {
  return base::succeed(
      NtReadVirtualMemory(Process, const_cast<PVOID>(Address), Buffer, Size, Read));
}

/// Code may be written, as debuggers want it; pages that are read-only or not accessible may not.
/// For those NT returns a status where the caller expects a BOOL, and programs depend on that.
BOOL WINAPI WriteProcessMemory(HANDLE Process, PVOID Address, const void* Buffer, SIZE_T Size,
                               SIZE_T* Written) {
  const PVOID from = const_cast<PVOID>(Buffer);
  ULONG old = 0, ignored = 0;
  if (!base::succeed(protect(Process, Address, Size, PAGE_EXECUTE_READWRITE, old))) return 0;
  if ((old & writable) != 0) {
    protect(Process, Address, Size, old, ignored);
    if (!base::succeed(NtWriteVirtualMemory(Process, Address, from, Size, Written))) return 0;
    NtFlushInstructionCache(Process, Address, Size);
    return 1;
  }
  if ((old & (PAGE_NOACCESS | PAGE_READONLY)) != 0) {
    protect(Process, Address, Size, old, ignored);
    base::fail(RtlNtStatusToDosError(STATUS_ACCESS_VIOLATION));
    return STATUS_ACCESS_VIOLATION;
  }
  const NTSTATUS status = NtWriteVirtualMemory(Process, Address, from, Size, Written);
  protect(Process, Address, Size, old, ignored);
  NtFlushInstructionCache(Process, Address, Size);
  return base::succeed(status);
}

}  // extern "C"
