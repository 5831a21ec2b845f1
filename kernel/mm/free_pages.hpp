// Thresholds of available pages (zeroed + free + standby) and what happens at them.
#pragma once

#include "kernel/ke/dispatcher_objects.hpp"

extern "C" {
/// The last pages are the kernel's: a user page waits until there are more than these.
extern ULONG MmMinimumFreePages;
/// Below it trimming and the modified page writer work; above, working sets may pass their maximum.
extern ULONG MmPlentifulFreePages;
extern KEVENT MmWorkingSetManagerEvent;
}

void MiInitializeFreePages();

// At DISPATCH_LEVEL.
void MiPageBecameFree();
void MiPageBecameAvailable();
void MiPageWasTaken();

/// Wakes those who make pages available and waits until a user page may be taken. The caller holds
/// no working-set lock: trimming needs it.
void MiWaitForFreePages();

/// Zeroes free pages for ever, at the lowest priority.
[[noreturn]] void MmZeroPageThread(PVOID);
