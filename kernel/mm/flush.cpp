// Dirty pages of files on their way to the disk: flushed when somebody asks, written by the mapped
// page writer when nobody maps them, forgotten when the file is cut off.
#include "kernel/io/file_paging_io.hpp"
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/cluster_counts.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"

namespace {

constexpr LARGE_INTEGER lazy_interval = {.QuadPart = -30'000'000};  // 3 s
constinit KEVENT MmMappedPageWriterEvent = {};
ULONG MmMappedPageMaximum = 0;  // so many dirty pages are written at once

/// One transfer: consecutive pages of a subsection.
struct WriteRun {
  SUBSECTION* subsection;
  ULONG first, count;
  ULONG frames[IoMostPagingFrames];
};

MMPFN* resident(MMPTE pte) {
  return pte.valid() || pte.transition() ? &MmPfnDatabase[pte.frame()] : nullptr;
}

bool is_dirty(MMPTE pte) {
  const MMPFN* pfn = resident(pte);
  return pfn != nullptr && pfn->Modified != 0 && pfn->WriteInProgress == 0;
}

/// Around dirty page `index`: its dirty neighbours, each held and clean from here on. A page that
/// is written to meanwhile is dirty again.
void begin_write(SUBSECTION* subsection, ULONG index, WriteRun& run) {
  const PMMPTE ptes = subsection->SubsectionBase;
  ULONG end = index + 1;
  while (end < subsection->PtesInSubsection && end - index < IoMostPagingFrames &&
         is_dirty(ptes[end])) {
    ++end;
  }
  while (index != 0 && end - index < IoMostPagingFrames && is_dirty(ptes[index - 1])) --index;
  run.subsection = subsection;
  run.first = index;
  run.count = end - index;
  for (ULONG i = 0; i < run.count; ++i) {
    run.frames[i] = ptes[index + i].frame();
    MiHoldFrame(run.frames[i]);
    MmPfnDatabase[run.frames[i]].Modified = 0;
    MmPfnDatabase[run.frames[i]].WriteInProgress = 1;
  }
  ++subsection->ControlArea->PagingIoCount;
}

NTSTATUS finish_write(const WriteRun& run) {
  const SUBSECTION& subsection = *run.subsection;
  MmMappedWriteClusters.count(run.count);
  ++MmMappedWriteIoCount;
  MmMappedPagesWriteCount += run.count;
  const NTSTATUS status =
      IoSynchronousPageWrite(subsection.ControlArea->File, run.frames, run.count,
                             subsection.FileOffset + (run.first << PAGE_SHIFT));
  const KDispatchGuard guard;
  for (ULONG i = 0; i < run.count; ++i) {
    MMPFN& pfn = MmPfnDatabase[run.frames[i]];
    pfn.WriteInProgress = 0;
    if (!NT_SUCCESS(status) && pfn.PteAddress != 0) pfn.Modified = 1;
    MiDecrementReferenceCount(run.frames[i]);
  }
  MiEndPagingIo(subsection.ControlArea);
  return status;
}

/// At DISPATCH_LEVEL, until the next transfer of the control area ends.
void wait_for_transfer(CONTROL_AREA* area) {
  KeResetEvent(&area->PagingIoDone);
  KeWaitForSingleObject(&area->PagingIoDone, KernelMode, nullptr);
}

/// The first run at or after `page`, up to `last`. What is being written already is waited for.
bool find_dirty(CONTROL_AREA* area, ULONG& page, ULONG last, WriteRun& run) {
  const KDispatchGuard guard;
  for (SUBSECTION* subsection = area->FirstSubsection; subsection != nullptr;
       subsection = subsection->NextSubsection) {
    const ULONG end = subsection->StartingPage + subsection->PtesInSubsection;
    for (; page < end && page <= last; ++page) {
      const ULONG index = page - subsection->StartingPage;
      const PMMPTE pte = subsection->SubsectionBase + index;
      while (resident(*pte) != nullptr && resident(*pte)->WriteInProgress != 0) {
        wait_for_transfer(area);
      }
      if (!is_dirty(*pte)) continue;
      begin_write(subsection, index, run);
      page = subsection->StartingPage + run.first + run.count;
      return true;
    }
  }
  return false;
}

CONTROL_AREA* find_dirty_area() {
  for (PLIST_ENTRY entry = MmSubsectionHead.Flink; entry != &MmSubsectionHead;
       entry = entry->Flink) {
    const SUBSECTION* subsection = CONTAINING_RECORD(entry, SUBSECTION, SubsectionLinks);
    for (ULONG i = 0; i < subsection->PtesInSubsection; ++i) {
      const MMPFN* pfn = resident(subsection->SubsectionBase[i]);
      if (pfn != nullptr && (pfn->Modified != 0 || pfn->WriteInProgress != 0)) {
        return subsection->ControlArea;
      }
    }
  }
  return nullptr;
}

void forget(PMMPTE pte) {
  if (MiIsSubsectionPte(*pte)) return;
  const ULONG frame = pte->frame();
  MMPFN& pfn = MmPfnDatabase[frame];
  if (pte->valid() || pfn.ReferenceCount > 1) {
    KeBugCheckEx(MEMORY_MANAGEMENT, 4, reinterpret_cast<ULONG>(pte), pte->Long, frame);
  }
  const ULONG table = pfn.PteFrame;
  const MMPTE original = {pfn.OriginalPte};
  MiTakeFromTransition(frame);
  *pte = original;
  MiDecrementShareCount(table);
  MiDecrementShareCount(frame);
}

bool is_work_to_do(bool lazily) {
  const ULONG total = MmModifiedMappedPageListHead.Total;
  return total != 0 &&
         (lazily || total > MmMappedPageMaximum || MmAvailablePages() < MmPlentifulFreePages);
}

/// The oldest dirty page that nobody maps, and its neighbours.
bool take_oldest(bool lazily, WriteRun& run) {
  const KDispatchGuard guard;
  if (!is_work_to_do(lazily)) return false;
  const MMPFN& pfn = MmPfnDatabase[MmModifiedMappedPageListHead.Flink];
  SUBSECTION* subsection = MiSubsectionOfPte({pfn.OriginalPte});
  const auto* pte = reinterpret_cast<const MMPTE*>(pfn.PteAddress);
  begin_write(subsection, static_cast<ULONG>(pte - subsection->SubsectionBase), run);
  return true;
}

}  // namespace

