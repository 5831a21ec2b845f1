// MmAccessFault: what kind of page was it, may it be touched like this, where does it come from?
#include "kernel/mm/fault.hpp"

#include "arch/vector.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/address_space.hpp"
#include "kernel/mm/clone.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/init.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/paged_pool.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ps/process.hpp"

extern "C" {
ULONG MmPageFaultCount = 0, MmDemandZeroCount = 0, MmTransitionCount = 0, MmGuardPageCount = 0,
      MmPageFileFaultCount = 0;
}

namespace {

struct Fault {
  EPROCESS* process;
  ULONG address;
  bool write;
  ULONG cluster_limit;  // pages a read may bring in
  PMMPTE pte() const { return MiAddressToPte(address); }
  ULONG vpn() const { return PageGeometry::page_of(address); }
};

/// The page was there: a first write to a shared or to a clean page, a forbidden write, or an entry
/// the TB still held as it was before.
NTSTATUS resolve_valid(const Fault& fault) {
  const PMMPTE pte = fault.pte();
  if (fault.write && pte->copy_on_write()) {
    const KDispatchGuard guard;
    return MiCopyOnWrite(fault.process, pte);
  }
  if (fault.write && !pte->writable()) return STATUS_ACCESS_VIOLATION;
  if (fault.write && Pte::dirty_by_fault) {
    pte->Long = Pte::mark_dirty(pte->Long);
    const KDispatchGuard guard;
    MmPfnDatabase[pte->frame()].Modified = 1;
  }
  KeFlushSingleTb(fault.address);
  return STATUS_SUCCESS;
}

NTSTATUS resolve_demand_zero(const Fault& fault, MMPROTECTION protection) {
  const KDispatchGuard guard;
  if (!MiMakeRoomInWorkingSet(fault.process->Vm)) return STATUS_NO_MEMORY;
  if (MmAvailablePages() <= MmMinimumFreePages) return MI_WAIT_FOR_PAGES;
  const ULONG frame = MiRemoveZeroPage();
  if (frame == 0) return MI_WAIT_FOR_PAGES;
  MiInitializePfn(frame, fault.pte(), MiMakeDemandZeroPte(protection), fault.write);
  MiWriteUserPte(fault.process, fault.pte(), MiMakeValidUserPte(frame, protection, fault.write));
  MiAddToWorkingSet(fault.process->Vm, fault.pte());
  ++MmDemandZeroCount;
  return STATUS_PAGE_FAULT_DEMAND_ZERO;
}

/// The frame still holds the page: no disk, no copying.
NTSTATUS resolve_transition(const Fault& fault, MMPROTECTION protection,
                            MMINPAGE_SUPPORT& support) {
  const KDispatchGuard guard;
  if (!fault.pte()->transition()) return STATUS_SUCCESS;  // the frame was taken away: ask again
  // Off its list first: making room might need a frame.
  const ULONG frame = support.Frame = fault.pte()->frame();
  if (MmPfnDatabase[frame].ReadInProgress != 0) return MI_WAIT_FOR_READER;
  MiTakeFromTransition(frame);
  MMPFN& pfn = MmPfnDatabase[frame];
  if (!MiMakeRoomInWorkingSet(fault.process->Vm)) {
    MiReturnToTransition(frame);
    return STATUS_NO_MEMORY;
  }
  if (fault.write) pfn.Modified = 1;
  pfn.OriginalPte = MMPTE{pfn.OriginalPte}.with_protection(protection).Long;
  MiWriteUserPte(fault.process, fault.pte(),
                 MiMakeValidUserPte(frame, protection, pfn.Modified != 0));
  MiAddToWorkingSet(fault.process->Vm, fault.pte());
  return STATUS_PAGE_FAULT_TRANSITION;
}

NTSTATUS resolve_page_file(const Fault& fault, MMINPAGE_SUPPORT& support) {
  const KDispatchGuard guard;
  const PMMPTE pte = fault.pte();
  return MiBeginInPage(pte, MiPageTableOf(pte), fault.cluster_limit, support) ? MI_READ_FIRST
                                                                              : MI_WAIT_FOR_PAGES;
}

/// KUSER_SHARED_DATA belongs to no region: one frame, read-only, in every process.
NTSTATUS resolve_shared_user_data(const Fault& fault) {
  if (fault.write) return STATUS_ACCESS_VIOLATION;
  const KDispatchGuard guard;
  ++MmPfnDatabase[MiAddressToPde(fault.address)->frame()].u2.ShareCount;
  MiWriteUserPte(fault.process, fault.pte(),
                 MiMakeValidUserPte(MmSharedUserDataFrame(), MM_READONLY, false));
  return STATUS_PAGE_FAULT_TRANSITION;
}

bool is_shared_user_data(ULONG address) {
  return (address & PageGeometry::page_mask) == MM_SHARED_USER_DATA_VA;
}

/// A page without an entry of its own: committed with its region, or in a section.
bool is_committed(const MMVAD* vad, ULONG vpn) {
  if (vad == nullptr) return false;
  const MMPTE* prototype = MiPrototypeOf(vad, vpn);
  return prototype != nullptr ? prototype->Long != 0 : vad->VadFlags.MemCommit != 0;
}

/// With the working-set lock held.
NTSTATUS resolve_user_fault(const Fault& fault, MMINPAGE_SUPPORT& support) {
  // Is there a page table? Without a region there need be none.
  const bool shared = is_shared_user_data(fault.address) && !fault.process->Vm.Deleted;
  const MMVAD* vad = nullptr;
  const MiPageTable table = MiPageTableState(fault.address);
  if (table == MiPageTable::None || (table == MiPageTable::Resident && fault.pte()->Long == 0)) {
    vad = fault.process->Vm.VadRoot.find(fault.vpn());
    if (!shared && !is_committed(vad, fault.vpn())) return STATUS_ACCESS_VIOLATION;
  }
  // One that was elsewhere is this fault's answer; the access finds out whether its page is there.
  if (table != MiPageTable::Resident) {
    const NTSTATUS status =
        MiBringPageTable(fault.process, fault.address, fault.cluster_limit, support);
    if (status != STATUS_SUCCESS) return status;
  }
  const MiPinnedPageTable pinned(fault.address);

  if (fault.pte()->valid()) return resolve_valid(fault);
  if (shared) return resolve_shared_user_data(fault);

  if (fault.pte()->clone()) {
    const KDispatchGuard guard;
    return MiResolveClone(fault.process, fault.pte(), fault.write, fault.cluster_limit, support);
  }

  // Does the protection allow the access?
  const MMPTE pte = *fault.pte();
  const MMPROTECTION protection =
      pte.Long == 0 ? MiInitialProtection(vad, fault.vpn()) : pte.protection();
  if (MiIsNoAccess(protection)) return STATUS_ACCESS_VIOLATION;  // decommitted pages, too
  if (MiIsGuard(protection)) {
    const MMPROTECTION unguarded = protection & ~MM_GUARD_PAGE;
    MiProtectInvalidPte(fault.process, vad, fault.pte(), unguarded);
    ++MmGuardPageCount;
    return STATUS_GUARD_PAGE_VIOLATION;
  }
  if (fault.write && !MiAllowsWrite(protection)) return STATUS_ACCESS_VIOLATION;

  // Where does it come from?
  if (pte.prototype()) vad = fault.process->Vm.VadRoot.find(fault.vpn());
  if (vad != nullptr && MiIsSharedPte(vad, pte)) {
    const KDispatchGuard guard;
    return MiResolvePrototype(fault.process, fault.pte(), vad, fault.write, protection,
                              fault.cluster_limit, support);
  }
  if (pte.transition()) return resolve_transition(fault, protection, support);
  if (pte.page_file()) return resolve_page_file(fault, support);
  return resolve_demand_zero(fault, protection);
}

/// Asks until there is an answer; every wait is without the working-set lock.
NTSTATUS resolve_and_wait(Fault& fault) {
  bool has_read = false;
  for (;;) {
    MMINPAGE_SUPPORT support;
    NTSTATUS status;
    {
      const FastMutexGuard lock(fault.process->Vm.WorkingSetLock);
      status = resolve_user_fault(fault, support);
    }
    if (!MiIsWait(status)) {
      if (status == STATUS_COMMITMENT_LIMIT && MiExtendPagingFiles(1)) continue;
      if (status != STATUS_PAGE_FAULT_TRANSITION) return status;
      ++(has_read ? MmPageFileFaultCount : MmTransitionCount);
      return has_read ? STATUS_PAGE_FAULT_PAGING_FILE : status;
    }
    has_read = has_read || status == MI_READ_FIRST;
    status = MiWaitAsAsked(status, support, fault.cluster_limit);
    if (!NT_SUCCESS(status)) return status;
  }
}

}  // namespace

NTSTATUS MmAccessFault(ULONG fault_code, PVOID address, KPROCESSOR_MODE mode, KTRAP_FRAME*) {
  Fault fault = {PsGetCurrentProcess(), reinterpret_cast<ULONG>(address),
                 (fault_code & arch::page_fault::W) != 0, MmInPageClusterSize};
  ++MmPageFaultCount;
  if (mode == KernelMode && MiCheckPdeForPagedPool(fault.address)) return STATUS_SUCCESS;
  if (mode == KernelMode && MiIsPagedPool(fault.address) && KeGetCurrentIrql() < DISPATCH_LEVEL) {
    return MiPagedPoolFault(fault.address, fault.write);
  }
  ++fault.process->Vm.PageFaultCount;
  // Other kernel memory is resident; user mode has no business there, nor at a raised level here.
  if (fault.address > MM_HIGHEST_USER_ADDRESS || KeGetCurrentIrql() >= DISPATCH_LEVEL) {
    return STATUS_ACCESS_VIOLATION;
  }
  const NTSTATUS status = resolve_and_wait(fault);
  return status == STATUS_GUARD_PAGE_VIOLATION
             ? MiCheckForUserStackGrowth(fault.process, fault.address)
             : status;
}
