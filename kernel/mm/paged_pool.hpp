// Paged pool: kernel memory that comes with the first touch, lies in a working set of the system's
// and leaves memory like pages of processes. For what nobody touches at DISPATCH_LEVEL or with a
// WorkingSetLock held: a fault on it may wait for pages and for the disk.
#pragma once

#include "kernel/mm/address_space.hpp"
#include "kernel/mm/layout.hpp"

extern "C" {
/// The pages of paged pool that are in memory; its CommitCharge is paged pool and its page tables,
/// which stay.
extern MMSUPPORT MmSystemWorkingSet;
}

inline bool MiIsPagedPool(ULONG address) {
  return address - MM_PAGED_POOL_START < MM_PAGED_POOL_SIZE;
}

/// After it paged pool can be allocated.
void MiInitializePagedPool();

/// Pages [address, + pages) become demand zero, charged, or go with what they hold.
bool MiMapPagedPool(ULONG address, ULONG pages);
void MiUnmapPagedPool(ULONG address, ULONG pages);

/// A page table of paged pool that the current directory doesn't know yet, whoever asked for it:
/// the pool itself or, by way of the self-map, one who looks at its entries. At any level.
bool MiCheckPdeForPagedPool(ULONG address);
/// A fault of the kernel's below DISPATCH_LEVEL.
NTSTATUS MiPagedPoolFault(ULONG address, bool write);
