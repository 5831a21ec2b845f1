// The page frame database: lists, share counts, commitment, kernel pages.
#include "kernel/mm/pfn.hpp"

#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/thread_object.hpp"
#include "kernel/mm/boot_paging.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/rtl/memory.hpp"

extern "C" {
MMPFN* MmPfnDatabase = nullptr;
ULONG MmNumberOfPhysicalPages = 0, MmLowestPhysicalPage = 0, MmHighestPhysicalPage = 0;
constinit MMPFNLIST MmZeroedPageListHead = {.ListName = ZeroedPageList};
constinit MMPFNLIST MmFreePageListHead = {.ListName = FreePageList};
constinit MMPFNLIST MmStandbyPageListHead = {.ListName = StandbyPageList};
constinit MMPFNLIST MmModifiedPageListHead = {.ListName = ModifiedPageList};
constinit MMPFNLIST MmBadPageListHead = {.ListName = BadPageList};
ULONG MmTotalCommittedPages = 0, MmTotalCommitLimit = 0, MmPeakCommitment = 0;
}

namespace {

constinit KEVENT MmZeroingPageEvent = {};
constexpr ULONG zeroing_threshold = 8;  // free pages that wake the zero page thread

void zero_frame(ULONG frame) { memset(MiFrameToKseg0(frame), 0, PAGE_SIZE); }

ULONG remove_from(MMPFNLIST& list) {
  const ULONG frame = MiRemoveHeadPfn(MmPfnDatabase, list);
  return frame == MM_EMPTY_LIST ? 0 : frame;
}

/// A standby page is taken from its owner: the PTE gets back what the frame replaced.
ULONG remove_standby() {
  const ULONG frame = remove_from(MmStandbyPageListHead);
  if (frame != 0) {
    const MMPFN& pfn = MmPfnDatabase[frame];
    auto* table = MiFrameToKseg0<MMPTE>(pfn.PteFrame);
    table[pfn.PteAddress / sizeof(MMPTE) % PageGeometry::table_entries] = {pfn.OriginalPte};
    MiDecrementShareCount(pfn.PteFrame);
  }
  return frame;
}

}  // namespace

ULONG MmAvailablePages() {
  return MmZeroedPageListHead.Total + MmFreePageListHead.Total + MmStandbyPageListHead.Total;
}

ULONG MiRemoveZeroPage() {
  if (const ULONG frame = remove_from(MmZeroedPageListHead); frame != 0) return frame;
  ULONG frame = remove_from(MmFreePageListHead);
  if (frame == 0) frame = remove_standby();
  if (frame != 0) zero_frame(frame);
  return frame;
}

ULONG MiRemoveAnyPage() {
  if (const ULONG frame = remove_from(MmFreePageListHead); frame != 0) return frame;
  if (const ULONG frame = remove_from(MmZeroedPageListHead); frame != 0) return frame;
  return remove_standby();
}

void MiInsertPageInFreeList(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.ReferenceCount = 0;
  pfn.Modified = 0;
  pfn.PteAddress = 0;
  MiInsertTailPfn(MmPfnDatabase, MmFreePageListHead, frame);
  if (MmFreePageListHead.Total == zeroing_threshold &&
      MmZeroingPageEvent.Header.WaitListHead.Flink != nullptr) {
    KeSetEvent(&MmZeroingPageEvent);
  }
}

void MiInitializePfn(ULONG frame, const MMPTE* pte, MMPTE original, bool modified) {
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.u1.WsIndex = 0;
  pfn.PteAddress = reinterpret_cast<ULONG>(pte);
  pfn.u2.ShareCount = 1;
  pfn.ReferenceCount = 1;
  pfn.Modified = modified ? 1 : 0;
  pfn.PageLocation = ActiveAndValid;
  pfn.OriginalPte = original.Long;
  pfn.PteFrame = MiAddressToPte(reinterpret_cast<ULONG>(pte))->frame();
  ++MmPfnDatabase[pfn.PteFrame].u2.ShareCount;
}

