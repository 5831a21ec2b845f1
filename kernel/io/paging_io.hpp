// What paging needs of the disks: a file in one piece, and its disk without the file system.
#pragma once

#include "kernel/io/file_object.hpp"

struct IoPagingFile {
  FILE_OBJECT* Object;
  BlockDevice* Disk;   // transfers at PASSIVE_LEVEL, whatever the volume is doing
  ULONG Sector, Size;  // the first one on the disk; bytes
};

/// A file of any volume: hidden, in one piece, open to nobody else as long as the system runs. A
/// file that is there is taken over as it is, unless `exact` asks for a size. A new one gets
/// `wanted` bytes, or half of what is free, or the longest piece.
NTSTATUS IoOpenPagingFile(const IoPath& path, ULONG wanted, bool exact, IoPagingFile& opened);
