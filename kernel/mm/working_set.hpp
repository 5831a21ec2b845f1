// A working set, of a process or of the system: pages enter by faults, leave by replacement and by
// trimming.
#pragma once

#include "kernel/mm/address_space.hpp"

extern "C" {
/// Pages that left a working set: replaced by a page of the same process; trimmed.
extern ULONG MmPageReplacements, MmPagesTrimmed;
}

/// `vm.Process` says whose it is. Charges the minimum.
bool MiInitializeWorkingSet(MMSUPPORT& vm);
/// The list's memory, when no page is valid any more.
void MiDeleteWorkingSet(MMSUPPORT& vm);

// At DISPATCH_LEVEL, with its WorkingSetLock held.
/// Before a page comes in: takes another one out where policy says so, and grows the list where it
/// has no slot left. False when there is neither memory for it nor a page to replace.
bool MiMakeRoomInWorkingSet(MMSUPPORT& vm);
/// The page `pte` maps has become valid.
void MiAddToWorkingSet(MMSUPPORT& vm, const MMPTE* pte);
/// It is about to be invalid.
void MiRemoveFromWorkingSet(MMSUPPORT& vm, ULONG frame);

/// Takes `pages` pages out, as far as there are any above the minimum; returns how many.
ULONG MiTrimWorkingSet(MMSUPPORT& vm, ULONG pages);

/// Every second, and when pages get few: trims working sets, wakes the modified page writer.
[[noreturn]] void KeBalanceSetManager(PVOID);