void MiDecrementShareCount(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  if (pfn.PageLocation != ActiveAndValid || pfn.u2.ShareCount == 0) {
    KeBugCheckEx(PFN_LIST_CORRUPT, 7, frame, pfn.u2.ShareCount, pfn.PageLocation);
  }
  if (--pfn.u2.ShareCount == 0) MiInsertPageInFreeList(frame);
}

void MiMoveToTransition(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  if (pfn.PageLocation != ActiveAndValid || pfn.u2.ShareCount != 1) {
    KeBugCheckEx(PFN_LIST_CORRUPT, 8, frame, pfn.u2.ShareCount, pfn.PageLocation);
  }
  pfn.ReferenceCount = 0;
  MiInsertTailPfn(MmPfnDatabase, MmModifiedPageListHead, frame);
}

void MiTakeFromTransition(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  if (pfn.PageLocation != ModifiedPageList && pfn.PageLocation != StandbyPageList) {
    KeBugCheckEx(PFN_LIST_CORRUPT, 9, frame, pfn.PageLocation, 0);
  }
  MiUnlinkPfn(MmPfnDatabase,
              pfn.PageLocation == ModifiedPageList ? MmModifiedPageListHead : MmStandbyPageListHead,
              frame);
  pfn.u2.ShareCount = 1;
  pfn.ReferenceCount = 1;
  pfn.PageLocation = ActiveAndValid;
}

bool MiChargeCommitment(ULONG pages) {
  const KDispatchGuard guard;
  if (pages > MmTotalCommitLimit - MmTotalCommittedPages) return false;
  MmTotalCommittedPages += pages;
  if (MmTotalCommittedPages > MmPeakCommitment) MmPeakCommitment = MmTotalCommittedPages;
  return true;
}

void MiReturnCommitment(ULONG pages) {
  const KDispatchGuard guard;
  if (pages > MmTotalCommittedPages) {
    KeBugCheckEx(MEMORY_MANAGEMENT, 1, pages, MmTotalCommittedPages, 0);
  }
  MmTotalCommittedPages -= pages;
}

bool MiMapKernelPage(PMMPTE pte) {
  if (!MiChargeCommitment(1)) return false;
  const KDispatchGuard guard;
  const ULONG frame = MiRemoveAnyPage();
  if (frame == 0) {
    MiReturnCommitment(1);
    return false;
  }
  MiInitializePfn(frame, pte, MmZeroPte, true);
  *pte = MiMakeValidKernelPte(frame, true);
  return true;
}

void MiUnmapKernelPage(PMMPTE pte) {
  const KDispatchGuard guard;
  const ULONG frame = pte->frame();
  *pte = MmZeroPte;
  KeFlushSingleTb(MiPteToAddress(pte));
  MiDecrementShareCount(MmPfnDatabase[frame].PteFrame);
  MiDecrementShareCount(frame);
  MiReturnCommitment(1);
}

/// The alpha scheme has INVLPG on every model, the i386 scheme only from the 486 on.
void KeFlushSingleTb(ULONG address) {
  if (Pte::dirty_by_fault || KeI386Is486 != 0) {
    __asm__ volatile(".byte 0x0F, 0x01, 0x38"  // INVLPG [EAX]; -march=i386 knows no such mnemonic
                     :
                     : "a"(address)
                     : "memory");
  } else {
    KeWriteCr3(KeReadCr3());
  }
}

void MmZeroPageThread(PVOID) {
  {
    const KDispatchGuard guard;
    KeInitializeEvent(&MmZeroingPageEvent, SynchronizationEvent, true);
  }
  for (;;) {
    KeWaitForSingleObject(&MmZeroingPageEvent, KernelMode, nullptr);
    for (;;) {
      ULONG frame;
      {
        const KDispatchGuard guard;
        frame = remove_from(MmFreePageListHead);
      }
      if (frame == 0) break;
      zero_frame(frame);  // nobody knows the frame now: other threads may run
      const KDispatchGuard guard;
      MiInsertTailPfn(MmPfnDatabase, MmZeroedPageListHead, frame);
    }
  }
}
