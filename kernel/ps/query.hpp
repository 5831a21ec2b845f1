// What NtQuerySystemInformation tells of the processes.
#pragma once

#include "kernel/ke/clock.hpp"
#include "kernel/ps/process.hpp"

/// Writes SYSTEM_PROCESS_INFORMATION records to user memory; `needed` is the size of them all.
NTSTATUS PsQueryProcesses(ULONG user_buffer, ULONG length, ULONG& needed);
VM_COUNTERS PsVmCounters(const EPROCESS* process);

inline LARGE_INTEGER PsTicksToTime(ULONG ticks) {
  return {.QuadPart = LONGLONG{ticks} * LONGLONG{KeTimeIncrement}};
}
