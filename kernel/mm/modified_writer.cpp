// The modified page writer: dirty frames go to the paging file in clusters, then to standby.
#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"

namespace {

constinit KEVENT MmModifiedPageWriterEvent = {};
ULONG MmModifiedPageMaximum = 0;  // so many dirty pages are written even when memory is plentiful

bool is_work_to_do() {
  return MmModifiedPageListHead.Total != 0 &&
         (MmAvailablePages() < MmPlentifulFreePages ||
          MmModifiedPageListHead.Total > MmModifiedPageMaximum);
}

struct WriteCluster {
  ULONG frames[MmModifiedWriteClusterSize];
  ULONG count, page;
};

/// The oldest dirty frames, with a place in the file. They stay in transition: a page touched
/// meanwhile comes back at once, and is dirty again if it is written to.
bool begin(WriteCluster& cluster) {
  const KDispatchGuard guard;
  if (!is_work_to_do()) return false;
  const ULONG dirty = MmModifiedPageListHead.Total;
  cluster.count = MiAllocatePageFileSpace(
      dirty < MmModifiedWriteClusterSize ? dirty : MmModifiedWriteClusterSize, cluster.page);
  for (ULONG i = 0; i < cluster.count; ++i) {
    const ULONG frame = MiRemoveHeadPfn(MmPfnDatabase, MmModifiedPageListHead);
    MMPFN& pfn = MmPfnDatabase[frame];
    pfn.u2.ShareCount = 0;
    pfn.ReferenceCount = 1;
    pfn.PageLocation = TransitionPage;
    pfn.WriteInProgress = 1;
    pfn.Modified = 0;
    pfn.OriginalPte = MiMakePageFilePte(MMPTE{pfn.OriginalPte}.protection(), cluster.page + i).Long;
    cluster.frames[i] = frame;
  }
  return cluster.count != 0;
}

/// Where the disk refused, the pages are dirty as before, and their places are lost.
void end(const WriteCluster& cluster, bool written) {
  const KDispatchGuard guard;
  for (ULONG i = 0; i < cluster.count; ++i) {
    MMPFN& pfn = MmPfnDatabase[cluster.frames[i]];
    pfn.WriteInProgress = 0;
    if (!written && pfn.PteAddress != 0) {
      pfn.Modified = 1;
      pfn.OriginalPte = MiMakeDemandZeroPte(MMPTE{pfn.OriginalPte}.protection()).Long;
      MiLosePageFileSpace(1);
    }
    MiDecrementReferenceCount(cluster.frames[i]);
  }
}

}  // namespace

void MiInitializeModifiedPageWriter() {
  KeInitializeEvent(&MmModifiedPageWriterEvent, SynchronizationEvent, false);
  MmModifiedPageMaximum = MmNumberOfPhysicalPages / 8;
}

void MiModifiedPageCame() {
  if (MmModifiedPageListHead.Total == MmModifiedPageMaximum + 1) MiWakeModifiedPageWriter();
}

void MiWakeModifiedPageWriter() {
  if (MmNumberOfPagingFiles != 0 && is_work_to_do()) KeSetEvent(&MmModifiedPageWriterEvent);
}

void MiModifiedPageWriter(PVOID) {
  for (;;) {
    KeWaitForSingleObject(&MmModifiedPageWriterEvent, KernelMode, nullptr);
    WriteCluster cluster;
    while (begin(cluster))
      end(cluster, MiWritePageFile(cluster.frames, cluster.count, cluster.page));
  }
}
