// What has been promised: commitment against memory and paging files, and frames that must stay.
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"

extern "C" {
ULONG MmTotalCommittedPages = 0, MmTotalCommitLimit = 0, MmPeakCommitment = 0;
ULONG MmResidentAvailablePages = 0;
}

bool MiChargeCommitment(ULONG pages) {
  const KDispatchGuard guard;
  if (MmTotalCommittedPages >= MmTotalCommitLimit ||
      pages > MmTotalCommitLimit - MmTotalCommittedPages) {
    return pages == 0;
  }
  MmTotalCommittedPages += pages;
  if (MmTotalCommittedPages > MmPeakCommitment) MmPeakCommitment = MmTotalCommittedPages;
  MiCommitLimitIsNear();
  return true;
}

void MiReturnCommitment(ULONG pages) {
  const KDispatchGuard guard;
  if (pages > MmTotalCommittedPages) {
    KeBugCheckEx(MEMORY_MANAGEMENT, 1, pages, MmTotalCommittedPages, 0);
  }
  MmTotalCommittedPages -= pages;
}

bool MiChargeResidentPages(ULONG pages) {
  const KDispatchGuard guard;
  if (pages > MmResidentAvailablePages) return false;
  MmResidentAvailablePages -= pages;
  return true;
}

void MiReturnResidentPages(ULONG pages) {
  const KDispatchGuard guard;
  MmResidentAvailablePages += pages;
}
