// Cloning an address space, and the pages that clones share.
#include "kernel/mm/clone.hpp"

#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/fault.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/mm/section.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

constexpr ULONG clone_tag = PoolTag("MmCl");

constexpr MMPROTECTION copied_on_write(MMPROTECTION code) {
  return MiAllowsWrite(code) && !MiIsWriteCopy(code) ? code + 1 : code;  // WRITECOPY follows
}

/// Room for prototype PTEs of `count` pages, with one reference for the caller.
CONTROL_AREA* create_area(ULONG count) {
  const ULONG size = sizeof(CONTROL_AREA) + count * (sizeof(MMPTE) + sizeof(USHORT));
  auto* area = static_cast<CONTROL_AREA*>(ExAllocatePoolWithTag(NonPagedPool, size, clone_tag));
  if (area == nullptr) return nullptr;
  RtlZeroMemory(area, size);
  auto* ptes = reinterpret_cast<PMMPTE>(area + 1);
  area->Segment.ControlArea = area;
  area->Segment.TotalNumberOfPtes = count;
  area->Segment.PrototypePte = ptes;
  area->CloneReferences = reinterpret_cast<USHORT*>(ptes + count);
  area->NumberOfSectionReferences = 1;
  const KDispatchGuard guard;
  InsertTailList(&MmControlAreas, &area->Links);
  return area;
}

/// At DISPATCH_LEVEL.
void dereference_area(CONTROL_AREA* area) {
  if (--area->NumberOfSectionReferences != 0) return;
  RemoveEntryList(&area->Links);
  ExFreePool(area);
}

struct Clone {
  CONTROL_AREA* area;
  ULONG index;
  USHORT& references() const { return area->CloneReferences[index]; }
};

Clone find(const MMPTE* prototype) {
  for (PLIST_ENTRY entry = MmControlAreas.Flink; entry != &MmControlAreas; entry = entry->Flink) {
    CONTROL_AREA* area = CONTAINING_RECORD(entry, CONTROL_AREA, Links);
    const auto index = static_cast<ULONG>(prototype - area->Segment.PrototypePte);
    if (area->CloneReferences == nullptr || prototype < area->Segment.PrototypePte) continue;
    if (index < area->Segment.TotalNumberOfPtes) return {area, index};
  }
  KeBugCheckEx(MEMORY_MANAGEMENT, 5, reinterpret_cast<ULONG>(prototype), prototype->Long, 0);
}

MMPTE refer_to(PMMPTE prototype) {
  ++find(prototype).references();
  return MiMakePrototypePte(reinterpret_cast<ULONG>(prototype));
}

/// The frame's PFN leads to the prototype PTE from now on.
void hand_over(ULONG frame, PMMPTE prototype) {
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.PteAddress = reinterpret_cast<ULONG>(prototype);
  pfn.PteFrame = MiAddressToPte(pfn.PteAddress)->frame();
  pfn.PrototypePte = pfn.ClonePte = 1;
  ++MmPfnDatabase[pfn.PteFrame].u2.ShareCount;
}

/// A private page that is valid stays so, copy-on-write.
void share_valid(EPROCESS* parent, PMMPTE pte, PMMPTE prototype) {
  const ULONG frame = pte->frame();
  MMPFN& pfn = MmPfnDatabase[frame];
  const MMPROTECTION protection = copied_on_write(MMPTE{pfn.OriginalPte}.protection());
  if (pte->dirty()) pfn.Modified = 1;
  hand_over(frame, prototype);
  *prototype = MiMakeValidKernelPte(frame, true);
  parent->Vm.VmWorkingSetList.Wsle[pfn.u1.WsIndex].Protection = protection & 0x1F;
  *pte = MiMakeValidUserPte(frame, protection, false);
  KeFlushSingleTb(MiPteToAddress(pte));
}

/// Makes the parent's page one that can be shared, and returns the child's entry for it. What has
/// no contents yet is the child's own.
MMPTE share(EPROCESS* parent, const MMVAD* vad, PMMPTE pte, const Clone& clone) {
  const KDispatchGuard guard;
  const MMPTE old = *pte;
  if (old.clone()) return refer_to(old.prototype_address());
  if (old.valid() && MmPfnDatabase[old.frame()].ClonePte != 0) {
    return refer_to(reinterpret_cast<PMMPTE>(MmPfnDatabase[old.frame()].PteAddress));
  }
  if (old.valid() && MiIsSharedPte(vad, old)) {
    return MiMakeVadPrototypePte(MiProtectionOfValidPte(parent->Vm, pte));
  }
  if (!old.valid() && !old.transition() && !old.page_file()) return old;
  PMMPTE prototype = clone.area->Segment.PrototypePte + clone.index;
  const MMPTE theirs = MiMakePrototypePte(reinterpret_cast<ULONG>(prototype));
  if (old.valid()) {
    share_valid(parent, pte, prototype);
  } else {
    *prototype = old;
    *pte = theirs;
    if (old.transition()) {
      MiDecrementShareCount(MmPfnDatabase[old.frame()].PteFrame);
      hand_over(old.frame(), prototype);
    }
  }
  clone.references() = 2;
  ++clone.area->NumberOfSectionReferences;
  return theirs;
}

