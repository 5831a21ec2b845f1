// NtFreeVirtualMemory: decommit pages, or release a region or a part of it.
#include "kernel/mm/address_space.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/regions.hpp"
#include "kernel/ps/process.hpp"

namespace {

ULONG count_committed(const MMVAD* vad, ULONG first, ULONG last) {
  ULONG count = 0;
  for (ULONG vpn = first; vpn <= last; ++vpn) {
    const ULONG end = MiEndOfUniformRun(vpn, last);
    MMPROTECTION protection;
    if (MiQueryPage(vad, vpn, protection)) count += end - vpn + 1;
    vpn = end;
  }
  return count;
}

/// Takes the backing of [first, last] away; returns the pages that were committed.
ULONG decommit_pages(EPROCESS* process, const MMVAD* vad, ULONG first, ULONG last,
                     MMPTE replacement) {
  const ULONG count = count_committed(vad, first, last);
  for (ULONG vpn = first; vpn <= last; ++vpn) {
    const ULONG address = vpn << PAGE_SHIFT;
    if (MiPageTableExists(address)) {
      MiDeletePte(process, MiAddressToPte(address), replacement);
    } else {
      vpn = MiEndOfUniformRun(vpn, last);
    }
  }
  return count;
}

NTSTATUS decommit(EPROCESS* process, MMVAD* vad, ULONG first, ULONG last) {
  // In a region committed as a whole a zero PTE means committed: decommitted pages need an entry.
  MMPTE replacement = MmZeroPte;
  if (vad->VadFlags.MemCommit != 0) {
    for (ULONG vpn = first; vpn <= last; ++vpn) {
      if (!MiMakePageTableExist(process, vpn << PAGE_SHIFT)) return STATUS_COMMITMENT_LIMIT;
    }
    replacement = MmDecommittedPte;
  }
  const ULONG count = decommit_pages(process, vad, first, last, replacement);
  vad->VadFlags.CommitCharge = (vad->VadFlags.CommitCharge - count) & 0x7FFFF;
  MiReturnProcessCommitment(process, count);
  MiFreeEmptyPageTables(process, first, last);
  return STATUS_SUCCESS;
}

/// What is left below and above [first, last] stays as one region or two.
NTSTATUS release(EPROCESS* process, MMVAD* vad, ULONG first, ULONG last) {
  const bool below = first > vad->StartingVpn, above = last < vad->EndingVpn;
  MMVAD* upper = nullptr;
  if (below && above) {
    upper = MiAllocateVad(last + 1, vad->EndingVpn, vad->VadFlags.Protection);
    if (upper == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  }
  const ULONG count = decommit_pages(process, vad, first, last, MmZeroPte);
  MiReturnProcessCommitment(process, count);
  const ULONG rest = vad->VadFlags.CommitCharge - count;
  ULONG upper_charge = 0;
  if (upper != nullptr) {
    upper_charge = count_committed(vad, upper->StartingVpn, upper->EndingVpn);
    upper->VadFlags = vad->VadFlags;
    upper->VadFlags.CommitCharge = upper_charge & 0x7FFFF;
  }
  MiRemoveVad(process, vad);
  vad->VadFlags.CommitCharge = (rest - upper_charge) & 0x7FFFF;
  if (below) {
    vad->EndingVpn = first - 1;
    MiInsertVad(process, vad);
  } else if (above) {
    vad->StartingVpn = last + 1;
    MiInsertVad(process, vad);
  } else {
    ExFreePool(vad);
  }
  if (upper != nullptr) MiInsertVad(process, upper);
  MiFreeEmptyPageTables(process, first, last);
  return STATUS_SUCCESS;
}

}  // namespace

NTSTATUS MmFreeVirtualMemory(EPROCESS* process, MmRegion& region, ULONG type) {
  if (type != MEM_DECOMMIT && type != MEM_RELEASE) return STATUS_INVALID_PARAMETER_4;
  if (region.base > MM_HIGHEST_VAD_ADDRESS) return STATUS_INVALID_PARAMETER_2;
  if (region.size > MM_HIGHEST_VAD_ADDRESS + 1 - region.base) return STATUS_INVALID_PARAMETER_3;
  const ULONG first = PageGeometry::page_of(region.base);
  ULONG last = region.size == 0 ? first : PageGeometry::page_of(region.base + region.size - 1);
  if (type == MEM_DECOMMIT) MiWaitForFreePages();  // page tables may be needed
  const MiAddressSpaceGuard lock(process->Vm);
  MMVAD* vad = process->Vm.VadRoot.find(first);
  if (vad == nullptr || vad->VadFlags.NoChange != 0) return STATUS_MEMORY_NOT_ALLOCATED;
  if (vad->EndingVpn < last) return STATUS_UNABLE_TO_FREE_VM;
  if (vad->VadFlags.VadType == VadImageMap) return STATUS_UNABLE_TO_DELETE_SECTION;
  if (region.size == 0) {
    if (first != vad->StartingVpn) return STATUS_FREE_VM_NOT_AT_BASE;
    last = vad->EndingVpn;
  }
  const NTSTATUS status = type == MEM_DECOMMIT ? decommit(process, vad, first, last)
                                               : release(process, vad, first, last);
  if (NT_SUCCESS(status)) region = MiRegion(first, last);
  return status;
}
