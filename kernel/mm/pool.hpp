// Nonpaged and paged pool, and kernel stacks.
#pragma once

#include "arch/debugger_data.hpp"
#include "kernel/nt.hpp"

/// Paged: for what nobody touches at DISPATCH_LEVEL, nor with a WorkingSetLock held.
enum POOL_TYPE : ULONG { NonPagedPool = 0, PagedPool = 1 };

/// Where the debugger finds their figures.
extern "C" const arch::PoolDebuggerData ExPoolDebuggerData[2];

void ExInitializePagedPool();
/// Null when memory has run out. `tag` is four characters, written 'dcba'.
PVOID ExAllocatePoolWithTag(POOL_TYPE type, ULONG size, ULONG tag);
void ExFreePool(PVOID block);

struct PoolStatistics {
  ULONG pages, allocations, frees;
};
PoolStatistics ExQueryPool(POOL_TYPE type);
/// SystemPoolTagInformation: the use of the pool by tag.
NTSTATUS ExQueryPoolTags(ULONG user_buffer, ULONG length, ULONG& needed);

constexpr ULONG PoolTag(const char (&name)[5]) {
  return static_cast<ULONG>(name[0]) | static_cast<ULONG>(name[1]) << 8 |
         static_cast<ULONG>(name[2]) << 16 | static_cast<ULONG>(name[3]) << 24;
}

/// The stack's top, or 0. An unmapped page lies below each stack.
ULONG MmCreateKernelStack();
void MmDeleteKernelStack(ULONG top);
