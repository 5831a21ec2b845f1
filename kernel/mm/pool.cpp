// Nonpaged and paged pool; kernel stacks.
#include "kernel/mm/pool.hpp"

#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/paged_pool.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/pool_runs.hpp"
#include "kernel/mm/user_copy.hpp"

namespace {

constexpr ULONG query_tag = PoolTag("MmTq");

/// Guarded by DISPATCH_LEVEL.
struct NonPagedMemory {
  static constexpr ULONG start = MM_NONPAGED_POOL_START, size = MM_NONPAGED_POOL_SIZE;
  static MiPool<NonPagedMemory>& pool();
  static bool map(ULONG address, ULONG pages) {
    for (ULONG i = 0; i < pages; ++i) {
      if (MiMapKernelPage(MiAddressToPte(address + i * PAGE_SIZE))) continue;
      unmap(address, i);
      return false;
    }
    return true;
  }
  static void unmap(ULONG address, ULONG pages) {
    for (ULONG i = 0; i < pages; ++i) MiUnmapKernelPage(MiAddressToPte(address + i * PAGE_SIZE));
  }
};
constinit MiPool<NonPagedMemory> MiNonPagedPool = {};
MiPool<NonPagedMemory>& NonPagedMemory::pool() { return MiNonPagedPool; }

/// Guarded by a mutex, as its headers are paged themselves.
struct PagedMemory {
  static constexpr ULONG start = MM_PAGED_POOL_START, size = MM_PAGED_POOL_SIZE;
  static MiPool<PagedMemory>& pool();
  static bool map(ULONG address, ULONG pages) { return MiMapPagedPool(address, pages); }
  static void unmap(ULONG address, ULONG pages) { MiUnmapPagedPool(address, pages); }
};
constinit MiPool<PagedMemory> MiPagedPool = {};
MiPool<PagedMemory>& PagedMemory::pool() { return MiPagedPool; }
constinit FAST_MUTEX MiPagedPoolMutex = {};

template <class Pool>
arch::PoolDebuggerData debugger_data_of(const Pool& pool) {
  const ULONG tags = reinterpret_cast<ULONG>(&pool.tags());
  static_assert(sizeof pool.tags() == MiPoolTagCapacity * sizeof(PoolTagUsage) + sizeof(ULONG));
  return {reinterpret_cast<ULONG>(&pool.statistics()), tags,
          tags + MiPoolTagCapacity * sizeof(PoolTagUsage)};
}

/// Stop code BAD_POOL_CALLER, as NT numbers what was done.
enum BadPoolCall : ULONG { AllocatedAtRaisedLevel = 8, FreedAtRaisedLevel = 9 };

void demand_low_level(BadPoolCall call, ULONG what) {
  const KIRQL level = KeGetCurrentIrql();
  if (level >= DISPATCH_LEVEL) KeBugCheckEx(BAD_POOL_CALLER, call, level, PagedPool, what);
}

/// The tag's entry in the list, new if there is none.
SYSTEM_POOLTAG& entry_of(SYSTEM_POOLTAG_INFORMATION& list, ULONG tag) {
  ULONG i = 0;
  while (i < list.Count && list.TagInfo[i].TagUlong != tag) ++i;
  if (i == list.Count) list.TagInfo[list.Count++] = {tag, 0, 0, 0, 0, 0, 0};
  return list.TagInfo[i];
}

// Kernel stacks: slots of the stack and one page that is never mapped below it.
constexpr ULONG stack_slot = MM_KERNEL_STACK_SIZE + PAGE_SIZE;
constexpr ULONG stack_slots = MM_SYSTEM_PTE_SIZE / stack_slot;
constinit ULONG MiStackSlots[(stack_slots + 31) / 32] = {};

void unmap_stack(ULONG limit, ULONG top) {
  for (ULONG at = limit; at < top; at += PAGE_SIZE) MiUnmapKernelPage(MiAddressToPte(at));
}

}  // namespace

extern "C" {
const arch::PoolDebuggerData ExPoolDebuggerData[2] = {debugger_data_of(MiNonPagedPool),
                                                      debugger_data_of(MiPagedPool)};
}

void ExInitializePagedPool() {
  ExInitializeFastMutex(&MiPagedPoolMutex);
  MiInitializePagedPool();
}

PVOID ExAllocatePoolWithTag(POOL_TYPE type, ULONG size, ULONG tag) {
  if (type == PagedPool) {
    demand_low_level(AllocatedAtRaisedLevel, size);
    const FastMutexGuard lock(MiPagedPoolMutex);
    return MiPagedPool.allocate(size, tag);
  }
  const KDispatchGuard guard;
  return MiNonPagedPool.allocate(size, tag);
}

void ExFreePool(PVOID block) {
  const ULONG address = reinterpret_cast<ULONG>(block);
  if (MiIsPagedPool(address)) {
    demand_low_level(FreedAtRaisedLevel, address);
    const FastMutexGuard lock(MiPagedPoolMutex);
    MiPagedPool.free(block);
    return;
  }
  const KDispatchGuard guard;
  MiNonPagedPool.free(block);
}

PoolStatistics ExQueryPool(POOL_TYPE type) {
  const KDispatchGuard guard;
  return type == PagedPool ? MiPagedPool.statistics() : MiNonPagedPool.statistics();
}

NTSTATUS ExQueryPoolTags(ULONG user_buffer, ULONG length, ULONG& needed) {
  constexpr ULONG header = offsetof(SYSTEM_POOLTAG_INFORMATION, TagInfo);
  auto* reply = static_cast<SYSTEM_POOLTAG_INFORMATION*>(ExAllocatePoolWithTag(
      NonPagedPool, header + 2 * MiPoolTagCapacity * sizeof(SYSTEM_POOLTAG), query_tag));
  if (reply == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  {
    const FastMutexGuard lock(MiPagedPoolMutex);
    const KDispatchGuard guard;  // all figures of one moment
    reply->Count = 0;
    const auto& nonpaged = MiNonPagedPool.tags();
    for (ULONG i = 0; i < nonpaged.count(); ++i) {
      SYSTEM_POOLTAG& entry = entry_of(*reply, nonpaged[i].tag);
      entry.NonPagedAllocs = nonpaged[i].allocations;
      entry.NonPagedFrees = nonpaged[i].frees;
      entry.NonPagedUsed = nonpaged[i].bytes;
    }
    const auto& paged = MiPagedPool.tags();
    for (ULONG i = 0; i < paged.count(); ++i) {
      SYSTEM_POOLTAG& entry = entry_of(*reply, paged[i].tag);
      entry.PagedAllocs = paged[i].allocations;
      entry.PagedFrees = paged[i].frees;
      entry.PagedUsed = paged[i].bytes;
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
