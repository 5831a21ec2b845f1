// Physical pages: where they come from, who holds them, where they go.
#pragma once

#include "kernel/mm/pfn_list.hpp"
#include "kernel/mm/pte.hpp"

extern "C" {
extern MMPFN* MmPfnDatabase;
extern ULONG MmNumberOfPhysicalPages, MmLowestPhysicalPage, MmHighestPhysicalPage;
extern MMPFNLIST MmZeroedPageListHead, MmFreePageListHead, MmStandbyPageListHead,
    MmModifiedPageListHead, MmBadPageListHead;
extern ULONG MmTotalCommittedPages, MmTotalCommitLimit, MmPeakCommitment;
}

/// Pages that can be had without writing anything: zeroed + free + standby.
ULONG MmAvailablePages();

// At DISPATCH_LEVEL (the PFN lock); 0 when there is none.
ULONG MiRemoveZeroPage();  // from the zeroed list, then free (zeroed here), then standby
ULONG MiRemoveAnyPage();   // from the free list, then zeroed, then standby
void MiInsertPageInFreeList(ULONG frame);

/// The frame becomes the page that `pte` will map; `original` is its software PTE.
void MiInitializePfn(ULONG frame, const MMPTE* pte, MMPTE original, bool modified);
/// One PTE less maps the frame; the last one frees it.
void MiDecrementShareCount(ULONG frame);
/// The mapping goes but the contents stay: onto the modified list.
void MiMoveToTransition(ULONG frame);
/// And back: off its list, mapped again.
void MiTakeFromTransition(ULONG frame);

/// Reserves backing for `pages` more pages; false when the commit limit is reached.
bool MiChargeCommitment(ULONG pages);
void MiReturnCommitment(ULONG pages);

/// Charged and mapped by the kernel PTE `pte`, contents undefined. False when memory has run out.
bool MiMapKernelPage(PMMPTE pte);
void MiUnmapKernelPage(PMMPTE pte);

void KeFlushSingleTb(ULONG address);

/// Zeroes free pages for ever, at the lowest priority.
[[noreturn]] void MmZeroPageThread(PVOID);
