// Paging files grow, one run of free sectors after the other, when the commit limit is near. A
// thread of its own asks the file system, so that nobody does who holds locks of Mm's.
#include "kernel/io/console.hpp"
#include "kernel/io/paging_io.hpp"
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"

namespace {

constinit KEVENT MiGrowthRequest = {}, MiGrowthAnswer = {};
constinit ULONG MiGrowthWanted = 0;  // pages that somebody waits for to be committed

constexpr ULONG step = 0x100000 / PAGE_SIZE;  // the least that a file grows by
constexpr ULONG near_the_limit = step / 2;    // pages
constexpr ULONG fruitless_rounds = 2;         // the first may have begun before it was asked for

/// Pages that can still be committed.
ULONG uncommitted() {
  return MmTotalCommitLimit > MmTotalCommittedPages ? MmTotalCommitLimit - MmTotalCommittedPages
                                                    : 0;
}

ULONG room_of(const MMPAGING_FILE& file) { return file.Space.MaximumSize - file.Space.Size; }

ULONG room_to_grow() {
  ULONG pages = 0;
  for (ULONG i = 0; i < MmNumberOfPagingFiles; ++i) pages += room_of(*MmPagingFile[i]);
  return pages;
}

/// The file that is farthest from its maximum, stuck ones apart.
MMPAGING_FILE* most_room() {
  MMPAGING_FILE* best = nullptr;
  for (ULONG i = 0; i < MmNumberOfPagingFiles; ++i) {
    MMPAGING_FILE* file = MmPagingFile[i];
    if (file->Stuck || room_of(*file) == 0) continue;
    if (best == nullptr || room_of(*file) > room_of(*best)) best = file;
  }
  return best;
}

void grow_files(ULONG wanted) {
  const FastMutexGuard lock(MmPageFileCreationLock);
  while (uncommitted() < wanted) {
    MMPAGING_FILE* file = most_room();
    if (file == nullptr) return;
    const ULONG missing = wanted - uncommitted();
    if (MiExtendPagingFile(*file, missing > step ? missing : step) != 0) continue;
    file->Stuck = TRUE;
    if (file->ToldStuck) continue;
    file->ToldStuck = TRUE;
    const UNICODE_STRING name = {file->NameLength, sizeof file->Name, file->Name};
    DbgPrint("%wZ: no room to grow on the disk\n", &name);
  }
}

}  // namespace

ULONG MiExtendPagingFile(MMPAGING_FILE& file, ULONG pages) {
  const ULONG room = file.Space.MaximumSize - file.Map.Pages;
  if (pages > room) pages = room;
  ULONG sector = 0, length = 0;
  if (pages == 0 ||
      !NT_SUCCESS(IoExtendPagingFile(file.File, PAGE_SIZE, pages * PAGE_SIZE, sector, length))) {
    return 0;
  }
  const bool first = file.Map.Pages == 0;
  pages = length / PAGE_SIZE;
  const KDispatchGuard guard;
  if (!MiAddPagingFileRun(file.Map, sector, pages, PAGE_SIZE / BlockDevice::sector_size)) return 0;
  MiExtendPageFileSpace(file.Space, first ? pages - 1 : pages);
  if (MmPagingFile[file.Number] == &file) MmTotalCommitLimit += pages;
  return pages;
}

void MiInitializePagingFileGrowth() {
  ExInitializeFastMutex(&MmPageFileCreationLock);
  KeInitializeEvent(&MiGrowthRequest, SynchronizationEvent, false);
  KeInitializeEvent(&MiGrowthAnswer, NotificationEvent, false);
}

bool MiExtendPagingFiles(ULONG pages) {
  const KDispatchGuard guard;  // from the look to the wait nothing happens
  for (ULONG fruitless = 0; fruitless < fruitless_rounds;) {
    if (uncommitted() >= pages) return true;
    if (pages - uncommitted() > room_to_grow()) return false;
    for (ULONG i = 0; i < MmNumberOfPagingFiles; ++i) MmPagingFile[i]->Stuck = FALSE;
    const ULONG before = MmTotalCommitLimit;
    if (pages > MiGrowthWanted) MiGrowthWanted = pages;
    KeResetEvent(&MiGrowthAnswer);
    KeSetEvent(&MiGrowthRequest);
    KeWaitForSingleObject(&MiGrowthAnswer, KernelMode, nullptr);
    fruitless = MmTotalCommitLimit > before ? 0 : fruitless + 1;
  }
  return false;
}

void MiCommitLimitIsNear() {
  if (uncommitted() < near_the_limit && most_room() != nullptr) KeSetEvent(&MiGrowthRequest);
}

void MiPagingFileGrowth(PVOID) {
  for (;;) {
    KeWaitForSingleObject(&MiGrowthRequest, KernelMode, nullptr);
    ULONG wanted;
    {
      const KDispatchGuard guard;
      wanted = MiGrowthWanted;
      MiGrowthWanted = 0;
    }
    grow_files(wanted + near_the_limit);
    const KDispatchGuard guard;
    KeSetEvent(&MiGrowthAnswer);
  }
}
