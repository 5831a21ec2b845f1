// Pages of files: brought in with their neighbours, and held while the kernel copies from or to
// them.
#include "kernel/io/file_paging_io.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/cluster_counts.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/in_page_cluster.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"

namespace {

constexpr NTSTATUS wait_for_pages = STATUS_PENDING, read_first = STATUS_TIMEOUT;

/// A page that has nothing in the file yet.
bool make_fresh(PMMPTE pte, ULONG& frame) {
  if (MmAvailablePages() <= MmMinimumFreePages) return false;
  frame = MiRemoveZeroPage();
  const MMPTE original = *pte;
  MiInitializePfn(frame, pte, original, true);
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.PrototypePte = 1;
  pfn.u2.ShareCount = 0;
  pfn.PageLocation = TransitionPage;
  *pte = MiMakeTransitionPte(frame, original.protection());
  return true;
}

/// One read of a page and its neighbours.
struct Read {
  KEVENT event;
  SUBSECTION* subsection;
  ULONG first, count;
  ULONG frames[MmInPageClusterSize];
};

/// The frame is where the page is going to be; the prototype PTE says so already.
void expect_page(PMMPTE pte, ULONG frame, KEVENT* event) {
  const MMPTE original = *pte;
  MiInitializePfn(frame, pte, original, false);
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.PrototypePte = 1;
  pfn.u1.Event = reinterpret_cast<ULONG>(event);
  pfn.u2.ShareCount = 0;
  pfn.PageLocation = TransitionPage;
  pfn.ReadInProgress = 1;
  *pte = MiMakeTransitionPte(frame, original.protection());
}

/// The page is still in the file only.
void forget_page(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  *MiPteOfFrame(frame) = {pfn.OriginalPte};
  MiDecrementShareCount(pfn.PteFrame);
  pfn.PteAddress = 0;
  pfn.OriginalPte = 0;
}

/// Pages of the subsection that are not in memory, one behind the other: what follows is read
/// ahead.
bool begin_read(PMMPTE pte, ULONG limit, Read& read) {
  const ULONG available = MmAvailablePages();
  if (available <= MmMinimumFreePages) return false;
  const ULONG spare = available - MmMinimumFreePages;
  read.subsection = MiSubsectionOfPte(*pte);
  const PMMPTE table = read.subsection->SubsectionBase;
  const MiCluster cluster =
      MiChooseInPageCluster(static_cast<ULONG>(pte - table), read.subsection->PtesInSubsection,
                            limit < spare ? limit : spare,
                            [=](ULONG i) { return MiIsSubsectionPte(table[i]) ? i + 1 : 0; });
  KeInitializeEvent(&read.event, NotificationEvent, false);
  read.first = cluster.first;
  read.count = cluster.count;
  ++read.subsection->ControlArea->PagingIoCount;
  for (ULONG i = 0; i < cluster.count; ++i) {
    read.frames[i] = MiRemoveAnyPage();  // there are as many
    expect_page(table + cluster.first + i, read.frames[i], &read.event);
  }
  return true;
}

bool read_pages(const Read& read) {
  MmPageReadClusters.count(read.count);
  ++MmPageReadIoCount;
  MmPageReadCount += read.count;
  const SUBSECTION& subsection = *read.subsection;
  // The overlap of the pages and of what the file has of the subsection.
  const ULONG start = (subsection.StartingPage + read.first) << PAGE_SHIFT;
  const ULONG end = start + (read.count << PAGE_SHIFT);
  const ULONG first = subsection.SegmentOffset;
  const ULONG from = start > first ? start : first;
  const ULONG to = end < first + subsection.FileBytes ? end : first + subsection.FileBytes;
  const IO_PAGING_PART part = {from - start, subsection.FileOffset + (from - first), to - from};
  return NT_SUCCESS(
      IoPageRead(subsection.ControlArea->File, read.frames, read.count, &part, to > from ? 1 : 0));
}

/// The frames are on standby then, or, after a disk error, free.
NTSTATUS finish_read(Read& read) {
  const bool done = read_pages(read);
  const KDispatchGuard guard;
  for (ULONG i = 0; i < read.count; ++i) {
    MMPFN& pfn = MmPfnDatabase[read.frames[i]];
    pfn.ReadInProgress = 0;
    if (!done && pfn.PteAddress != 0) forget_page(read.frames[i]);
    MiDecrementReferenceCount(read.frames[i]);
  }
  KeSetEvent(&read.event);
  MiEndPagingIo(read.subsection->ControlArea);
  return done ? STATUS_SUCCESS : STATUS_DEVICE_DATA_ERROR;
}

NTSTATUS try_to_pin(PMMPTE pte, bool fresh, ULONG limit, ULONG& frame, Read& read) {
  const KDispatchGuard guard;
  for (;;) {
    if (MiIsSubsectionPte(*pte)) {
      if (fresh) return make_fresh(pte, frame) ? STATUS_SUCCESS : wait_for_pages;
      return begin_read(pte, limit, read) ? read_first : wait_for_pages;
    }
    frame = pte->frame();
    const MMPFN& pfn = MmPfnDatabase[frame];
    if (pfn.ReadInProgress == 0) {
      MiHoldFrame(frame);
      return STATUS_SUCCESS;
    }
    KeWaitForSingleObject(reinterpret_cast<KEVENT*>(pfn.u1.Event), KernelMode, nullptr);
  }
}

}  // namespace

void MiHoldFrame(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  if (pfn.PageLocation == ActiveAndValid || pfn.PageLocation == TransitionPage) {
    ++pfn.ReferenceCount;
    return;
  }
  MiTakeFromTransition(frame);
  pfn.u2.ShareCount = 0;
  pfn.PageLocation = TransitionPage;
}

NTSTATUS MiPinFilePage(FILE_CONTROL_AREA* area, ULONG page, bool fresh, ULONG& frame) {
  const PMMPTE pte = MiFindPrototypePte(area, page);
  for (ULONG limit = MmInPageClusterSize;;) {
    Read read;
    NTSTATUS status = try_to_pin(pte, fresh, limit, frame, read);
    if (status == wait_for_pages) {
      MiWaitForFreePages();
    } else if (status == read_first) {
      status = finish_read(read);
      // A neighbour's bad sector is no reason to refuse this page.
      if (!NT_SUCCESS(status) && read.count == 1) return status;
      if (!NT_SUCCESS(status)) limit = 1;
    } else {
      return status;
    }
  }
}

void MiUnpinFilePage(ULONG frame, bool modified) {
  const KDispatchGuard guard;
  if (modified) MmPfnDatabase[frame].Modified = 1;
  MiDecrementReferenceCount(frame);
}
