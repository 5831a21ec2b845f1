// NtLockVirtualMemory and NtUnlockVirtualMemory: pages that stay in their working set.
#include "kernel/ke/irql.hpp"
#include "kernel/mm/fault.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/regions.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ps/process.hpp"

namespace {

NTSTATUS find_range(const MmRegion& region, ULONG& first, ULONG& last) {
  if (region.base > MM_HIGHEST_VAD_ADDRESS) return STATUS_INVALID_PARAMETER_2;
  if (region.size == 0 || region.size > MM_HIGHEST_VAD_ADDRESS + 1 - region.base) {
    return STATUS_INVALID_PARAMETER_3;
  }
  first = PageGeometry::page_of(region.base);
  last = PageGeometry::page_of(region.base + region.size - 1);
  return STATUS_SUCCESS;
}

/// Whatever a page has to say to being touched, it says now: that it is not committed, may not be
/// touched, is a guard, can't be read from the disk.
NTSTATUS touch(ULONG first, ULONG last) {
  for (ULONG vpn = first; vpn <= last; ++vpn) {
    UCHAR byte;
    const NTSTATUS status = MmReadUser(vpn << PAGE_SHIFT, byte);
    if (!NT_SUCCESS(status)) return status;
  }
  return STATUS_SUCCESS;
}

bool is_locked(const MMSUPPORT& vm, ULONG index) {
  return index != MM_NO_WSLE && vm.VmWorkingSetList.Wsle[index].LockedInWs != 0;
}

/// Brings the page into the working set and returns its slot, still with the lock held under which
/// it was found there. It may have been trimmed since it was touched, and its protection changed.
NTSTATUS bring_page(EPROCESS* process, ULONG vpn, ULONG& index) {
  MMSUPPORT& vm = process->Vm;
  while ((index = MiSlotOfPage(vm, vpn)) == MM_NO_WSLE) {
    const NTSTATUS table = MiMakePageTableResident(process, vpn << PAGE_SHIFT);
    if (!NT_SUCCESS(table)) return table;
    const MMVAD* vad = vm.VadRoot.find(vpn);
    MMPROTECTION protection;
    if (vad == nullptr || !MiQueryPage(process, vad, vpn, protection) || MiIsNoAccess(protection) ||
        MiIsGuard(protection)) {
      return STATUS_ACCESS_VIOLATION;
    }
    ExReleaseFastMutex(&vm.WorkingSetLock);
    const NTSTATUS status =
        MmAccessFault(0, reinterpret_cast<PVOID>(vpn << PAGE_SHIFT), KernelMode, nullptr);
    ExAcquireFastMutex(&vm.WorkingSetLock);
    if (!NT_SUCCESS(status)) return status;
  }
  return STATUS_SUCCESS;
}

/// The pages that this call has locked carry Age until it has locked them all.
void settle(MMSUPPORT& vm, ULONG first, ULONG last, bool keep) {
  const KDispatchGuard guard;
  for (ULONG vpn = first; vpn <= last; ++vpn) {
    const ULONG index = MiSlotOfPage(vm, vpn);
    if (!is_locked(vm, index) || vm.VmWorkingSetList.Wsle[index].Age == 0) continue;
    vm.VmWorkingSetList.Wsle[index].Age = 0;
    if (!keep) MiUnlockWsle(vm, index);
  }
}

}  // namespace

/// There is no count: a page that is locked already stays as it is.
NTSTATUS MmLockVirtualMemory(EPROCESS* process, MmRegion& region) {
  ULONG first, last;
  NTSTATUS status = find_range(region, first, last);
  if (!NT_SUCCESS(status)) return status;
  MMSUPPORT& vm = process->Vm;
  if (last - first >= vm.MinimumWorkingSetSize) return STATUS_WORKING_SET_QUOTA;
  status = touch(first, last);
  if (!NT_SUCCESS(status)) return status;
  const MiAddressSpaceGuard lock(vm);
  bool was_locked = false;
  ULONG vpn = first;
  for (; vpn <= last && NT_SUCCESS(status); ++vpn) {
    ULONG index;
    status = bring_page(process, vpn, index);
    if (!NT_SUCCESS(status)) break;
    const KDispatchGuard guard;
    if (is_locked(vm, index)) {
      was_locked = true;
      continue;
    }
    status = MiLockWsle(vm, index);
    if (NT_SUCCESS(status)) vm.VmWorkingSetList.Wsle[index].Age = 1;
  }
  settle(vm, first, last, NT_SUCCESS(status));
  if (!NT_SUCCESS(status)) return status;
  region = MiRegion(first, last);
  return was_locked ? STATUS_WAS_LOCKED : STATUS_SUCCESS;
}

/// All of them or none.
NTSTATUS MmUnlockVirtualMemory(EPROCESS* process, MmRegion& region) {
  ULONG first, last;
  const NTSTATUS status = find_range(region, first, last);
  if (!NT_SUCCESS(status)) return status;
  const MiAddressSpaceGuard lock(process->Vm);
  const KDispatchGuard guard;
  for (ULONG vpn = first; vpn <= last; ++vpn) {
    if (!is_locked(process->Vm, MiSlotOfPage(process->Vm, vpn))) return STATUS_NOT_LOCKED;
  }
  for (ULONG vpn = first; vpn <= last; ++vpn) {
    MiUnlockWsle(process->Vm, MiSlotOfPage(process->Vm, vpn));
  }
  region = MiRegion(first, last);
  return STATUS_SUCCESS;
}

/// Pages of (ULONG)-1 for both empty the working set. What the minimum grows by must be there.
NTSTATUS MmAdjustWorkingSetSize(EPROCESS* process, SIZE_T minimum, SIZE_T maximum) {
  MMSUPPORT& vm = process->Vm;
  const FastMutexGuard lock(vm.WorkingSetLock);
  if (vm.VmWorkingSetList.Wsle == nullptr) return STATUS_PROCESS_IS_TERMINATING;
  constexpr SIZE_T empty = ~SIZE_T{0};
  if (minimum == empty && maximum == empty) {
    MiEmptyWorkingSet(vm);
    return STATUS_SUCCESS;
  }
  ULONG least = PageGeometry::page_of(minimum), most = PageGeometry::page_of(maximum);
  if (least < MM_SMALLEST_WORKING_SET) least = MM_SMALLEST_WORKING_SET;
  if (least > most || vm.LockedPages > least) return STATUS_BAD_WORKING_SET_LIMIT;
  const KDispatchGuard guard;
  if (!MiSetWorkingSetMinimum(vm, least)) return STATUS_INSUFFICIENT_RESOURCES;
  vm.MaximumWorkingSetSize = most;
  return STATUS_SUCCESS;
}
