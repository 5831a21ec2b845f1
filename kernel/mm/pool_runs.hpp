// A pool: whole pages for what is large, blocks of a page for the rest, and its use by tag. A
// template over what maps its pages, so that nonpaged and paged pool are the same code.
#pragma once

#include "kernel/ke/bugcheck.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/pool_blocks.hpp"
#include "kernel/mm/pool_tags.hpp"

inline constexpr ULONG MiPoolTagCapacity = 64;

/// `Memory` has start, size, pool(), bool map(address, pages) and void unmap(address, pages). The
/// caller guards the whole.
template <class Memory>
class MiPool {
 public:
  static constexpr ULONG pages = Memory::size / PAGE_SIZE;

  PVOID allocate(ULONG size, ULONG tag) {
    PVOID block =
        size <= SmallPool::largest ? allocate_small(size, tag) : allocate_pages(size, tag);
    if (block != nullptr) ++statistics_.allocations;
    return block;
  }

  /// A block of whole pages begins on a page boundary, a small one never does.
  void free(PVOID block) {
    ++statistics_.frees;
    const ULONG address = reinterpret_cast<ULONG>(block);
    if ((address & PageGeometry::offset_mask) != 0) {
      const typename SmallPool::Header header = static_cast<typename SmallPool::Header*>(block)[-1];
      small_.free(block);  // stops when the header is not that of a block in use
      tags_.freed(header.tag, header.units * SmallPool::unit);
      return;
    }
    const ULONG page = page_of(block);
    if (page >= pages || runs_[page] == 0 || runs_[page] == inside_run) {
      KeBugCheckEx(BAD_POOL_HEADER, 0x07, address, 0, 0);
    }
    tags_.freed(run_tags_[page], runs_[page] * PAGE_SIZE);
    release_run(page, runs_[page]);
  }

  const PoolStatistics& statistics() const { return statistics_; }
  const PoolTagTable<MiPoolTagCapacity>& tags() const { return tags_; }

 private:
  struct PoolPages {
    PVOID allocate_page() { return Memory::pool().allocate_run(1); }
    void free_page(PVOID page) { Memory::pool().release_run(page_of(page), 1); }
    [[noreturn]] void corrupt(PVOID block) {
      KeBugCheckEx(BAD_POOL_HEADER, 0x20, reinterpret_cast<ULONG>(block), 0, 0);
    }
  };
  using SmallPool = PoolBlocks<PAGE_SIZE, PoolPages>;

  static ULONG address_of(ULONG page) { return Memory::start + page * PAGE_SIZE; }
  static ULONG page_of(PVOID block) {
    return (reinterpret_cast<ULONG>(block) - Memory::start) / PAGE_SIZE;
  }

  PVOID allocate_small(ULONG size, ULONG tag) {
    PVOID block = small_.allocate(size, tag);
    if (block == nullptr) return nullptr;
    tags_.allocated(tag,
                    static_cast<typename SmallPool::Header*>(block)[-1].units * SmallPool::unit);
    return block;
  }

  PVOID allocate_pages(ULONG size, ULONG tag) {
    if (size > Memory::size) return nullptr;
    const ULONG count = PageGeometry::page_of(PageGeometry::round_up(size));
    PVOID block = allocate_run(count);
    if (block == nullptr) return nullptr;
    run_tags_[page_of(block)] = tag;
    tags_.allocated(tag, count * PAGE_SIZE);
    return block;
  }

  /// First fit.
  PVOID allocate_run(ULONG count) {
    ULONG found = 0;
    for (ULONG page = hint_; page < pages; ++page) {
      found = runs_[page] == 0 ? found + 1 : 0;
      if (found < count) continue;
      const ULONG first = page - count + 1;
      if (!Memory::map(address_of(first), count)) return nullptr;
      for (ULONG i = 0; i < count; ++i) {
        runs_[first + i] = i == 0 ? static_cast<USHORT>(count) : inside_run;
      }
      statistics_.pages += count;
      if (first == hint_) hint_ = page + 1;
      return reinterpret_cast<PVOID>(address_of(first));
    }
    return nullptr;
  }

  void release_run(ULONG page, ULONG count) {
    Memory::unmap(address_of(page), count);
    for (ULONG i = 0; i < count; ++i) runs_[page + i] = 0;
    statistics_.pages -= count;
    if (page < hint_) hint_ = page;
  }

  /// Length of the run that starts at a page; 0: free, inside_run: not its first page.
  static constexpr USHORT inside_run = 0xFFFF;
  static_assert(pages < inside_run);
  USHORT runs_[pages] = {};
  ULONG run_tags_[pages] = {};  // at each run's first page
  ULONG hint_ = 0;              // no page below it is free
  PoolStatistics statistics_ = {};
  PoolTagTable<MiPoolTagCapacity> tags_ = {};
  SmallPool small_ = {};
};
