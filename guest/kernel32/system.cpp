// The machine and the clock.
#include "arch/registers.hpp"
#include "guest/kernel32/win32.hpp"

namespace {

constexpr WORD processor_architecture_intel = 0;
constexpr DWORD processor_386 = 386, processor_486 = 486;

/// The i486 has an AC flag that can be changed, the 80386 has not. [486 §4.1]
bool has_alignment_check() {
  ULONG before, after;
  asm volatile(
      "pushfl\n\t"
      "pushfl\n\t"
      "popl %0\n\t"
      "movl %0, %1\n\t"
      "xorl %2, %1\n\t"
      "pushl %1\n\t"
      "popfl\n\t"
      "pushfl\n\t"
      "popl %1\n\t"
      "popfl"
      : "=&r"(before), "=&r"(after)
      : "i"(arch::eflags::AC)
      : "cc");
  return ((before ^ after) & arch::eflags::AC) != 0;
}

}  // namespace

extern "C" {

void WINAPI GetSystemInfo(SYSTEM_INFO* Info) {
  SYSTEM_BASIC_INFORMATION basic = {};
  NtQuerySystemInformation(SystemBasicInformation, &basic, sizeof basic, nullptr);
  const bool is_486 = has_alignment_check();
  *Info = {};
  Info->wProcessorArchitecture = processor_architecture_intel;
  Info->dwPageSize = basic.PageSize;
  Info->lpMinimumApplicationAddress = reinterpret_cast<PVOID>(basic.MinimumUserModeAddress);
  Info->lpMaximumApplicationAddress = reinterpret_cast<PVOID>(basic.MaximumUserModeAddress);
  Info->dwActiveProcessorMask = basic.ActiveProcessorsAffinityMask;
  Info->dwNumberOfProcessors = static_cast<UCHAR>(basic.NumberOfProcessors);
  Info->dwProcessorType = is_486 ? processor_486 : processor_386;
  Info->dwAllocationGranularity = basic.AllocationGranularity;
  Info->wProcessorLevel = is_486 ? 4 : 3;
}

/// Milliseconds since boot, from the page the kernel shares: ticks times an 8.24 fixed-point
/// factor.
DWORD WINAPI GetTickCount() {
  const KUSER_SHARED_DATA* shared = SharedUserData();
  return static_cast<DWORD>(
      static_cast<ULONGLONG>(shared->TickCountLow) * shared->TickCountMultiplier >> 24);
}

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER* Counter) {
  return base::succeed(NtQueryPerformanceCounter(Counter, nullptr));
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER* Frequency) {
  LARGE_INTEGER counter;
  return base::succeed(NtQueryPerformanceCounter(&counter, Frequency));
}

void WINAPI GetSystemTimeAsFileTime(FILETIME* Time) {
  LARGE_INTEGER now;
  NtQuerySystemTime(&now);
  *Time = {now.LowPart, static_cast<DWORD>(now.HighPart)};
}

/// Major version in the low byte, minor above it, the build number in the upper half; bit 31 is
/// clear on NT.
DWORD WINAPI GetVersion() {
  const PPEB peb = NtCurrentPeb();
  return peb->OSMajorVersion | peb->OSMinorVersion << 8 |
         static_cast<DWORD>(peb->OSBuildNumber & 0x7FFF) << 16;
}

}  // extern "C"
