// What paging needs of the disk: a file in one piece, and the disk without the file system.
#pragma once

#include "kernel/io/block_device.hpp"
#include "kernel/nt/types.hpp"

/// The disk the system was started from. Safe to use at PASSIVE_LEVEL whatever the volume is doing.
BlockDevice& IoSystemDisk();

/// \PAGEFILE.SYS of the system volume: hidden, in one piece, open to nobody else as long as the
/// system runs. A file that is there is taken over as it is, unless `exact` asks for a size. A new
/// one gets `wanted` bytes, or half of what is free, or the longest piece. Gives its first sector.
NTSTATUS IoOpenPagingFile(ULONG wanted, bool exact, ULONG& sector, ULONG& size);
