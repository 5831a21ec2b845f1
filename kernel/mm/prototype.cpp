// Shared pages: into working sets, out of them, and copied on write.
#include "kernel/mm/prototype.hpp"

#include "kernel/ke/irql.hpp"
#include "kernel/mm/clone.hpp"
#include "kernel/mm/fault.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/section.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/rtl/memory.hpp"

extern "C" {
ULONG MmCopyOnWriteCount = 0;
}

namespace {

/// The frame of the table that holds an entry, reached by the self-map or by KSEG0.
ULONG table_of(const MMPTE* pte) { return MiAddressToPte(reinterpret_cast<ULONG>(pte))->frame(); }

ULONG page_of(const MMPTE* pte) { return PageGeometry::page_of(MiPteToAddress(pte)); }

/// A mapping less; with the last one the page waits in transition, as its prototype PTE says.
void release_share(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  if (pfn.u2.ShareCount != 1) {
    --pfn.u2.ShareCount;
    return;
  }
  *MiPteOfFrame(frame) = MiMakeTransitionPte(frame, MMPTE{pfn.OriginalPte}.protection());
  MiReturnToTransition(frame);
}

void map(EPROCESS* process, PMMPTE pte, ULONG frame, MMPROTECTION protection, bool write) {
  const bool dirty = write && !MiIsWriteCopy(protection);
  if (dirty) MmPfnDatabase[frame].Modified = 1;
  MiWriteUserPte(process, pte, MiMakeValidUserPte(frame, protection, dirty));
  ++MmPfnDatabase[table_of(pte)].u2.ShareCount;
  MiAddToWorkingSet(process->Vm, pte);
  MMWSL& list = process->Vm.VmWorkingSetList;
  list.Wsle[MmPfnDatabase[frame].u1.WsIndex].Protection = protection & 0x1F;
}

/// Entries of the segment that lie around one of its prototype PTEs.
MiPteRange segment_of(const MMVAD* vad) {
  const SEGMENT& segment = vad->ControlArea->Segment;
  return {segment.PrototypePte, segment.TotalNumberOfPtes};
}

}  // namespace

ULONG MiSlotOf(const MMSUPPORT& vm, PMMPTE pte) {
  return MiLocateWsle(vm.VmWorkingSetList, page_of(pte), MmPfnDatabase[pte->frame()].u1.WsIndex);
}

MMPROTECTION MiProtectionOfValidPte(const MMSUPPORT& vm, PMMPTE pte) {
  const MMPFN& pfn = MmPfnDatabase[pte->frame()];
  if (pfn.PrototypePte == 0 || pfn.ClonePte != 0) return MMPTE{pfn.OriginalPte}.protection();
  return vm.VmWorkingSetList.Wsle[MiSlotOf(vm, pte)].Protection;
}

MMPROTECTION MiInitialProtection(const MMVAD* vad, ULONG vpn) {
  const PMMPTE prototype = vad->VadFlags.VadType == VadImageMap ? MiPrototypeOf(vad, vpn) : nullptr;
  if (prototype == nullptr) return vad->VadFlags.Protection;
  const KDispatchGuard guard;  // it may come and go
  return prototype->valid() ? MMPTE{MmPfnDatabase[prototype->frame()].OriginalPte}.protection()
                            : prototype->protection();
}

NTSTATUS MiResolvePrototype(EPROCESS* process, PMMPTE pte, const MMVAD* vad, bool write,
                            MMPROTECTION protection, ULONG cluster_limit,
                            MMINPAGE_SUPPORT& support) {
  return MiMapPrototype(process, pte, MiPrototypeOf(vad, page_of(pte)), segment_of(vad), write,
                        protection, cluster_limit, support);
}

