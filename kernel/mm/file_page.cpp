// Pages of files: read with their neighbours, and held while the kernel copies from or to them.
#include "kernel/io/file_paging_io.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/cluster_counts.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/page_in.hpp"
#include "kernel/mm/pfn.hpp"

namespace {

/// A page that has nothing in the file yet.
bool make_fresh(PMMPTE pte, ULONG& frame) {
  if (MmAvailablePages() <= MmMinimumFreePages) return false;
  frame = MiRemoveZeroPage();
  const MMPTE original = *pte;
  MiInitializePfn(frame, pte, original, true);
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.u2.ShareCount = 0;
  pfn.PageLocation = TransitionPage;
  *pte = MiMakeTransitionPte(frame, original.protection());
  return true;
}

NTSTATUS try_to_pin(PMMPTE pte, bool fresh, ULONG limit, ULONG& frame, MMINPAGE_SUPPORT& support) {
  const KDispatchGuard guard;
  if (MiIsSubsectionPte(*pte)) {
    if (fresh) return make_fresh(pte, frame) ? STATUS_SUCCESS : MI_WAIT_FOR_PAGES;
    return MiBeginInPage(pte, {}, limit, support) ? MI_READ_FIRST : MI_WAIT_FOR_PAGES;
  }
  frame = support.Frame = pte->frame();
  if (MmPfnDatabase[frame].ReadInProgress != 0) return MI_WAIT_FOR_READER;
  MiHoldFrame(frame);
  return STATUS_SUCCESS;
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

bool MiReadFilePages(const MMINPAGE_SUPPORT& support) {
  const SUBSECTION& subsection = *support.Subsection;
  MmPageReadClusters.count(support.Count);
  ++MmPageReadIoCount;
  MmPageReadCount += support.Count;
  const ULONG start = (subsection.StartingPage + support.Page) << PAGE_SHIFT;
  const ULONG end = start + (support.Count << PAGE_SHIFT);
  // Every part of the file that lies in these pages: sections of an image may share one.
  constexpr ULONG most_parts = 8;
  IO_PAGING_PART parts[most_parts];
  ULONG count = 0;
  for (const SUBSECTION* s = subsection.ControlArea->FirstSubsection;
       s != nullptr && count < most_parts; s = s->NextSubsection) {
    const ULONG last = s->SegmentOffset + s->FileBytes;
    const ULONG from = start > s->SegmentOffset ? start : s->SegmentOffset;
    const ULONG to = end < last ? end : last;
    if (to <= from) continue;
    parts[count++] = {from - start, s->FileOffset + (from - s->SegmentOffset), to - from};
  }
  return NT_SUCCESS(
      IoPageRead(subsection.ControlArea->File, support.Frames, support.Count, parts, count));
}

NTSTATUS MiPinFilePage(CONTROL_AREA* area, ULONG page, bool fresh, ULONG& frame) {
  const PMMPTE pte = MiFindPrototypePte(area, page);
  for (ULONG limit = MmInPageClusterSize;;) {
    MMINPAGE_SUPPORT support;
    NTSTATUS status = try_to_pin(pte, fresh, limit, frame, support);
    if (!MiIsWait(status)) return status;
    status = MiWaitAsAsked(status, support, limit);
    if (!NT_SUCCESS(status)) return status;
  }
}

void MiUnpinFilePage(ULONG frame, bool modified) {
  const KDispatchGuard guard;
  if (modified) MmPfnDatabase[frame].Modified = 1;
  MiDecrementReferenceCount(frame);
}