/// At DISPATCH_LEVEL. While the page is in memory and nowhere mapped, its PFN need not know.
NTSTATUS map(EPROCESS* process, PMMPTE pte, bool write, MMPROTECTION protection,
             ULONG cluster_limit, MMINPAGE_SUPPORT& support) {
  const PMMPTE prototype = pte->prototype_address();
  const SEGMENT& segment = find(prototype).area->Segment;
  const NTSTATUS status =
      MiMapPrototype(process, pte, prototype, {segment.PrototypePte, segment.TotalNumberOfPtes},
                     write, protection, cluster_limit, support);
  if (pte->valid()) MmPfnDatabase[pte->frame()].ClonePte = 1;
  return status;
}

/// Entries of one page table that the child is to get.
struct Entries {
  ULONG first_vpn, count;
  MMPTE ptes[PageGeometry::table_entries];
};

/// In the parent.
NTSTATUS share_table(EPROCESS* parent, const MMVAD* vad, Entries& entries) {
  const FastMutexGuard lock(parent->Vm.WorkingSetLock);
  const ULONG address = entries.first_vpn << PAGE_SHIFT;
  if (MiPageTableState(address) == MiPageTable::None) {
    entries.count = 0;
    return STATUS_SUCCESS;
  }
  const NTSTATUS status = MiMakePageTableResident(parent, address);
  if (!NT_SUCCESS(status)) return status;
  CONTROL_AREA* area = create_area(entries.count);
  if (area == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  for (ULONG i = 0; i < entries.count; ++i) {
    entries.ptes[i] = share(parent, vad, MiAddressToPte(address) + i, {area, i});
  }
  const KDispatchGuard guard;
  dereference_area(area);
  return STATUS_SUCCESS;
}

/// In the child, with its locks held; what it can't take is given up.
NTSTATUS take_table(EPROCESS* child, const Entries& entries) {
  const KAttachGuard attach(&child->Pcb);
  NTSTATUS status = STATUS_SUCCESS;
  ULONG wanted = 0;
  for (ULONG i = 0; i < entries.count; ++i) wanted += entries.ptes[i].Long != 0 ? 1 : 0;
  const ULONG address = entries.first_vpn << PAGE_SHIFT;
  if (wanted != 0) status = MiMakePageTableResident(child, address);
  for (ULONG i = 0; i < entries.count; ++i) {
    const MMPTE pte = entries.ptes[i];
    if (pte.Long == 0) continue;
    if (NT_SUCCESS(status)) {
      MiWriteUserPte(child, MiAddressToPte(address) + i, pte);
    } else if (pte.clone()) {
      const KDispatchGuard guard;
      MiDereferenceClone(pte.prototype_address());
    }
  }
  return status;
}

/// The same region in the child, without pages.
NTSTATUS clone_vad(EPROCESS* child, const MMVAD* vad) {
  MMVAD* copy = MiAllocateVad(child, vad->StartingVpn, vad->EndingVpn, vad->VadFlags.Protection);
  if (copy == nullptr) return MiVadFailure(child);
  if (!MiChargeProcessCommitment(child, vad->VadFlags.CommitCharge)) {
    MiFreeVad(child, copy);
    return MiCommitmentFailure(child, vad->VadFlags.CommitCharge);
  }
  MiCopyVad(*copy, *vad);
  if (copy->ControlArea != nullptr) MiReferenceView(copy->ControlArea);
  MiInsertVad(child, copy);
  return STATUS_SUCCESS;
}

NTSTATUS clone_region(EPROCESS* parent, EPROCESS* child, const MMVAD* vad, Entries& entries) {
  if (vad->ControlArea != nullptr && vad->Inherit == 0) return STATUS_SUCCESS;  // ViewUnmap
  NTSTATUS status = clone_vad(child, vad);
  for (ULONG vpn = vad->StartingVpn; NT_SUCCESS(status) && vpn <= vad->EndingVpn;) {
    const ULONG end = vpn | (PageGeometry::table_entries - 1);
    const ULONG last = end < vad->EndingVpn ? end : vad->EndingVpn;
    entries.first_vpn = vpn;
    entries.count = last - vpn + 1;
    status = share_table(parent, vad, entries);
    if (NT_SUCCESS(status)) status = take_table(child, entries);
    vpn = last + 1;
  }
  return status;
}

}  // namespace

