// NtProtectVirtualMemory.
#include "kernel/ke/irql.hpp"
#include "kernel/mm/address_space.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/regions.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ps/process.hpp"

/// No-access and guard pages must fault: their frames wait in transition.
void MiProtectPage(EPROCESS* process, const MMVAD* vad, ULONG vpn, MMPROTECTION protection) {
  const PMMPTE pte = MiAddressToPte(vpn << PAGE_SHIFT);
  if (!pte->valid()) {
    if (pte->Long == 0 && protection == vad->VadFlags.Protection) return;
    MiProtectInvalidPte(process, pte, protection);
    return;
  }
  const KDispatchGuard guard;
  if (MiIsNoAccess(protection) || MiIsGuard(protection)) {
    MiRemoveFromWorkingSet(process->Vm, pte->frame());
    MiMakeTransition(pte, protection);
  } else {
    MMPFN& pfn = MmPfnDatabase[pte->frame()];
    if (pte->dirty()) pfn.Modified = 1;
    pfn.OriginalPte = MMPTE{pfn.OriginalPte}.with_protection(protection).Long;
    *pte = MiMakeValidUserPte(pte->frame(), protection, pte->dirty());
  }
  KeFlushSingleTb(vpn << PAGE_SHIFT);
}

NTSTATUS MmProtectVirtualMemory(EPROCESS* process, MmRegion& region, ULONG protect, ULONG& old) {
  MMPROTECTION protection = MiMakeProtectionMask(protect);
  if (protection == MM_INVALID_PROTECTION) return STATUS_INVALID_PAGE_PROTECTION;
  if (region.base > MM_HIGHEST_VAD_ADDRESS) return STATUS_INVALID_PARAMETER_2;
  if (region.size == 0 || region.size > MM_HIGHEST_VAD_ADDRESS + 1 - region.base) {
    return STATUS_INVALID_PARAMETER_3;
  }
  const ULONG first = PageGeometry::page_of(region.base);
  const ULONG last = PageGeometry::page_of(region.base + region.size - 1);
  const MiAddressSpaceGuard lock(process->Vm);
  MMVAD* vad = process->Vm.VadRoot.find(first);
  if (vad == nullptr || vad->EndingVpn < last || vad->VadFlags.NoChange != 0) {
    return STATUS_CONFLICTING_ADDRESSES;
  }
  if (MiIsWriteCopy(protection)) {
    // An image's pages are private copies already; other private memory has nothing to copy from.
    if (vad->VadFlags.VadType != VadImageMap) return STATUS_INVALID_PAGE_PROTECTION;
    --protection;  // the READWRITE code precedes the WRITECOPY one
  }
  MMPROTECTION first_protection = 0;
  MiPageWalk walk(process, first, last);
  while (walk.next()) {
    MMPROTECTION page_protection;
    if (!MiQueryPage(vad, walk.vpn(), page_protection)) return STATUS_NOT_COMMITTED;
    if (walk.vpn() == first) first_protection = page_protection;
  }
  NTSTATUS status = walk.status();
  if (NT_SUCCESS(status)) status = MiMakePageTables(process, first, last);
  for (ULONG vpn = first; vpn <= last && NT_SUCCESS(status); ++vpn) {
    status = MiMakePageTableResident(process, vpn << PAGE_SHIFT);
    if (NT_SUCCESS(status)) MiProtectPage(process, vad, vpn, protection);
  }
  if (!NT_SUCCESS(status)) return status;
  old = MiProtectionToPage(first_protection);
  region = MiRegion(first, last);
  return STATUS_SUCCESS;
}
