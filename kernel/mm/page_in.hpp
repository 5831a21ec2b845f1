// Reading pages back from the paging file, neighbours included.
#pragma once

#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/mm/paging_file.hpp"

struct SUBSECTION;

/// One read. It lives on the stack of the thread that reads; others that fault on its frames wait
/// for its event.
struct MMINPAGE_SUPPORT {
  ULONG Frame;  // for MI_WAIT_FOR_READER: the one that somebody else reads
  KEVENT Event;
  ULONG Frames[MmInPageClusterSize];
  ULONG Count, Page;       // consecutive places in a paging file, or pages of the subsection
  SUBSECTION* Subsection;  // null: a paging file
};

/// Entries side by side: of a page table, or of a segment.
struct MiPteRange {
  PMMPTE first;
  ULONG count;
};
inline MiPteRange MiPageTableOf(PMMPTE pte) {
  const ULONG index = reinterpret_cast<ULONG>(pte) / sizeof(MMPTE) % PageGeometry::table_entries;
  return {pte - index, PageGeometry::table_entries};
}

/// Gives the page of `pte` and its neighbours in `range` frames, in transition, ReadInProgress. At
/// most `limit` pages. At DISPATCH_LEVEL, with the working-set lock held; false when no frame is to
/// be had.
bool MiBeginInPage(PMMPTE pte, MiPteRange range, ULONG limit, MMINPAGE_SUPPORT& support);
/// Reads, without the working-set lock. The frames are on standby then, or, after a disk error,
/// free.
NTSTATUS MiFinishInPage(MMINPAGE_SUPPORT& support);

// Answers of the fault handler and of MiBringPageTable to their callers: what has to be waited for,
// without the working-set lock, before the question is asked again.
inline constexpr NTSTATUS MI_WAIT_FOR_PAGES = STATUS_PENDING, MI_WAIT_FOR_READER = STATUS_ALERTED,
                          MI_READ_FIRST = STATUS_TIMEOUT;
constexpr bool MiIsWait(NTSTATUS status) {
  return status == MI_WAIT_FOR_PAGES || status == MI_WAIT_FOR_READER || status == MI_READ_FIRST;
}
/// Waits for, or reads, what `support` says. Success: ask again, with no more than `cluster_limit`
/// pages to read at once.
NTSTATUS MiWaitAsAsked(NTSTATUS wait, MMINPAGE_SUPPORT& support, ULONG& cluster_limit);
