// Virtual memory: VirtualAlloc and its kin, the tests for bad pointers, GlobalMemoryStatus.
#include "guest/kernel32/win32.hpp"

namespace {

DWORD saturate(ULONGLONG bytes) {
  return bytes > 0xFFFFFFFF ? 0xFFFFFFFF : static_cast<DWORD>(bytes);
}
DWORD pages_to_bytes(ULONG pages) { return saturate(static_cast<ULONGLONG>(pages) << PAGE_SHIFT); }

/// Whether every page of a range has one of the protections in `allowed`.
bool range_allows(const void* start, SIZE_T bytes, ULONG allowed) {
  if (bytes == 0) return true;
  auto at = reinterpret_cast<ULONG_PTR>(start);
  const ULONG_PTR last = at + bytes - 1;
  if (last < at) return false;
  while (at <= last) {
    MEMORY_BASIC_INFORMATION info;
    const NTSTATUS status =
        NtQueryVirtualMemory(NtCurrentProcess(), reinterpret_cast<PVOID>(at),
                             MemoryBasicInformation, &info, sizeof info, nullptr);
    if (!NT_SUCCESS(status) || info.State != MEM_COMMIT || (info.Protect & PAGE_GUARD) != 0 ||
        (info.Protect & allowed) == 0) {
      return false;
    }
    const ULONG_PTR next = reinterpret_cast<ULONG_PTR>(info.BaseAddress) + info.RegionSize;
    if (next <= at) return false;
    at = next;
  }
  return true;
}

constexpr ULONG writable_protections =
    PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
// The processor has no pages that can be executed but not read.
constexpr ULONG readable_protections =
    writable_protections | PAGE_READONLY | PAGE_EXECUTE | PAGE_EXECUTE_READ;

}  // namespace

