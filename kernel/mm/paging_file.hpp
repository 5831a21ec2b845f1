// The paging file: space in it, and transfers between it and frames.
#pragma once

#include "kernel/mm/pte.hpp"

inline constexpr ULONG MM_MAXIMUM_TRANSFER = 0x10000;                                 // bytes
inline constexpr ULONG MmModifiedWriteClusterSize = MM_MAXIMUM_TRANSFER / PAGE_SIZE;  // pages
inline constexpr ULONG MmInPageClusterSize = 0x8000 / PAGE_SIZE;

extern "C" {
extern ULONG MmNumberOfPagingFiles;
/// Transfers and the pages they moved.
extern ULONG MmPageReadIoCount, MmPageReadCount, MmDirtyWriteIoCount, MmDirtyPagesWriteCount;
}

/// Makes or takes over \PAGEFILE.SYS and raises the commit limit by its size. `options` may have
/// PAGEFILE=n, in MB; 0 for none. Without it the size comes from memory and the disk's free space.
NTSTATUS MmCreatePagingFile(const char* options);

// At DISPATCH_LEVEL.
ULONG MiAllocatePageFileSpace(ULONG wanted, ULONG& first);
ULONG MiFreePageFileSpace();  // pages
/// What `pte` has in the paging file, if anything, is given back.
void MiReleasePageFileSpace(MMPTE pte);
/// Pages that can't be written are never used again: fewer can be promised.
void MiLosePageFileSpace(ULONG pages);

/// Moves frames from or to consecutive pages of the file; waits for the disk. False is a disk
/// error.
bool MiReadPageFile(const ULONG* frames, ULONG count, ULONG page);
bool MiWritePageFile(const ULONG* frames, ULONG count, ULONG page);

/// A dirty page has come to the modified list; at DISPATCH_LEVEL.
void MiModifiedPageCame();
/// Wakes the modified page writer if there is work for it; at DISPATCH_LEVEL.
void MiWakeModifiedPageWriter();
void MiInitializeModifiedPageWriter();
[[noreturn]] void MiModifiedPageWriter(PVOID);
