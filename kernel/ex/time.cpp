// Time for user mode.
#include "arch/ports.hpp"
#include "kernel/ke/clock.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/system_services.hpp"

NTSTATUS NTAPI NtQuerySystemTime(PLARGE_INTEGER time) {
  return MmWriteUser(time, LARGE_INTEGER{.QuadPart = KeQuerySystemTime()});
}

ULONG NTAPI NtGetTickCount() { return KeGetTickCount() * (1000 / KeClockHz); }

NTSTATUS NTAPI NtQueryPerformanceCounter(PLARGE_INTEGER counter, PLARGE_INTEGER frequency) {
  const NTSTATUS status =
      MmWriteUser(counter, LARGE_INTEGER{.QuadPart = KeQueryPerformanceCounter()});
  if (!NT_SUCCESS(status)) return status;
  return MmWriteUserOptional(frequency, LARGE_INTEGER{.QuadPart = arch::pit_hz});
}
