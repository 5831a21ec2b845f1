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
/// Waits while somebody else reads the page at `address` of the current process.
void MiWaitForInPage(ULONG address);
