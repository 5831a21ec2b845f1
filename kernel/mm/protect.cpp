// NtProtectVirtualMemory.
#include "kernel/ke/irql.hpp"
#include "kernel/mm/address_space.hpp"
#include "kernel/mm/free_pages.hpp"
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
  MiWaitForFreePages();  // page tables may be needed
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
  for (ULONG vpn = first; vpn <= last; ++vpn) {
    MMPROTECTION page_protection;
    if (!MiQueryPage(vad, vpn, page_protection)) return STATUS_NOT_COMMITTED;
    if (vpn == first) first_protection = page_protection;
  }
  for (ULONG vpn = first; vpn <= last; ++vpn) {
    if (!MiMakePageTableExist(process, vpn << PAGE_SHIFT)) return STATUS_COMMITMENT_LIMIT;
  }
  for (ULONG vpn = first; vpn <= last; ++vpn) MiProtectPage(process, vad, vpn, protection);
  old = MiProtectionToPage(first_protection);
  region = MiRegion(first, last);
  return STATUS_SUCCESS;
}
