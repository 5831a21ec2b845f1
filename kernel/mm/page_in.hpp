// Reading pages back from the paging file, neighbours included.
#pragma once

#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/mm/paging_file.hpp"

/// One read. It lives on the stack of the thread that reads; others that fault on its frames wait
/// for its event.
struct MMINPAGE_SUPPORT {
  KEVENT Event;
  ULONG Frames[MmInPageClusterSize];
  ULONG Count, Page;  // consecutive pages of the file
};

/// Gives the page of `pte` and its neighbours frames, in transition, ReadInProgress. At most
/// `limit` pages. At DISPATCH_LEVEL, with the working-set lock held; false when no frame is to be
/// had.
bool MiBeginInPage(PMMPTE pte, ULONG limit, MMINPAGE_SUPPORT& support);
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
/// Waits for, or reads, the page at `address` of the current process or its page table. Success:
/// ask again, with no more than `cluster_limit` pages to read at once.
NTSTATUS MiWaitAsAsked(NTSTATUS wait, ULONG address, MMINPAGE_SUPPORT& support,
                       ULONG& cluster_limit);
