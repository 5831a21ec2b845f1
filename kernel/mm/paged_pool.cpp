// The pages of paged pool: page tables, faults, and their end.
#include "kernel/mm/paged_pool.hpp"

#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/boot_paging.hpp"
#include "kernel/mm/fault.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/page_in.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/working_set.hpp"

extern "C" {
constinit MMSUPPORT MmSystemWorkingSet = {};
}

namespace {

/// The directory that every process's kernel half is a copy of.
PMMPTE system_pde(ULONG address) {
  return MiFrameToKseg0<MMPTE>(MiBoot.directory) + PageGeometry::directory_index(address);
}

MMPTE valid_pte(ULONG frame, bool dirty) {
  return {Pte::Valid | Pte::access_bits(true, dirty) | frame << Pte::pfn_shift};
}

/// A page table for `address`, if there is none. At DISPATCH_LEVEL.
bool make_page_table(ULONG address) {
  const PMMPTE pde = system_pde(address);
  if (pde->valid()) return true;
  if (!MiChargeResidentPages(1)) return false;
  if (!MiChargeCommitment(1)) {
    MiReturnResidentPages(1);
    return false;
  }
  const ULONG frame = MiRemoveZeroPage();
  if (frame == 0) {
    MiReturnCommitment(1);
    MiReturnResidentPages(1);
    return false;
  }
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn = {};
  pfn.u2.ShareCount = 1;
  pfn.ReferenceCount = 1;
  pfn.PageLocation = ActiveAndValid;
  *pde = MiMakeValidPde(frame, false);
  ++MmSystemWorkingSet.CommitCharge;
  return true;
}

bool map(ULONG address, ULONG pages) {
  const KDispatchGuard guard;
  for (ULONG i = 0; i < pages; ++i) {
    if (!make_page_table(address + i * PAGE_SIZE)) return false;
  }
  if (!MiChargeCommitment(pages)) return false;
  MmSystemWorkingSet.CommitCharge += pages;
  for (ULONG i = 0; i < pages; ++i) {
    *MiAddressToPte(address + i * PAGE_SIZE) = MiMakeDemandZeroPte(MM_READWRITE);
  }
  return true;
}

void unmap(PMMPTE pte) {
  const KDispatchGuard guard;
  const MMPTE old = *pte;
  *pte = MmZeroPte;
  MiReturnCommitment(1);
  --MmSystemWorkingSet.CommitCharge;
  MiReleasePageFileSpace(old);
  if (!old.valid() && !old.transition()) return;
  if (old.valid()) {
    MiRemoveFromWorkingSet(MmSystemWorkingSet, old.frame());
    KeFlushSingleTb(MiPteToAddress(pte));
  } else {
    MiTakeFromTransition(old.frame());
  }
  MiDecrementShareCount(MmPfnDatabase[old.frame()].PteFrame);
  MiDecrementShareCount(old.frame());
}

/// The page was there: a first write to a clean page, or somebody else has brought it.
NTSTATUS resolve_valid(PMMPTE pte, bool write) {
  if (write && Pte::dirty_by_fault) {
    pte->Long = Pte::mark_dirty(pte->Long);
    MmPfnDatabase[pte->frame()].Modified = 1;
  }
  KeFlushSingleTb(MiPteToAddress(pte));
  return STATUS_SUCCESS;
}

NTSTATUS resolve_transition(PMMPTE pte, bool write, MMINPAGE_SUPPORT& support) {
  const ULONG frame = support.Frame = pte->frame();
  if (MmPfnDatabase[frame].ReadInProgress != 0) return MI_WAIT_FOR_READER;
  MiTakeFromTransition(frame);  // off its list first: making room might need a frame
  if (!MiMakeRoomInWorkingSet(MmSystemWorkingSet)) {
    MiReturnToTransition(frame);
    return MI_WAIT_FOR_PAGES;
  }
  MMPFN& pfn = MmPfnDatabase[frame];
  if (write) pfn.Modified = 1;
  *pte = valid_pte(frame, pfn.Modified != 0);
  MiAddToWorkingSet(MmSystemWorkingSet, pte);
  return STATUS_PAGE_FAULT_TRANSITION;
}

NTSTATUS resolve_demand_zero(PMMPTE pte, bool write) {
  if (!MiMakeRoomInWorkingSet(MmSystemWorkingSet)) return MI_WAIT_FOR_PAGES;
  if (MmAvailablePages() <= MmMinimumFreePages) return MI_WAIT_FOR_PAGES;
  const ULONG frame = MiRemoveZeroPage();
  if (frame == 0) return MI_WAIT_FOR_PAGES;
  MiInitializePfn(frame, pte, MiMakeDemandZeroPte(MM_READWRITE), write);
  *pte = valid_pte(frame, write);
  MiAddToWorkingSet(MmSystemWorkingSet, pte);
  ++MmDemandZeroCount;
  return STATUS_PAGE_FAULT_DEMAND_ZERO;
}

/// With the system's WorkingSetLock held.
NTSTATUS resolve(ULONG address, bool write, ULONG cluster_limit, MMINPAGE_SUPPORT& support) {
  const KDispatchGuard guard;
  const PMMPTE pte = MiAddressToPte(address);
  if (pte->valid()) return resolve_valid(pte, write);
  if (pte->Long == 0) return STATUS_ACCESS_VIOLATION;  // it was never allocated, or is free again
  if (pte->transition()) return resolve_transition(pte, write, support);
  if (!pte->page_file()) return resolve_demand_zero(pte, write);
  return MiBeginInPage(pte, MiPageTableOf(pte), cluster_limit, support) ? MI_READ_FIRST
                                                                        : MI_WAIT_FOR_PAGES;
}

}  // namespace

