// Who makes pages available, who waits for them, and the zero-page thread.
#include "kernel/mm/free_pages.hpp"

#include "kernel/ke/irql.hpp"
#include "kernel/ke/thread_object.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/rtl/memory.hpp"

extern "C" {
ULONG MmMinimumFreePages = 0, MmPlentifulFreePages = 0;
constinit KEVENT MmWorkingSetManagerEvent = {}, MmZeroingPageEvent = {}, MmAvailablePagesEvent = {};
}

namespace {

constinit ULONG MiPageWaiters = 0;
constexpr ULONG zeroing_threshold = 8;  // free pages that wake the zero page thread
constexpr ULONG least_reserve = 16;

}  // namespace

void MiInitializeFreePages() {
  KeInitializeEvent(&MmWorkingSetManagerEvent, SynchronizationEvent, false);
  KeInitializeEvent(&MmZeroingPageEvent, SynchronizationEvent, true);
  KeInitializeEvent(&MmAvailablePagesEvent, NotificationEvent, false);
  MmMinimumFreePages = MmNumberOfPhysicalPages / 64;
  if (MmMinimumFreePages < least_reserve) MmMinimumFreePages = least_reserve;
  MmPlentifulFreePages = 4 * MmMinimumFreePages;
}

void MiPageBecameFree() {
  if (MmFreePageListHead.Total == zeroing_threshold) KeSetEvent(&MmZeroingPageEvent);
  MiPageBecameAvailable();
}

void MiPageBecameAvailable() {
  if (MiPageWaiters != 0 && MmAvailablePages() > MmMinimumFreePages) {
    KeSetEvent(&MmAvailablePagesEvent);
  }
}

/// Pages go one by one, so the threshold is met exactly on the way down.
void MiPageWasTaken() {
  if (MmAvailablePages() == 2 * MmMinimumFreePages) KeSetEvent(&MmWorkingSetManagerEvent);
}

void MiWaitForFreePages() {
  const KDispatchGuard guard;
  ++MiPageWaiters;
  while (MmAvailablePages() <= MmMinimumFreePages) {
    KeSetEvent(&MmWorkingSetManagerEvent);
    KeResetEvent(&MmAvailablePagesEvent);
    KeWaitForSingleObject(&MmAvailablePagesEvent, KernelMode, nullptr);
  }
  --MiPageWaiters;
}

void MmZeroPageThread(PVOID) {
  for (;;) {
    KeWaitForSingleObject(&MmZeroingPageEvent, KernelMode, nullptr);
    for (;;) {
      ULONG frame;
      {
        const KDispatchGuard guard;
        frame = MiRemoveHeadPfn(MmPfnDatabase, MmFreePageListHead);
        if (frame == MM_EMPTY_LIST) break;
        MmPfnDatabase[frame].PageLocation = TransitionPage;
        MmPfnDatabase[frame].ReferenceCount = 1;
      }
      // Nobody knows the frame now: other threads may run.
      memset(MiFrameToKseg0(frame), 0, PAGE_SIZE);
      const KDispatchGuard guard;
      MmPfnDatabase[frame].ReferenceCount = 0;
      MiInsertTailPfn(MmPfnDatabase, MmZeroedPageListHead, frame);
      MiPageBecameAvailable();
    }
  }
}
