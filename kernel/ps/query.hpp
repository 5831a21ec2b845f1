// What NtQuerySystemInformation tells of the processes.
#pragma once

#include "kernel/ps/process.hpp"

/// Writes SYSTEM_PROCESS_INFORMATION records to user memory; `needed` is the size of them all.
NTSTATUS PsQueryProcesses(ULONG user_buffer, ULONG length, ULONG& needed);
VM_COUNTERS PsVmCounters(const EPROCESS* process);
