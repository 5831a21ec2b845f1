// A process's working set: pages enter by faults, leave by replacement and by trimming.
#pragma once

#include "kernel/mm/address_space.hpp"

extern "C" {
/// Pages that left a working set: replaced by a page of the same process; trimmed.
extern ULONG MmPageReplacements, MmPagesTrimmed;
}

bool MiInitializeWorkingSet(EPROCESS* process);
/// The list's memory, when no page is valid any more.
void MiDeleteWorkingSet(EPROCESS* process);

// At DISPATCH_LEVEL, with the process's WorkingSetLock held.
/// Before a page comes in: takes another one out where policy says so, and grows the list where it
/// has no slot left. False when there is neither memory for it nor a page to replace.
bool MiMakeRoomInWorkingSet(EPROCESS* process);
/// The page `pte` maps has become valid.
void MiAddToWorkingSet(EPROCESS* process, const MMPTE* pte);
/// It is about to be invalid.
void MiRemoveFromWorkingSet(EPROCESS* process, ULONG frame);

/// Takes `pages` pages out, as far as there are any above the minimum; returns how many.
ULONG MiTrimWorkingSet(EPROCESS* process, ULONG pages);

/// Every second, and when pages get few: trims working sets, wakes the modified page writer.
[[noreturn]] void KeBalanceSetManager(PVOID);
