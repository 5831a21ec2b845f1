// A page-in, from the choice of the cluster to the frames on standby.
#include "kernel/mm/page_in.hpp"

#include "kernel/ke/irql.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/in_page_cluster.hpp"
#include "kernel/mm/pfn.hpp"

namespace {

/// The frame is where the page is going to be; the PTE says so already.
void expect_page(PMMPTE pte, ULONG frame, KEVENT* event) {
  const MMPTE original = *pte;
  MiInitializePfn(frame, pte, original, false);
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.u1.Event = reinterpret_cast<ULONG>(event);
  pfn.u2.ShareCount = 0;
  pfn.PageLocation = TransitionPage;
  pfn.ReadInProgress = 1;
  *pte = MiMakeTransitionPte(frame, original.protection());
}

/// The page is still on the disk only.
void forget_page(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  *MiPteOfFrame(frame) = {pfn.OriginalPte};
  MiDecrementShareCount(pfn.PteFrame);
  pfn.PteAddress = 0;
  pfn.OriginalPte = 0;
}

/// While somebody else reads the page.
void wait_for_reader(ULONG frame) {
  const KDispatchGuard guard;  // from the look to the wait nothing happens
  const MMPFN& pfn = MmPfnDatabase[frame];
  if (pfn.PageLocation != TransitionPage || pfn.ReadInProgress == 0) return;
  KeWaitForSingleObject(reinterpret_cast<KEVENT*>(pfn.u1.Event), KernelMode, nullptr);
}

}  // namespace

bool MiBeginInPage(PMMPTE pte, MiPteRange range, ULONG limit, MMINPAGE_SUPPORT& support) {
  const ULONG available = MmAvailablePages();
  if (available <= MmMinimumFreePages) return false;
  const ULONG spare = available - MmMinimumFreePages;
  if (limit > MmInPageClusterSize) limit = MmInPageClusterSize;
  support.Subsection = MiIsSubsectionPte(*pte) ? MiSubsectionOfPte(*pte) : nullptr;
  const bool file = support.Subsection != nullptr;
  if (file) range = {support.Subsection->SubsectionBase, support.Subsection->PtesInSubsection};
  // Pages that are in a file only lie there as they lie in the segment.
  const MMPTE* table = range.first;
  const auto place = [=](ULONG i) {
    if (file) return MiIsSubsectionPte(table[i]) ? i + 1 : 0;
    return table[i].page_file_place();
  };
  const MiCluster cluster = MiChooseInPageCluster(static_cast<ULONG>(pte - table), range.count,
                                                  limit < spare ? limit : spare, place);
  KeInitializeEvent(&support.Event, NotificationEvent, false);
  support.Page = file ? cluster.first : place(cluster.first);
  if (file) ++support.Subsection->ControlArea->PagingIoCount;
  support.Count = cluster.count;
  for (ULONG i = 0; i < cluster.count; ++i) {
    support.Frames[i] = MiRemoveAnyPage();  // there are as many
    expect_page(range.first + cluster.first + i, support.Frames[i], &support.Event);
  }
  return true;
}

NTSTATUS MiFinishInPage(MMINPAGE_SUPPORT& support) {
  const bool read = support.Subsection != nullptr
                        ? MiReadFilePages(support)
                        : MiReadPageFile(support.Frames, support.Count, support.Page);
  const KDispatchGuard guard;
  for (ULONG i = 0; i < support.Count; ++i) {
    MMPFN& pfn = MmPfnDatabase[support.Frames[i]];
    pfn.ReadInProgress = 0;
    if (!read && pfn.PteAddress != 0) forget_page(support.Frames[i]);
    MiDecrementReferenceCount(support.Frames[i]);
  }
  KeSetEvent(&support.Event);
  if (support.Subsection != nullptr) MiEndPagingIo(support.Subsection->ControlArea);
  return read ? STATUS_SUCCESS : STATUS_DEVICE_DATA_ERROR;
}

NTSTATUS MiWaitAsAsked(NTSTATUS wait, MMINPAGE_SUPPORT& support, ULONG& cluster_limit) {
  if (wait == MI_WAIT_FOR_PAGES) {
    MiWaitForFreePages();
  } else if (wait == MI_WAIT_FOR_READER) {
    wait_for_reader(support.Frame);
  } else {
    const NTSTATUS status = MiFinishInPage(support);
    // A neighbour's bad sector is no reason to refuse this page.
    if (!NT_SUCCESS(status) && support.Count == 1) return status;
    if (!NT_SUCCESS(status)) cluster_limit = 1;
  }
  return STATUS_SUCCESS;
}
