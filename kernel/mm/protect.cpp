// NtProtectVirtualMemory.
#include "kernel/ke/irql.hpp"
#include "kernel/mm/address_space.hpp"
#include "kernel/mm/clone.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/mm/regions.hpp"
#include "kernel/mm/section.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ps/process.hpp"

namespace {

/// A page of a section, valid or not.
void protect_shared(EPROCESS* process, const MMVAD* vad, ULONG vpn, MMPROTECTION protection) {
  const PMMPTE pte = MiAddressToPte(vpn << PAGE_SHIFT);
  if (!pte->valid()) {
    MiProtectInvalidPte(process, vad, pte, protection);
    return;
  }
  const KDispatchGuard guard;
  const ULONG index = MiSlotOf(process->Vm, pte);
  MMWSLE& slot = process->Vm.VmWorkingSetList.Wsle[index];
  slot.Protection = protection & 0x1F;
  if (MiIsNoAccess(protection) || MiIsGuard(protection)) {
    MiUnmapSharedPage(process->Vm, pte, index);
  } else {
    if (pte->dirty()) MmPfnDatabase[pte->frame()].Modified = 1;
    *pte = MiMakeValidUserPte(pte->frame(), protection, pte->dirty() && !MiIsWriteCopy(protection));
  }
  KeFlushSingleTb(vpn << PAGE_SHIFT);
}

/// Such a page is charged for: one that has its own copy, or gets it with the first write.
bool may_be_private(const MMVAD* vad, const MMPTE* pte, MMPROTECTION protection) {
  return (pte != nullptr && !MiIsSharedPte(vad, *pte)) || MiIsWriteCopy(protection);
}

/// As the page is now: it may have been copied while something was waited for.
void account_for(EPROCESS* process, MMVAD* vad, ULONG vpn, MMPROTECTION protection, ULONG& charge) {
  const PMMPTE pte = MiAddressToPte(vpn << PAGE_SHIFT);
  MMPROTECTION now;
  MiQueryPage(process, vad, vpn, now);
  const bool before = may_be_private(vad, pte, now), after = may_be_private(vad, pte, protection);
  if (before == after) return;
  vad->VadFlags.CommitCharge = (vad->VadFlags.CommitCharge + (after ? 1u : ~0u)) & 0x7FFFF;
  if (after) {
    --charge;
  } else {
    MiReturnProcessCommitment(process, 1);
  }
}

/// A page of an image that may be written is the process's own then, unless its section is shared.
MMPROTECTION for_page(const MMVAD* vad, ULONG vpn, MMPROTECTION protection) {
  if (vad->VadFlags.VadType != VadImageMap) return protection;
  const MMPROTECTION initial = MiInitialProtection(vad, vpn);
  const bool shared = MiAllowsWrite(initial) && !MiIsWriteCopy(initial);
  const bool copied = MiAllowsWrite(protection) && !MiIsWriteCopy(protection) && !shared;
  return copied ? protection + 1 : protection;  // WRITECOPY follows READWRITE
}

}  // namespace

/// No-access and guard pages must fault: their frames wait in transition.
void MiProtectPage(EPROCESS* process, const MMVAD* vad, ULONG vpn, MMPROTECTION protection) {
  const PMMPTE pte = MiAddressToPte(vpn << PAGE_SHIFT);
  if (pte->Long == 0 && protection == MiInitialProtection(vad, vpn)) return;
  if (MiIsSharedPte(vad, *pte)) {
    protect_shared(process, vad, vpn, protection);
    return;
  }
  if (MiIsWriteCopy(protection)) --protection;  // copied already; READWRITE precedes WRITECOPY
  if (!pte->valid()) {
    MiProtectInvalidPte(process, vad, pte, protection);
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

NTSTATUS MiProtectRange(EPROCESS* process, MMVAD* vad, ULONG first, ULONG last,
                        MMPROTECTION protection, MMPROTECTION& old) {
  const bool mapped = vad->ControlArea != nullptr;
  ULONG charge = 0;  // of pages of a section that may become private from now on
  MiPageWalk walk(process, first, last, vad);
  while (walk.next()) {
    MMPROTECTION before;
    if (!MiQueryPage(process, vad, walk.vpn(), before)) return STATUS_NOT_COMMITTED;
    if (walk.vpn() == first) old = before;
    if (mapped && may_be_private(vad, walk.pte(), for_page(vad, walk.vpn(), protection)) &&
        !may_be_private(vad, walk.pte(), before)) {
      charge += walk.count();
    }
  }
  NTSTATUS status = walk.status();
  if (NT_SUCCESS(status) && !MiChargeProcessCommitment(process, charge)) {
    return MiCommitmentFailure(process, charge);
  }
  if (NT_SUCCESS(status)) status = MiMakePageTables(process, first, last);
  for (ULONG vpn = first; vpn <= last && NT_SUCCESS(status); ++vpn) {
    status = MiMakePageTableResident(process, vpn << PAGE_SHIFT);
    if (!NT_SUCCESS(status)) break;
    status = MiMakeClonePrivate(process, vpn);
    if (!NT_SUCCESS(status)) break;
    const MMPROTECTION wanted = for_page(vad, vpn, protection);
    if (mapped) account_for(process, vad, vpn, wanted, charge);
    MiProtectPage(process, vad, vpn, wanted);
  }
  MiReturnProcessCommitment(process, charge);  // of those that a failure has left
  return status;
}

namespace {

NTSTATUS protect_region(EPROCESS* process, ULONG first, ULONG last, MMPROTECTION protection,
                        MMPROTECTION& old) {
  const MiAddressSpaceGuard lock(process->Vm);
  MMVAD* vad = process->Vm.VadRoot.find(first);
  if (vad == nullptr || vad->EndingVpn < last || vad->VadFlags.NoChange != 0) {
    return STATUS_CONFLICTING_ADDRESSES;
  }
  const bool mapped = vad->ControlArea != nullptr;
  if (mapped && vad->VadFlags.VadType != VadImageMap &&
      !MiIsProtectionCompatible(vad->VadFlags.Protection, protection)) {
    return STATUS_SECTION_PROTECTION;
  }
  if (!mapped && MiIsWriteCopy(protection)) {
    return STATUS_INVALID_PAGE_PROTECTION;  // there is nothing to copy from
  }
  return MiProtectRange(process, vad, first, last, protection, old);
}

}  // namespace

NTSTATUS MmProtectVirtualMemory(EPROCESS* process, MmRegion& region, ULONG protect, ULONG& old) {
  const MMPROTECTION protection = MiMakeProtectionMask(protect);
  if (protection == MM_INVALID_PROTECTION) return STATUS_INVALID_PAGE_PROTECTION;
  if (region.base > MM_HIGHEST_VAD_ADDRESS) return STATUS_INVALID_PARAMETER_2;
  if (region.size == 0 || region.size > MM_HIGHEST_VAD_ADDRESS + 1 - region.base) {
    return STATUS_INVALID_PARAMETER_3;
  }
  const ULONG first = PageGeometry::page_of(region.base);
  const ULONG last = PageGeometry::page_of(region.base + region.size - 1);
  const ULONG pages = last - first + 1, page_tables = pages / PageGeometry::table_entries + 2;
  MMPROTECTION first_protection;
  const NTSTATUS status = MiWithCommitment(pages + page_tables, [&] {
    return protect_region(process, first, last, protection, first_protection);
  });
  if (!NT_SUCCESS(status)) return status;
  old = MiProtectionToPage(first_protection);
  region = MiRegion(first, last);
  return STATUS_SUCCESS;
}