void MiInitializePagedPool() {
  ExInitializeFastMutex(&MmSystemWorkingSet.AddressCreationLock);
  ExInitializeFastMutex(&MmSystemWorkingSet.WorkingSetLock);
  if (!MiInitializeWorkingSet(MmSystemWorkingSet)) {
    KeBugCheckEx(INSTALL_MORE_MEMORY, MmNumberOfPhysicalPages, MmAvailablePages(), 0, 0);
  }
}

bool MiMapPagedPool(ULONG address, ULONG pages) { return map(address, pages); }

void MiUnmapPagedPool(ULONG address, ULONG pages) {
  const FastMutexGuard lock(MmSystemWorkingSet.WorkingSetLock);
  for (ULONG i = 0; i < pages; ++i) unmap(MiAddressToPte(address + i * PAGE_SIZE));
}

bool MiCheckPdeForPagedPool(ULONG address) {
  const auto* entry = reinterpret_cast<const MMPTE*>(address);
  const ULONG wanted = MiIsInPageTables(entry) ? MiPteToAddress(entry) : address;
  if (!MiIsPagedPool(wanted)) return false;
  const PMMPTE pde = MiAddressToPde(wanted);
  const MMPTE known = *system_pde(wanted);
  if (pde->valid() || !known.valid()) return false;
  *pde = known;
  return true;
}

NTSTATUS MiPagedPoolFault(ULONG address, bool write) {
  ++MmSystemWorkingSet.PageFaultCount;
  bool has_read = false;
  for (ULONG cluster_limit = MmInPageClusterSize;;) {
    MMINPAGE_SUPPORT support;
    NTSTATUS status;
    {
      const FastMutexGuard lock(MmSystemWorkingSet.WorkingSetLock);
      status = resolve(address, write, cluster_limit, support);
    }
    if (!MiIsWait(status)) {
      if (status != STATUS_PAGE_FAULT_TRANSITION) return status;
      ++(has_read ? MmPageFileFaultCount : MmTransitionCount);
      return has_read ? STATUS_PAGE_FAULT_PAGING_FILE : status;
    }
    has_read = has_read || status == MI_READ_FIRST;
    status = MiWaitAsAsked(status, support, cluster_limit);
    if (!NT_SUCCESS(status)) return status;
  }
}
