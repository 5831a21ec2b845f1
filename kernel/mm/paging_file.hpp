// Paging files: up to 16, used together; space in them, and transfers between them and frames.
#pragma once

#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/mm/paging_file_space.hpp"
#include "kernel/mm/pte.hpp"

class BlockDevice;
struct FILE_OBJECT;

inline constexpr ULONG MM_MAXIMUM_TRANSFER = 0x10000;                                 // bytes
inline constexpr ULONG MmModifiedWriteClusterSize = MM_MAXIMUM_TRANSFER / PAGE_SIZE;  // pages
inline constexpr ULONG MmInPageClusterSize = 0x8000 / PAGE_SIZE;
inline constexpr ULONG MAX_PAGE_FILES = 16;

struct MMPAGING_FILE {
  MMPAGING_FILE_SPACE Space;  // under the PFN lock
  MMPAGING_FILE_MAP Map;      // grows at its end only
  ULONG Number;               // PageFileLow of its PTEs
  ULONG MinimumSize;          // pages
  FILE_OBJECT* File;
  BlockDevice* Device;
  KEVENT WriterEvent;  // there may be work for its modified page writer
  BOOLEAN Writing;     // a cluster is on its way
  BOOLEAN Stuck;       // it could not grow when it was to
  BOOLEAN ToldStuck;   // and COM1 says so
  USHORT NameLength;   // bytes
  WCHAR Name[64];      // as it was given
};

extern "C" {
/// Files come, at DISPATCH_LEVEL, and never go.
extern MMPAGING_FILE* MmPagingFile[MAX_PAGE_FILES];
extern ULONG MmNumberOfPagingFiles;
/// Pages of the files that are in use by nobody: the disk refused to write them, or nobody knows
/// any more what they were.
extern ULONG MmLostPageFilePages;
/// Transfers and the pages they moved.
extern ULONG MmPageReadIoCount, MmPageReadCount, MmDirtyWriteIoCount, MmDirtyPagesWriteCount;
}

/// Makes the paging files that `options` ask for: PAGEFILE=C:8,24;D:4,16, in MB; 0 for none.
/// Without the option there is one, whose size comes from memory and the disk's free space.
void MmCreateBootPagingFiles(const char* options);
/// Makes, or takes over, a file of `minimum` bytes that may grow to `maximum`, and raises the
/// commit limit. One that is a paging file already may be given a larger minimum and maximum.
NTSTATUS MmCreatePagingFile(const UNICODE_STRING& name, ULONGLONG minimum, ULONGLONG maximum);

// Growth; see paging_file_growth.cpp.
/// Lets the files grow until `pages` more can be committed. False when they can't be. Waits for the
/// disk; hold no volume.
bool MiExtendPagingFiles(ULONG pages);
/// Makes the attempt, without locks; once more whenever commitment was short and files have grown
/// for the `pages` that it needs at most.
template <class Attempt>
NTSTATUS MiWithCommitment(ULONG pages, Attempt attempt) {
  NTSTATUS status;
  do {
    status = attempt();
  } while (status == STATUS_COMMITMENT_LIMIT && MiExtendPagingFiles(pages));
  return status;
}
/// Little can be committed any more: files grow before somebody has to wait. At DISPATCH_LEVEL.
void MiCommitLimitIsNear();
/// With MmPageFileCreationLock; how many pages the file has become larger by.
ULONG MiExtendPagingFile(MMPAGING_FILE& file, ULONG pages);
void MiInitializePagingFileGrowth();
[[noreturn]] void MiPagingFileGrowth(PVOID);
extern FAST_MUTEX MmPageFileCreationLock;

// At DISPATCH_LEVEL.
ULONG MiFreePageFileSpace();  // pages, of all files
/// What `pte` has in a paging file, if anything, is given back.
void MiReleasePageFileSpace(MMPTE pte);
/// Pages that can't be written are never used again: fewer can be promised.
void MiLosePageFileSpace(ULONG pages);

/// Moves frames from or to consecutive places of one file; waits for the disk. False is a disk
/// error.
bool MiReadPageFile(const ULONG* frames, ULONG count, ULONG place);
bool MiWritePageFile(const ULONG* frames, ULONG count, ULONG place);
void MiInitializePagingFileIo();

/// A dirty page has come to the modified list; at DISPATCH_LEVEL.
void MiModifiedPageCame();
/// Wakes a modified page writer if there is work.
void MiWakeModifiedPageWriter();
void MiInitializeModifiedPageWriter();
/// The writer of one paging file.
[[noreturn]] void MiModifiedPageWriter(PVOID file);