NTSTATUS MmCloneAddressSpace(EPROCESS* parent, EPROCESS* child) {
  auto* entries =
      static_cast<Entries*>(ExAllocatePoolWithTag(NonPagedPool, sizeof(Entries), clone_tag));
  if (entries == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  NTSTATUS status = STATUS_SUCCESS;
  {
    const FastMutexGuard regions(parent->Vm.AddressCreationLock);
    const MiAddressSpaceGuard lock(child->Vm);
    VadTree& vads = parent->Vm.VadRoot;
    for (const MMVAD* vad = vads.first(); vad != nullptr && NT_SUCCESS(status);
         vad = vads.at_or_above(vad->EndingVpn + 1)) {
      status = clone_region(parent, child, vad, *entries);
    }
  }
  ExFreePool(entries);
  return status;
}

MMPROTECTION MiProtectionOfClone(MMPTE pte) {
  const MMPTE prototype = *pte.prototype_address();
  return prototype.valid() ? MMPTE{MmPfnDatabase[prototype.frame()].OriginalPte}.protection()
                           : prototype.protection();
}

NTSTATUS MiResolveClone(EPROCESS* process, PMMPTE pte, bool write, ULONG cluster_limit,
                        MMINPAGE_SUPPORT& support) {
  const MMPROTECTION protection = MiProtectionOfClone(*pte);
  if (MiIsNoAccess(protection)) return STATUS_ACCESS_VIOLATION;
  const MMPROTECTION unguarded = protection & ~MM_GUARD_PAGE;
  const bool guard = MiIsGuard(protection);
  if (!guard && write && !MiAllowsWrite(protection)) return STATUS_ACCESS_VIOLATION;
  // A guard page is no longer one for this process only: it gets its own at once.
  if (guard && MmAvailablePages() <= MmMinimumFreePages + 1) return MI_WAIT_FOR_PAGES;
  NTSTATUS status = map(process, pte, write, copied_on_write(unguarded), cluster_limit, support);
  if (!guard || MiIsWait(status) || !NT_SUCCESS(status)) return status;
  status = MiCopyPage(process, pte, unguarded);
  if (status != STATUS_PAGE_FAULT_COPY_ON_WRITE) return status;
  ++MmGuardPageCount;
  return STATUS_GUARD_PAGE_VIOLATION;
}

void MiDereferenceClone(PMMPTE prototype) {
  const Clone clone = find(prototype);
  if (--clone.references() != 0) return;
  MiDeletePrototype(prototype);
  dereference_area(clone.area);
}

NTSTATUS MiMakeClonePrivate(EPROCESS* process, ULONG vpn) {
  const ULONG address = vpn << PAGE_SHIFT;
  ULONG cluster_limit = MmInPageClusterSize;
  for (;;) {
    NTSTATUS status = MiMakePageTableResident(process, address);
    if (!NT_SUCCESS(status)) return status;
    MMINPAGE_SUPPORT support;
    {
      const MiPinnedPageTable pinned(address);
      const KDispatchGuard guard;
      const PMMPTE pte = MiAddressToPte(address);
      if (pte->clone()) {
        status = map(process, pte, false, MM_READONLY, cluster_limit, support);
      }
      if (!MiIsWait(status)) {
        if (!NT_SUCCESS(status)) return status;
        if (!pte->valid() || MmPfnDatabase[pte->frame()].ClonePte == 0) return STATUS_SUCCESS;
        const MMPROTECTION kept =
            MMPTE{MmPfnDatabase[pte->frame()].OriginalPte}.protection() & ~MM_GUARD_PAGE;
        status = MiCopyPage(process, pte, MiIsNoAccess(kept) ? MM_READONLY : kept);
        if (!MiIsWait(status)) return STATUS_SUCCESS;
      }
    }
    ExReleaseFastMutex(&process->Vm.WorkingSetLock);
    status = MiWaitAsAsked(status, support, cluster_limit);
    ExAcquireFastMutex(&process->Vm.WorkingSetLock);
    if (!NT_SUCCESS(status)) return status;
  }
}