extern "C" {

PVOID WINAPI VirtualAllocEx(HANDLE Process, PVOID Address, SIZE_T Size, DWORD Type, DWORD Protect) {
  if (Address != nullptr && reinterpret_cast<ULONG_PTR>(Address) < MM_LOWEST_USER_ADDRESS) {
    base::fail(ERROR_INVALID_PARAMETER);
    return nullptr;
  }
  const NTSTATUS status = NtAllocateVirtualMemory(Process, &Address, 0, &Size, Type, Protect);
  return base::succeed(status) ? Address : nullptr;
}

PVOID WINAPI VirtualAlloc(PVOID Address, SIZE_T Size, DWORD Type, DWORD Protect) {
  return VirtualAllocEx(NtCurrentProcess(), Address, Size, Type, Protect);
}

BOOL WINAPI VirtualFreeEx(HANDLE Process, PVOID Address, SIZE_T Size, DWORD Type) {
  if ((Type & MEM_RELEASE) != 0 && Size != 0) return base::fail(ERROR_INVALID_PARAMETER);
  return base::succeed(NtFreeVirtualMemory(Process, &Address, &Size, Type));
}

BOOL WINAPI VirtualFree(PVOID Address, SIZE_T Size, DWORD Type) {
  return VirtualFreeEx(NtCurrentProcess(), Address, Size, Type);
}

BOOL WINAPI VirtualProtectEx(HANDLE Process, PVOID Address, SIZE_T Size, DWORD Protect,
                             DWORD* OldProtect) {
  return base::succeed(NtProtectVirtualMemory(Process, &Address, &Size, Protect, OldProtect));
}

BOOL WINAPI VirtualProtect(PVOID Address, SIZE_T Size, DWORD Protect, DWORD* OldProtect) {
  return VirtualProtectEx(NtCurrentProcess(), Address, Size, Protect, OldProtect);
}

SIZE_T WINAPI VirtualQueryEx(HANDLE Process, const void* Address,
                             PMEMORY_BASIC_INFORMATION Information, SIZE_T Length) {
  SIZE_T returned = 0;
  const NTSTATUS status = NtQueryVirtualMemory(
      Process, const_cast<PVOID>(Address), MemoryBasicInformation, Information, Length, &returned);
  return base::succeed(status) ? returned : 0;
}

SIZE_T WINAPI VirtualQuery(const void* Address, PMEMORY_BASIC_INFORMATION Information,
                           SIZE_T Length) {
  return VirtualQueryEx(NtCurrentProcess(), Address, Information, Length);
}

BOOL WINAPI VirtualLock(PVOID Address, SIZE_T Size) {
  return base::succeed(NtLockVirtualMemory(NtCurrentProcess(), &Address, &Size, MAP_PROCESS));
}

BOOL WINAPI VirtualUnlock(PVOID Address, SIZE_T Size) {
  return base::succeed(NtUnlockVirtualMemory(NtCurrentProcess(), &Address, &Size, MAP_PROCESS));
}

BOOL WINAPI SetProcessWorkingSetSize(HANDLE Process, SIZE_T Minimum, SIZE_T Maximum) {
  if (Minimum == 0 || Maximum == 0) return base::fail(ERROR_INVALID_PARAMETER);
  QUOTA_LIMITS limits = {};
  limits.MinimumWorkingSetSize = Minimum;
  limits.MaximumWorkingSetSize = Maximum;
  return base::succeed(
      NtSetInformationProcess(Process, ProcessQuotaLimits, &limits, sizeof limits));
}

BOOL WINAPI GetProcessWorkingSetSize(HANDLE Process, SIZE_T* Minimum, SIZE_T* Maximum) {
  QUOTA_LIMITS limits;
  const NTSTATUS status =
      NtQueryInformationProcess(Process, ProcessQuotaLimits, &limits, sizeof limits, nullptr);
  if (!base::succeed(status)) return 0;
  *Minimum = limits.MinimumWorkingSetSize;
  *Maximum = limits.MaximumWorkingSetSize;
  return 1;
}

/// These two ask instead of trying, so they leave guard pages armed.
BOOL WINAPI IsBadReadPtr(const void* Address, UINT Bytes) {
  return !range_allows(Address, Bytes, readable_protections);
}

BOOL WINAPI IsBadWritePtr(PVOID Address, UINT Bytes) {
  return !range_allows(Address, Bytes, writable_protections);
}

BOOL WINAPI IsBadCodePtr(PVOID Address) { return IsBadReadPtr(Address, 1); }

/// Asks once for every page the string reaches.
BOOL WINAPI IsBadStringPtrA(LPCSTR Text, UINT Longest) {
  bool known = false;
  for (; Longest != 0; --Longest, ++Text) {
    const bool new_page = (reinterpret_cast<ULONG_PTR>(Text) & (PAGE_SIZE - 1)) == 0;
    if ((!known || new_page) && IsBadReadPtr(Text, 1)) return 1;
    known = true;
    if (*Text == '\0') return 0;
  }
  return 0;
}

void WINAPI GlobalMemoryStatus(MEMORYSTATUS* Status) {
  SYSTEM_BASIC_INFORMATION basic = {};
  SYSTEM_PERFORMANCE_INFORMATION performance = {};
  VM_COUNTERS counters = {};
  NtQuerySystemInformation(SystemBasicInformation, &basic, sizeof basic, nullptr);
  NtQuerySystemInformation(SystemPerformanceInformation, &performance, sizeof performance, nullptr);
  NtQueryInformationProcess(NtCurrentProcess(), ProcessVmCounters, &counters, sizeof counters,
                            nullptr);
  const ULONG total = basic.NumberOfPhysicalPages;
  const ULONG used = total - performance.AvailablePages;
  Status->dwLength = sizeof *Status;
  Status->dwMemoryLoad = total == 0 ? 0 : used * 100 / total;
  Status->dwTotalPhys = pages_to_bytes(total);
  Status->dwAvailPhys = pages_to_bytes(performance.AvailablePages);
  Status->dwTotalPageFile = pages_to_bytes(performance.CommitLimit);
  Status->dwAvailPageFile = pages_to_bytes(performance.CommitLimit - performance.CommittedPages);
  Status->dwTotalVirtual = basic.MaximumUserModeAddress - basic.MinimumUserModeAddress + 1;
  Status->dwAvailVirtual = Status->dwTotalVirtual - counters.VirtualSize;
}

}  // extern "C"
