// Paging I/O: frames from and to a file's clusters.
#pragma once

#include "kernel/io/fcb.hpp"
#include "kernel/mm/layout.hpp"

/// The most frames one transfer moves.
inline constexpr ULONG IoMostPagingFrames = MM_FILE_WINDOW_SIZE / PAGE_SIZE;

/// `length` bytes from `offset` of the file go to byte `at` of the frames, counted from the first.
struct IO_PAGING_PART {
  ULONG at, offset, length;
};

void IoInitializePagingIo();

// Both touch no user memory and want no lock but the volume's, so that a page fault may call them
// whatever its thread holds, the volume apart.
/// Parts come in the order of `at`; between them, and past the end of the file, are zeros.
NTSTATUS IoPageRead(FCB* fcb, const ULONG* frames, ULONG count, const IO_PAGING_PART* parts,
                    ULONG part_count);
/// Up to the end of the file; has reached the disk on return. `offset` is a whole sector.
NTSTATUS IoSynchronousPageWrite(FCB* fcb, const ULONG* frames, ULONG count, ULONG offset);
