// A working set, of a process or of the system: pages enter by faults, leave by replacement and by
// trimming.
#pragma once

#include "kernel/mm/address_space.hpp"

extern "C" {
/// Pages that left a working set: replaced by a page of the same process; trimmed.
extern ULONG MmPageReplacements, MmPagesTrimmed;
/// Processes that were taken out of memory as a whole.
extern ULONG MmProcessOutswapCount;
}

inline constexpr ULONG MM_SMALLEST_WORKING_SET = 20;
/// Pages that a process with locked ones can still be sure of: one instruction and its operands may
/// need six pages, and page tables.
inline constexpr ULONG MM_FLUID_WORKING_SET = 16;

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
/// It is about to be invalid; a locked one is no longer locked.
void MiRemoveFromWorkingSet(MMSUPPORT& vm, ULONG frame);
void MiEmptySlot(MMSUPPORT& vm, ULONG index);
/// A locked page stays. STATUS_WORKING_SET_QUOTA when as many are as the minimum allows,
/// STATUS_INSUFFICIENT_RESOURCES when memory can't do without the page.
NTSTATUS MiLockWsle(MMSUPPORT& vm, ULONG index);
void MiUnlockWsle(MMSUPPORT& vm, ULONG index);
/// False when the larger minimum can't be guaranteed.
bool MiSetWorkingSetMinimum(MMSUPPORT& vm, ULONG pages);

// With the WorkingSetLock held.
/// The slot of a page of the process attached; MM_NO_WSLE when the page isn't valid.
ULONG MiSlotOfPage(const MMSUPPORT& vm, ULONG vpn);
/// Takes every page out that may leave, minimum or not.
void MiEmptyWorkingSet(MMSUPPORT& vm);
/// Takes `pages` pages out, as far as there are any above the minimum; returns how many.
ULONG MiTrimWorkingSet(MMSUPPORT& vm, ULONG pages);

/// Has every thread of the process waited in user mode for seconds?
bool MiIsIdleProcess(const EPROCESS* process);
/// Takes out every page that may leave; they come back by faults.
void MiOutswapProcess(EPROCESS* process);

/// Every second, and when pages get few: trims working sets, wakes the modified page writer.
[[noreturn]] void KeBalanceSetManager(PVOID);
