// Physical pages: where they come from, who holds them, where they go.
#pragma once

#include "kernel/mm/pfn_list.hpp"
#include "kernel/mm/pte.hpp"

extern "C" {
extern MMPFN* MmPfnDatabase;
extern ULONG MmNumberOfPhysicalPages, MmLowestPhysicalPage, MmHighestPhysicalPage;
extern MMPFNLIST MmZeroedPageListHead, MmFreePageListHead, MmStandbyPageListHead,
    MmModifiedPageListHead, MmBadPageListHead;
/// Modified pages whose place is in a file: ModifiedPageList as well, but with a writer of their own.
extern MMPFNLIST MmModifiedMappedPageListHead;
extern ULONG MmTotalCommittedPages, MmTotalCommitLimit, MmPeakCommitment;
/// Frames that may still be promised to what never leaves memory.
extern ULONG MmResidentAvailablePages;
}

/// Pages that can be had without writing anything: zeroed + free + standby.
ULONG MmAvailablePages();

// At DISPATCH_LEVEL (the PFN lock); 0 when there is none.
ULONG MiRemoveZeroPage();  // from the zeroed list, then free (zeroed here), then standby
ULONG MiRemoveAnyPage();   // from the free list, then zeroed, then standby
void MiInsertPageInFreeList(ULONG frame);

/// The frame becomes the page that `pte` will map; `original` is its software PTE.
void MiInitializePfn(ULONG frame, const MMPTE* pte, MMPTE original, bool modified);
/// One PTE less maps the frame; with the last one its contents go, too.
void MiDecrementShareCount(ULONG frame);
/// One reason less to stay in memory; without any the frame goes to the free list when nobody wants
/// its contents, to the modified list when they are dirty, to standby when they are clean.
void MiDecrementReferenceCount(ULONG frame);
/// The mapping goes but the contents stay. The caller sees to the TB and the working set.
void MiMakeTransition(PMMPTE pte, MMPROTECTION protection);
/// And back: off its list, mapped again.
void MiTakeFromTransition(ULONG frame);
void MiReturnToTransition(ULONG frame);
/// The entry that maps the frame, or did last, by way of KSEG0: in any address space.
PMMPTE MiPteOfFrame(ULONG frame);

/// Reserves backing for `pages` more pages; false when the commit limit is reached.
bool MiChargeCommitment(ULONG pages);
void MiReturnCommitment(ULONG pages);
/// The same for frames that must stay: kernel pages, page tables, minimum working sets.
bool MiChargeResidentPages(ULONG pages);
void MiReturnResidentPages(ULONG pages);

/// Charged and mapped by the kernel PTE `pte`, contents undefined. False when memory has run out.
bool MiMapKernelPage(PMMPTE pte);
void MiUnmapKernelPage(PMMPTE pte);

void KeFlushSingleTb(ULONG address);