NTSTATUS MiMapPrototype(EPROCESS* process, PMMPTE pte, PMMPTE prototype, MiPteRange range,
                        bool write, MMPROTECTION protection, ULONG cluster_limit,
                        MMINPAGE_SUPPORT& support) {
  if (!MiMakeRoomInWorkingSet(process->Vm)) return STATUS_NO_MEMORY;
  const MMPTE found = *prototype;  // only now: making room may have put it in transition
  ULONG frame = found.frame();
  if (found.valid()) {
    ++MmPfnDatabase[frame].u2.ShareCount;
  } else if (found.transition()) {
    support.Frame = frame;
    if (MmPfnDatabase[frame].ReadInProgress != 0) return MI_WAIT_FOR_READER;
    MiTakeFromTransition(frame);
  } else if (found.page_file() || MiIsSubsectionPte(found)) {
    return MiBeginInPage(prototype, range, cluster_limit, support) ? MI_READ_FIRST
                                                                   : MI_WAIT_FOR_PAGES;
  } else {
    if (MmAvailablePages() <= MmMinimumFreePages) return MI_WAIT_FOR_PAGES;
    frame = MiRemoveZeroPage();
    if (frame == 0) return MI_WAIT_FOR_PAGES;
    MiInitializePfn(frame, prototype, found, false);
  }
  const bool zero = !found.valid() && !found.transition();
  *prototype = MiMakeValidKernelPte(frame, true);
  map(process, pte, frame, protection, write);
  if (zero) ++MmDemandZeroCount;
  return zero ? STATUS_PAGE_FAULT_DEMAND_ZERO : STATUS_PAGE_FAULT_TRANSITION;
}

NTSTATUS MiCopyOnWrite(EPROCESS* process, PMMPTE pte) {
  const ULONG index = MiSlotOf(process->Vm, pte);
  const MMPROTECTION protection = process->Vm.VmWorkingSetList.Wsle[index].Protection;
  const NTSTATUS status = MiCopyPage(process, pte, protection - 1);  // READWRITE precedes WRITECOPY
  if (!MiIsWait(status)) ++MmCopyOnWriteCount;
  return status;
}

NTSTATUS MiCopyPage(EPROCESS* process, PMMPTE pte, MMPROTECTION protection) {
  if (MmAvailablePages() <= MmMinimumFreePages) return MI_WAIT_FOR_PAGES;
  const ULONG copy = MiRemoveAnyPage();
  if (copy == 0) return MI_WAIT_FOR_PAGES;
  const ULONG shared = pte->frame(), index = MiSlotOf(process->Vm, pte);
  const MMPFN& pfn = MmPfnDatabase[shared];
  const PMMPTE clone = pfn.ClonePte != 0 ? reinterpret_cast<PMMPTE>(pfn.PteAddress) : nullptr;
  memcpy(MiFrameToKseg0(copy), MiFrameToKseg0(shared), PAGE_SIZE);
  process->Vm.VmWorkingSetList.Wsle[index].Protection = 0;
  MiInitializePfn(copy, pte, MiMakeDemandZeroPte(protection), true);
  MiDecrementShareCount(table_of(pte));  // one entry as before
  MmPfnDatabase[copy].u1.WsIndex = index;
  *pte = MiMakeValidUserPte(copy, protection, MiAllowsWrite(protection));
  KeFlushSingleTb(MiPteToAddress(pte));
  release_share(shared);
  if (clone != nullptr) MiDereferenceClone(clone);
  return STATUS_PAGE_FAULT_COPY_ON_WRITE;
}

void MiUnmapSharedPage(MMSUPPORT& vm, PMMPTE pte, ULONG index) {
  const MMPTE old = *pte;
  const MMPROTECTION protection = vm.VmWorkingSetList.Wsle[index].Protection;
  const MMPFN& pfn = MmPfnDatabase[old.frame()];
  const MMPTE left =
      pfn.ClonePte != 0 ? MiMakePrototypePte(pfn.PteAddress) : MiMakeVadPrototypePte(protection);
  if (old.dirty()) MmPfnDatabase[old.frame()].Modified = 1;
  MiEmptySlot(vm, index);
  *pte = left;
  MiDecrementShareCount(table_of(pte));
  release_share(old.frame());
}

void MiDeletePrototype(PMMPTE prototype) {
  const MMPTE old = *prototype;
  *prototype = MmZeroPte;
  MiReleasePageFileSpace(old);
  if (!old.transition()) return;
  MiTakeFromTransition(old.frame());
  MiDecrementShareCount(MmPfnDatabase[old.frame()].PteFrame);
  MiDecrementShareCount(old.frame());
}
