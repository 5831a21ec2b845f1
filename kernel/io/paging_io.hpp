// What paging needs of the disks: files in few pieces, and their disks without the file system.
#pragma once

#include "kernel/io/block_device.hpp"
#include "kernel/nt/types.hpp"

struct FILE_OBJECT;

/// Opens or creates a paging file: open to nobody else as long as the system runs.
NTSTATUS IoOpenPagingFile(const UNICODE_STRING& name, FILE_OBJECT*& file);
/// Of the volume; the bytes of the file itself count as free.
NTSTATUS IoQueryPagingFileRoom(FILE_OBJECT* file, ULONG& free);
/// What is left of the file after this, in bytes, has every `unit` in one piece; none is new.
NTSTATUS IoPreparePagingFile(FILE_OBJECT* file, ULONG unit, ULONG maximum, ULONG& size);
/// Where the bytes from `offset` on lie, one behind the other.
NTSTATUS IoFindPagingFileRun(FILE_OBJECT* file, ULONG offset, ULONG& sector, ULONG& length);
/// Up to `wanted` bytes more, in one piece of whole units. STATUS_DISK_FULL when there are none.
NTSTATUS IoExtendPagingFile(FILE_OBJECT* file, ULONG unit, ULONG wanted, ULONG& sector,
                            ULONG& length);
/// The file goes: it can't be used.
void IoDeletePagingFile(FILE_OBJECT* file);
/// For transfers at PASSIVE_LEVEL, whatever the volume is doing.
BlockDevice& IoPagingDevice(const FILE_OBJECT* file);
