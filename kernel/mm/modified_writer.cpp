// The modified page writers, one a paging file: dirty frames go there in clusters, then to standby.
#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"

namespace {

ULONG MmModifiedPageMaximum = 0;  // so many dirty pages are written even when memory is plentiful

bool is_work_to_do() {
  return MmModifiedPageListHead.Total != 0 &&
         (MmAvailablePages() < MmPlentifulFreePages ||
          MmModifiedPageListHead.Total > MmModifiedPageMaximum);
}

struct WriteCluster {
  ULONG frames[MmModifiedWriteClusterSize];
  ULONG count, place;
};

/// The oldest dirty frames, with a place in the file. They stay in transition: a page touched
/// meanwhile comes back at once, and is dirty again if it is written to.
bool begin(MMPAGING_FILE& file, WriteCluster& cluster) {
  const KDispatchGuard guard;
  if (!is_work_to_do()) return false;
  const ULONG dirty = MmModifiedPageListHead.Total;
  arch::u32 page = 0;
  cluster.count = MiAllocatePageFileRun(
      file.Space, dirty < MmModifiedWriteClusterSize ? dirty : MmModifiedWriteClusterSize, page);
  cluster.place = MiPageFilePlace(file.Number, page);
  for (ULONG i = 0; i < cluster.count; ++i) {
    const ULONG frame = MiRemoveHeadPfn(MmPfnDatabase, MmModifiedPageListHead);
    MMPFN& pfn = MmPfnDatabase[frame];
    pfn.u2.ShareCount = 0;
    pfn.ReferenceCount = 1;
    pfn.PageLocation = TransitionPage;
    pfn.WriteInProgress = 1;
    pfn.Modified = 0;
    pfn.OriginalPte =
        MiMakePageFilePte(MMPTE{pfn.OriginalPte}.protection(), cluster.place + i).Long;
    cluster.frames[i] = frame;
  }
  file.Writing = cluster.count != 0;
  return file.Writing;
}

/// Where the disk refused, the pages are dirty as before, and their places are lost.
void end(MMPAGING_FILE& file, const WriteCluster& cluster, bool written) {
  const KDispatchGuard guard;
  file.Writing = FALSE;
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

/// Is a larger part of `file` free than of `other`?
bool is_emptier(const MMPAGING_FILE& file, const MMPAGING_FILE& other) {
  return ULONGLONG{file.Space.FreeSpace} * other.Space.Size >
         ULONGLONG{other.Space.FreeSpace} * file.Space.Size;
}

}  // namespace

void MiInitializeModifiedPageWriter() { MmModifiedPageMaximum = MmNumberOfPhysicalPages / 8; }

void MiModifiedPageCame() {
  if (MmModifiedPageListHead.Total == MmModifiedPageMaximum + 1) MiWakeModifiedPageWriter();
}

/// The next cluster is for the emptiest file that nobody writes to: so all fill up together.
void MiWakeModifiedPageWriter() {
  const KDispatchGuard guard;
  if (!is_work_to_do()) return;
  MMPAGING_FILE* next = nullptr;
  for (ULONG i = 0; i < MmNumberOfPagingFiles; ++i) {
    MMPAGING_FILE* file = MmPagingFile[i];
    if (file->Writing || file->Space.FreeSpace == 0) continue;
    if (next == nullptr || is_emptier(*file, *next)) next = file;
  }
  if (next != nullptr) KeSetEvent(&next->WriterEvent);
}

void MiModifiedPageWriter(PVOID context) {
  auto& file = *static_cast<MMPAGING_FILE*>(context);
  for (;;) {
    KeWaitForSingleObject(&file.WriterEvent, KernelMode, nullptr);
    WriteCluster cluster;
    if (begin(file, cluster)) {
      MiWakeModifiedPageWriter();  // another file's disk may work at the same time
      end(file, cluster, MiWritePageFile(cluster.frames, cluster.count, cluster.place));
    }
    MiWakeModifiedPageWriter();
  }
}