extern "C" {
ULONG MmMappedWriteIoCount = 0, MmMappedPagesWriteCount = 0;
}

NTSTATUS MiFlushFilePages(CONTROL_AREA* area, ULONG first, ULONG last) {
  NTSTATUS status = STATUS_SUCCESS;
  WriteRun run;
  for (ULONG page = first; find_dirty(area, page, last, run);) {
    const NTSTATUS written = finish_write(run);
    if (!NT_SUCCESS(written)) status = written;
  }
  return status;
}

void MmFlushAllFiles() {
  MmCaptureDirtyPages();
  for (;;) {
    CONTROL_AREA* area = nullptr;
    {
      // A transfer that seems to run keeps the control area.
      const KDispatchGuard guard;
      area = find_dirty_area();
      if (area != nullptr) ++area->PagingIoCount;
    }
    if (area == nullptr) return;
    const NTSTATUS status = MiFlushFilePages(area, 0, area->Segment.TotalNumberOfPtes);
    const KDispatchGuard guard;
    MiEndPagingIo(area);
    if (!NT_SUCCESS(status)) return;
  }
}

void MiWaitForPagingIo(CONTROL_AREA* area) {
  const KDispatchGuard guard;
  while (area->PagingIoCount != 0) wait_for_transfer(area);
}

void MiPurgeFilePages(CONTROL_AREA* area, ULONG first) {
  MiWaitForPagingIo(area);
  for (SUBSECTION* subsection = area->FirstSubsection; subsection != nullptr;
       subsection = subsection->NextSubsection) {
    const ULONG skipped = first > subsection->StartingPage ? first - subsection->StartingPage : 0;
    for (ULONG i = skipped; i < subsection->PtesInSubsection; ++i) {
      const KDispatchGuard guard;
      forget(subsection->SubsectionBase + i);
    }
  }
}

void MiInitializeMappedPageWriter() {
  KeInitializeEvent(&MmMappedPageWriterEvent, SynchronizationEvent, false);
  MmMappedPageMaximum = MmNumberOfPhysicalPages / 8;
}

void MiMappedPageCame() {
  if (MmModifiedMappedPageListHead.Total == MmMappedPageMaximum + 1) MiWakeMappedPageWriter();
}

void MiWakeMappedPageWriter() {
  if (is_work_to_do(false)) KeSetEvent(&MmMappedPageWriterEvent);
}

/// Waits between rounds, so that a disk that refuses is asked again later, not for ever at once.
void MiMappedPageWriter(PVOID) {
  for (;;) {
    const NTSTATUS woken =
        KeWaitForSingleObject(&MmMappedPageWriterEvent, KernelMode, &lazy_interval);
    WriteRun run;
    while (take_oldest(woken == STATUS_TIMEOUT, run)) {
      if (!NT_SUCCESS(finish_write(run))) break;
    }
  }
}
