// The file cache: NtReadFile and NtWriteFile copy from and to the very pages that views of the file
// show. There is no second copy of a file's data.
#pragma once

#include "kernel/io/file_object.hpp"

/// Bytes of the caller's, in user memory or the kernel's own.
struct CcBuffer {
  PVOID address;
  bool user;
};

/// Short at end of file; STATUS_END_OF_FILE when `offset` is at or past it.
NTSTATUS CcCopyRead(FILE_OBJECT& file, ULONG offset, ULONG length, CcBuffer to, ULONG& done);
/// Extends the file as needed; a gap reads as zeros. On STATUS_DISK_FULL nothing is written.
NTSTATUS CcCopyWrite(FILE_OBJECT& file, ULONG offset, ULONG length, CcBuffer from, ULONG& done);
/// What was written is on the disk then.
NTSTATUS CcFlushCache(FCB* fcb);
/// The file object has done with the cache: the last one that goes takes the pages along.
void CcUninitializeCacheMap(FILE_OBJECT& file);

/// Cuts the file off or extends it with zeros. STATUS_USER_MAPPED_FILE when a view would lose
/// pages.
NTSTATUS CcSetFileSize(FCB* fcb, ULONG size);
/// Extends it, with the file's Resource held.
NTSTATUS CcGrowFile(FCB* fcb, ULONG size);
/// Do sections or views show it, as data or as an image?
bool CcIsFileMapped(FCB* fcb);
