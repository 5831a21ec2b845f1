// Nonpaged pool: whole pages for what is large, blocks of a page for the rest; kernel stacks.
#include "kernel/mm/pool.hpp"

#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/pool_blocks.hpp"
#include "kernel/mm/pool_tags.hpp"
#include "kernel/mm/user_copy.hpp"

namespace {

constexpr ULONG pool_pages = MM_NONPAGED_POOL_SIZE / PAGE_SIZE;

/// Length of the run that starts at a page of the pool; 0: free, inside_run: not its first page.
constexpr USHORT inside_run = 0xFFFF;
USHORT MiPoolRuns[pool_pages] = {};
ULONG MiPoolRunTags[pool_pages] = {};  // at each run's first page
constinit ULONG MiPoolHint = 0;        // no page below it is free
constinit PoolStatistics MiPoolStatistics = {};

constexpr ULONG tag_capacity = 64, query_tag = PoolTag("MmTq");
constinit PoolTagTable<tag_capacity> MiPoolTags = {};

ULONG page_address(ULONG page) { return MM_NONPAGED_POOL_START + page * PAGE_SIZE; }

void release_run(ULONG page, ULONG count) {
  for (ULONG i = 0; i < count; ++i) {
    MiUnmapKernelPage(MiAddressToPte(page_address(page + i)));
    MiPoolRuns[page + i] = 0;
  }
  MiPoolStatistics.pages -= count;
  if (page < MiPoolHint) MiPoolHint = page;
}

/// First fit.
PVOID allocate_run(ULONG count) {
  ULONG found = 0;
  for (ULONG page = MiPoolHint; page < pool_pages; ++page) {
    found = MiPoolRuns[page] == 0 ? found + 1 : 0;
    if (found < count) continue;
    const ULONG first = page - count + 1;
    for (ULONG i = 0; i < count; ++i) {
      if (!MiMapKernelPage(MiAddressToPte(page_address(first + i)))) {
        MiPoolStatistics.pages += i;
        release_run(first, i);
        return nullptr;
      }
      MiPoolRuns[first + i] = i == 0 ? static_cast<USHORT>(count) : inside_run;
    }
    MiPoolStatistics.pages += count;
    if (first == MiPoolHint) MiPoolHint = page + 1;
    return reinterpret_cast<PVOID>(page_address(first));
  }
  return nullptr;
}

struct PoolPages {
  PVOID allocate_page() { return allocate_run(1); }
  void free_page(PVOID page) {
    release_run((reinterpret_cast<ULONG>(page) - MM_NONPAGED_POOL_START) / PAGE_SIZE, 1);
  }
  [[noreturn]] void corrupt(PVOID block) {
    KeBugCheckEx(BAD_POOL_HEADER, 0x20, reinterpret_cast<ULONG>(block), 0, 0);
  }
};
using SmallPool = PoolBlocks<PAGE_SIZE, PoolPages>;
constinit SmallPool MiSmallPool = {};

ULONG page_of_block(PVOID block) {
  return (reinterpret_cast<ULONG>(block) - MM_NONPAGED_POOL_START) / PAGE_SIZE;
}

PVOID allocate_small(ULONG size, ULONG tag) {
  PVOID block = MiSmallPool.allocate(size, tag);
  if (block == nullptr) return nullptr;
  MiPoolTags.allocated(tag, static_cast<SmallPool::Header*>(block)[-1].units * SmallPool::unit);
  return block;
}

PVOID allocate_pages(ULONG size, ULONG tag) {
  const ULONG count = PageGeometry::page_of(PageGeometry::round_up(size));
  PVOID block = allocate_run(count);
  if (block == nullptr) return nullptr;
  MiPoolRunTags[page_of_block(block)] = tag;
  MiPoolTags.allocated(tag, count * PAGE_SIZE);
  return block;
}

// Kernel stacks: slots of the stack and one page that is never mapped below it.
constexpr ULONG stack_slot = MM_KERNEL_STACK_SIZE + PAGE_SIZE;
constexpr ULONG stack_slots = MM_SYSTEM_PTE_SIZE / stack_slot;
constinit ULONG MiStackSlots[(stack_slots + 31) / 32] = {};

void unmap_stack(ULONG limit, ULONG top) {
  for (ULONG at = limit; at < top; at += PAGE_SIZE) MiUnmapKernelPage(MiAddressToPte(at));
}

}  // namespace

