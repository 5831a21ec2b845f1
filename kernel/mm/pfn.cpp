// The page frame database: which list a frame is on, share and reference counts.
#include "kernel/mm/pfn.hpp"

#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/rtl/memory.hpp"

extern "C" {
MMPFN* MmPfnDatabase = nullptr;
ULONG MmNumberOfPhysicalPages = 0, MmLowestPhysicalPage = 0, MmHighestPhysicalPage = 0;
constinit MMPFNLIST MmZeroedPageListHead = {.ListName = ZeroedPageList};
constinit MMPFNLIST MmFreePageListHead = {.ListName = FreePageList};
constinit MMPFNLIST MmStandbyPageListHead = {.ListName = StandbyPageList};
constinit MMPFNLIST MmModifiedPageListHead = {.ListName = ModifiedPageList};
constinit MMPFNLIST MmModifiedMappedPageListHead = {.ListName = ModifiedPageList};
constinit MMPFNLIST MmBadPageListHead = {.ListName = BadPageList};
}

namespace {

void zero_frame(ULONG frame) { memset(MiFrameToKseg0(frame), 0, PAGE_SIZE); }

ULONG remove_from(MMPFNLIST& list) {
  const ULONG frame = MiRemoveHeadPfn(MmPfnDatabase, list);
  return frame == MM_EMPTY_LIST ? 0 : frame;
}

/// A page of a file goes back to its file, any other one to the paging file.
MMPFNLIST& modified_list_of(const MMPFN& pfn) {
  return MiIsMappedFilePte({pfn.OriginalPte}) ? MmModifiedMappedPageListHead
                                              : MmModifiedPageListHead;
}

/// A standby page is taken from its owner: the PTE gets back what the frame replaced.
ULONG remove_standby() {
  const ULONG frame = remove_from(MmStandbyPageListHead);
  if (frame != 0) {
    MMPFN& pfn = MmPfnDatabase[frame];
    *MiPteOfFrame(frame) = {pfn.OriginalPte};
    pfn.OriginalPte = 0;  // its page of the paging file is the PTE's now
    MiDecrementShareCount(pfn.PteFrame);
  }
  return frame;
}

}  // namespace

ULONG MmAvailablePages() {
  return MmZeroedPageListHead.Total + MmFreePageListHead.Total + MmStandbyPageListHead.Total;
}

PMMPTE MiPteOfFrame(ULONG frame) {
  const MMPFN& pfn = MmPfnDatabase[frame];
  return MiFrameToKseg0<MMPTE>(pfn.PteFrame) +
         pfn.PteAddress / sizeof(MMPTE) % PageGeometry::table_entries;
}

ULONG MiRemoveZeroPage() {
  ULONG frame = remove_from(MmZeroedPageListHead);
  if (frame == 0) {
    frame = remove_from(MmFreePageListHead);
    if (frame == 0) frame = remove_standby();
    if (frame != 0) zero_frame(frame);
  }
  if (frame != 0) MiPageWasTaken();
  return frame;
}

ULONG MiRemoveAnyPage() {
  ULONG frame = remove_from(MmFreePageListHead);
  if (frame == 0) frame = remove_from(MmZeroedPageListHead);
  if (frame == 0) frame = remove_standby();
  if (frame != 0) MiPageWasTaken();
  return frame;
}

void MiInsertPageInFreeList(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.ReferenceCount = 0;
  pfn.Modified = 0;
  pfn.PteAddress = 0;
  MiInsertTailPfn(MmPfnDatabase, MmFreePageListHead, frame);
  MiPageBecameFree();
}

void MiInitializePfn(ULONG frame, const MMPTE* pte, MMPTE original, bool modified) {
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.u1.WsIndex = 0;
  pfn.PteAddress = reinterpret_cast<ULONG>(pte);
  pfn.u2.ShareCount = 1;
  pfn.ReferenceCount = 1;
  pfn.Modified = modified ? 1 : 0;
  pfn.PrototypePte = MiIsInPageTables(pte) ? 0 : 1;
  pfn.ClonePte = 0;
  pfn.PageLocation = ActiveAndValid;
  pfn.OriginalPte = original.Long;
  pfn.PteFrame = MiAddressToPte(reinterpret_cast<ULONG>(pte))->frame();
  ++MmPfnDatabase[pfn.PteFrame].u2.ShareCount;
}

void MiDecrementReferenceCount(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  if (pfn.ReferenceCount == 0) KeBugCheckEx(PFN_LIST_CORRUPT, 0x10, frame, pfn.PageLocation, 0);
  if (--pfn.ReferenceCount != 0) return;
  if (pfn.PteAddress == 0) {
    MiInsertPageInFreeList(frame);
  } else if (pfn.Modified != 0) {
    if (!MiIsMappedFilePte({pfn.OriginalPte})) {
      // What the paging file has of it is out of date.
      MiReleasePageFileSpace({pfn.OriginalPte});
      pfn.OriginalPte = MiMakeDemandZeroPte(MMPTE{pfn.OriginalPte}.protection()).Long;
    }
    MiInsertTailPfn(MmPfnDatabase, modified_list_of(pfn), frame);
    if (MiIsMappedFilePte({pfn.OriginalPte})) {
      MiMappedPageCame();
    } else {
      MiModifiedPageCame();
    }
  } else {
    MiInsertTailPfn(MmPfnDatabase, MmStandbyPageListHead, frame);
    MiPageBecameAvailable();
  }
}

void MiDecrementShareCount(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  if (pfn.PageLocation != ActiveAndValid || pfn.u2.ShareCount == 0) {
    KeBugCheckEx(PFN_LIST_CORRUPT, 7, frame, pfn.u2.ShareCount, pfn.PageLocation);
  }
  if (--pfn.u2.ShareCount != 0) return;
  pfn.PageLocation = TransitionPage;
  pfn.PteAddress = 0;  // the contents are nobody's
  MiReleasePageFileSpace({pfn.OriginalPte});
  pfn.OriginalPte = 0;
  MiDecrementReferenceCount(frame);
}

void MiMakeTransition(PMMPTE pte, MMPROTECTION protection) {
  const ULONG frame = pte->frame();
  MMPFN& pfn = MmPfnDatabase[frame];
  if (pfn.PageLocation != ActiveAndValid || pfn.u2.ShareCount != 1) {
    KeBugCheckEx(PFN_LIST_CORRUPT, 8, frame, pfn.u2.ShareCount, pfn.PageLocation);
  }
  if (pte->dirty()) pfn.Modified = 1;
  pfn.OriginalPte = MMPTE{pfn.OriginalPte}.with_protection(protection).Long;
  *pte = MiMakeTransitionPte(frame, protection);
  MiReturnToTransition(frame);
}

void MiReturnToTransition(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.u2.ShareCount = 0;
  pfn.PageLocation = TransitionPage;
  MiDecrementReferenceCount(frame);
}

void MiTakeFromTransition(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  if (pfn.PageLocation == ModifiedPageList) {
    MiUnlinkPfn(MmPfnDatabase, modified_list_of(pfn), frame);
  } else if (pfn.PageLocation == StandbyPageList) {
    MiUnlinkPfn(MmPfnDatabase, MmStandbyPageListHead, frame);
    MiPageWasTaken();
  } else if (pfn.PageLocation != TransitionPage) {
    KeBugCheckEx(PFN_LIST_CORRUPT, 9, frame, pfn.PageLocation, 0);
  }
  pfn.u2.ShareCount = 1;
  ++pfn.ReferenceCount;
  pfn.PageLocation = ActiveAndValid;
}
