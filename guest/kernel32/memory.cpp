// Virtual memory: VirtualAlloc and its kin, the tests for bad pointers, GlobalMemoryStatus.
#include "guest/kernel32/win32.hpp"
#include "guest/ntdll/guarded_call.hpp"

namespace {

DWORD saturate(ULONGLONG bytes) {
  return bytes > 0xFFFFFFFF ? 0xFFFFFFFF : static_cast<DWORD>(bytes);
}
DWORD pages_to_bytes(ULONG pages) { return saturate(static_cast<ULONGLONG>(pages) << PAGE_SHIFT); }

/// What a probe is to touch.
struct Probe {
  char* address;
  SIZE_T bytes;
};

char* next_page(char* at) {
  return reinterpret_cast<char*>((reinterpret_cast<ULONG_PTR>(at) | (PAGE_SIZE - 1)) + 1);
}

/// A byte of each page.
template <class Touch>
void touch_pages(const Probe& probe, Touch touch) {
  char* const last = probe.address + probe.bytes - 1;
  for (char* at = probe.address;; at = next_page(at)) {
    touch(at);
    if (next_page(at) > last || next_page(at) == nullptr) break;
  }
  touch(last);
}

ULONG NTAPI probe_read(PVOID argument) {
  touch_pages(*static_cast<Probe*>(argument), [](char* at) { *static_cast<volatile char*>(at); });
  return 0;
}

/// Changes nothing, whoever else writes at the same time.
ULONG NTAPI probe_write(PVOID argument) {
  touch_pages(*static_cast<Probe*>(argument), [](char* at) {
    asm volatile("lock orb $0, %0" : "+m"(*at) : : "cc");
  });
  return 0;
}

ULONG NTAPI probe_string(PVOID argument) {
  const auto* probe = static_cast<Probe*>(argument);
  const volatile char* at = probe->address;
  for (SIZE_T left = probe->bytes; left != 0 && *at != '\0'; --left) ++at;
  return 0;
}

BOOL is_bad(ULONG(NTAPI* touch)(PVOID), const void* address, SIZE_T bytes) {
  Probe probe = {static_cast<char*>(const_cast<PVOID>(address)), bytes};
  if (bytes == 0) return 0;
  if (reinterpret_cast<ULONG_PTR>(address) + bytes - 1 < reinterpret_cast<ULONG_PTR>(address)) {
    return 1;
  }
  return RtlpGuardedCall(touch, &probe, 1) != 0;
}

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

// These try, so a guard page is bad once.

BOOL WINAPI IsBadReadPtr(const void* Address, UINT Bytes) {
  return is_bad(probe_read, Address, Bytes);
}

BOOL WINAPI IsBadWritePtr(PVOID Address, UINT Bytes) { return is_bad(probe_write, Address, Bytes); }
BOOL WINAPI IsBadCodePtr(PVOID Address) { return is_bad(probe_read, Address, 1); }

BOOL WINAPI IsBadStringPtrA(LPCSTR Text, UINT Longest) {
  Probe probe = {const_cast<LPSTR>(Text), Longest};
  return RtlpGuardedCall(probe_string, &probe, 1) != 0;
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