PVOID ExAllocatePoolWithTag(POOL_TYPE, ULONG size, ULONG tag) {
  const KDispatchGuard guard;
  PVOID block = size <= SmallPool::largest ? allocate_small(size, tag) : allocate_pages(size, tag);
  if (block != nullptr) ++MiPoolStatistics.allocations;
  return block;
}

/// A block of whole pages begins on a page boundary, a small one never does.
void ExFreePool(PVOID block) {
  const KDispatchGuard guard;
  ++MiPoolStatistics.frees;
  const ULONG address = reinterpret_cast<ULONG>(block);
  if ((address & PageGeometry::offset_mask) != 0) {
    const SmallPool::Header header = static_cast<SmallPool::Header*>(block)[-1];
    MiSmallPool.free(block);  // stops when the header is not that of a block in use
    MiPoolTags.freed(header.tag, header.units * SmallPool::unit);
    return;
  }
  const ULONG page = page_of_block(block);
  if (page >= pool_pages || MiPoolRuns[page] == 0 || MiPoolRuns[page] == inside_run) {
    KeBugCheckEx(BAD_POOL_HEADER, 0x07, address, 0, 0);
  }
  MiPoolTags.freed(MiPoolRunTags[page], MiPoolRuns[page] * PAGE_SIZE);
  release_run(page, MiPoolRuns[page]);
}

PoolStatistics ExQueryPool() {
  const KDispatchGuard guard;
  return MiPoolStatistics;
}

NTSTATUS ExQueryPoolTags(ULONG user_buffer, ULONG length, ULONG& needed) {
  constexpr ULONG header = offsetof(SYSTEM_POOLTAG_INFORMATION, TagInfo);
  auto* reply = static_cast<SYSTEM_POOLTAG_INFORMATION*>(ExAllocatePoolWithTag(
      NonPagedPool, header + tag_capacity * sizeof(SYSTEM_POOLTAG), query_tag));
  if (reply == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  {
    const KDispatchGuard guard;  // all figures of one moment
    reply->Count = MiPoolTags.count();
    for (ULONG i = 0; i < reply->Count; ++i) {
      const PoolTagUsage& usage = MiPoolTags[i];
      reply->TagInfo[i] = {usage.tag, 0, 0, 0, usage.allocations, usage.frees, usage.bytes};
    }
  }
  needed = header + reply->Count * sizeof(SYSTEM_POOLTAG);
  const NTSTATUS status =
      length < needed ? STATUS_INFO_LENGTH_MISMATCH : MmCopyToUser(user_buffer, reply, needed);
  ExFreePool(reply);
  return status;
}

ULONG MmCreateKernelStack() {
  const KDispatchGuard guard;
  for (ULONG slot = 0; slot < stack_slots; ++slot) {
    ULONG& word = MiStackSlots[slot / 32];
    const ULONG mask = 1u << slot % 32;
    if ((word & mask) != 0) continue;
    const ULONG top = MM_SYSTEM_PTE_START + (slot + 1) * stack_slot;
    const ULONG limit = top - MM_KERNEL_STACK_SIZE;
    for (ULONG at = limit; at < top; at += PAGE_SIZE) {
      if (MiMapKernelPage(MiAddressToPte(at))) continue;
      unmap_stack(limit, at);
      return 0;
    }
    word |= mask;
    return top;
  }
  return 0;
}

void MmDeleteKernelStack(ULONG top) {
  const KDispatchGuard guard;
  unmap_stack(top - MM_KERNEL_STACK_SIZE, top);
  const ULONG slot = (top - MM_SYSTEM_PTE_START) / stack_slot - 1;
  MiStackSlots[slot / 32] &= ~(1u << slot % 32);
}
