// The heap: blocks out of segments whose pages are committed on demand. It knows neither locks nor
// system calls, so tests/unit/guest runs it on the host; rtl_heap.cpp gives it to NT.
#pragma once

#include <concepts>

#include "guest/ntdll/heap_blocks.hpp"

extern "C" void* memcpy(void* to, const void* from, std::size_t count);
extern "C" void* memset(void* to, int value, std::size_t count);

namespace rtl {

/// Where a heap's pages come from. Sizes and addresses are multiples of page_size().
template <class P>
concept PageSource = requires(void* address, u32 size) {
  { P::page_size() } -> std::convertible_to<u32>;
  { P::reserve(size) } -> std::same_as<void*>;
  { P::commit(address, size) } -> std::same_as<bool>;
  P::release(address);
};

template <PageSource Pages>
class HeapManager : public HeapBlocks {
 public:
  static constexpr u32 growable = 2, zero_memory = 8, in_place_only = 16;

  /// Makes a heap of `reserve` bytes, `commit` of them committed; null without memory.
  /// `header` is the size of what the caller keeps at the front, a Heap or a struct that begins so.
  static Heap* create(u32 flags, u32 reserve, u32 commit, u32 header) {
    const u32 least = round_up(header + sizeof(FreeEntry), Pages::page_size());
    reserve = round_up(reserve < least ? least : reserve, Pages::page_size());
    commit = round_up(commit < least ? least : commit, Pages::page_size());
    if (commit > reserve) commit = reserve;
    auto* base = static_cast<char*>(Pages::reserve(reserve));
    if (base == nullptr) return nullptr;
    if (!Pages::commit(base, commit)) {
      Pages::release(base);
      return nullptr;
    }
    auto* heap = reinterpret_cast<Heap*>(base);
    heap->signature = heap_signature;
    heap->flags = flags;
    heap->segment_count = 1;
    heap->free_list = heap->virtual_list = {0, 0};
    start_segment(heap, 0, base, round_up(header, heap_granularity), commit, reserve);
    return heap;
  }

  /// Gives all pages back, whatever is still allocated.
  static void destroy(Heap* heap) {
    heap->signature = 0;
    while (heap->virtual_list.next != 0) {
      VirtualBlock* block = virtual_at(heap, heap->virtual_list.next);
      heap->virtual_list.next = block->links.next;
      Pages::release(block);
    }
    for (u32 i = heap->segment_count; i-- != 0;) Pages::release(heap->segments[i].base);
  }

  static void* allocate(Heap* heap, u32 flags, u32 bytes) {
    if (bytes > heap_max_request) return nullptr;
    const u32 granules = granules_for(bytes);
    void* block = granules > heap_max_block ? allocate_virtual(heap, bytes)
                                            : allocate_entry(heap, granules, bytes);
    if (block != nullptr && (flags & zero_memory) != 0) memset(block, 0, bytes);
    return block;
  }

  static void free(Heap* heap, void* block) {
    HeapEntry* entry = HeapEntry::of(block);
    if ((entry->flags & entry_flags::virtual_alloc) != 0) {
      VirtualBlock* large = virtual_of(entry);
      if (large->links.previous == 0) {
        heap->virtual_list.next = large->links.next;
      } else {
        virtual_at(heap, large->links.previous)->links.next = large->links.next;
      }
      if (large->links.next != 0) {
        virtual_at(heap, large->links.next)->links.previous = large->links.previous;
      }
      Pages::release(large);
      return;
    }
    entry->flags &= static_cast<u8>(~entry_flags::busy);
    insert_free(heap, coalesce(heap, entry));
  }

  /// A block's size as it was asked for.
  static u32 size(const void* block) {
    HeapEntry* entry = HeapEntry::of(const_cast<void*>(block));
    if ((entry->flags & entry_flags::virtual_alloc) != 0) return virtual_of(entry)->requested;
    return entry->bytes() - entry->unused_bytes;
  }

  static void* reallocate(Heap* heap, u32 flags, void* block, u32 bytes) {
    if (bytes > heap_max_request) return nullptr;
    const u32 old_bytes = size(block);
    void* result = resize_in_place(heap, block, bytes) ? block : nullptr;
    if (result == nullptr) {
      if ((flags & in_place_only) != 0) return nullptr;
      result = allocate(heap, 0, bytes);
      if (result == nullptr) return nullptr;
      memcpy(result, block, old_bytes < bytes ? old_bytes : bytes);
      free(heap, block);
    }
    if ((flags & zero_memory) != 0 && bytes > old_bytes) {
      memset(static_cast<char*>(result) + old_bytes, 0, bytes - old_bytes);
    }
    return result;
  }

  /// Whether `block` is one this heap gave out; reads nothing outside the heap's committed pages.
  static bool owns(Heap* heap, const void* block) {
    const auto* address = static_cast<const char*>(block);
    if ((reinterpret_cast<std::uintptr_t>(address) & (heap_granularity - 1)) != 0) return false;
    for (s32 at = heap->virtual_list.next; at != 0; at = virtual_at(heap, at)->links.next) {
      if (virtual_at(heap, at)->entry.block() == block) return true;
    }
    for (u32 i = 0; i != heap->segment_count; ++i) {
      const HeapSegment& segment = heap->segments[i];
      if (address < segment.first_entry + sizeof(HeapEntry) || address >= segment.committed_end) {
        continue;
      }
      const HeapEntry* entry = HeapEntry::of(const_cast<void*>(block));
      return entry->busy() && entry->segment == i && entry->size >= 2 &&
             address + entry->bytes() - sizeof(HeapEntry) <= segment.committed_end;
    }
    return false;
  }

 private:
  static constexpr u32 round_up(u32 bytes, u32 unit) { return (bytes + unit - 1) & ~(unit - 1); }
  static constexpr u32 granules_for(u32 bytes) {
    const u32 granules = (bytes + heap_granularity - 1) / heap_granularity + 1;
    return granules < smallest_entry ? smallest_entry : granules;
  }

  static VirtualBlock* virtual_at(Heap* heap, s32 at) {
    return reinterpret_cast<VirtualBlock*>(reinterpret_cast<char*>(heap) + at);
  }
  static VirtualBlock* virtual_of(HeapEntry* entry) {
    return reinterpret_cast<VirtualBlock*>(reinterpret_cast<char*>(entry) -
                                           (sizeof(VirtualBlock) - sizeof(HeapEntry)));
  }

  static void* allocate_entry(Heap* heap, u32 granules, u32 bytes) {
    HeapEntry* entry = find_free(heap, granules);
    if (entry == nullptr) entry = grow(heap, granules);
    if (entry == nullptr) return nullptr;
    remove_free(heap, entry);
    entry->flags |= entry_flags::busy;
    split(heap, entry, granules);
    entry->unused_bytes = static_cast<u8>(entry->bytes() - bytes);
    return entry->block();
  }

  /// A free entry of at least `granules` from newly committed pages or a new segment.
  static HeapEntry* grow(Heap* heap, u32 granules) {
    for (u32 i = 0; i != heap->segment_count; ++i) {
      if (HeapEntry* entry = extend(heap, i, granules)) return entry;
    }
    if ((heap->flags & growable) == 0 || heap->segment_count == heap_max_segments) return nullptr;
    const u32 commit = round_up(granules * heap_granularity, Pages::page_size());
    for (u32 reserve = heap_segment_reserve; reserve >= commit; reserve /= 2) {
      auto* base = static_cast<char*>(Pages::reserve(reserve));
      if (base == nullptr) continue;
      if (!Pages::commit(base, commit)) {
        Pages::release(base);
        return nullptr;
      }
      return start_segment(heap, heap->segment_count++, base, 0, commit, reserve);
    }
    return nullptr;
  }

  static HeapEntry* start_segment(Heap* heap, u32 index, char* base, u32 header, u32 commit,
                                  u32 reserve) {
    heap->segments[index] = {base, base + header, nullptr, base + header, base + reserve};
    return append(heap, index, base + commit);
  }

  /// Commits pages at the end of a segment until a free entry of `granules` ends there.
  static HeapEntry* extend(Heap* heap, u32 index, u32 granules) {
    HeapSegment& segment = heap->segments[index];
    const u32 present = segment.last->busy() ? 0 : segment.last->size;
    const u32 missing = present >= granules ? 0 : granules - present;
    const u32 commit = round_up(missing * heap_granularity, Pages::page_size());
    if (commit > static_cast<u32>(segment.reserved_end - segment.committed_end)) return nullptr;
    if (present + commit / heap_granularity > 0xFFFF) return nullptr;
    if (!Pages::commit(segment.committed_end, commit)) return nullptr;
    return append(heap, index, segment.committed_end + commit);
  }

  /// Makes everything from committed_end up to `end` free, in entries no larger than a u16 can say.
  static HeapEntry* append(Heap* heap, u32 index, char* end) {
    HeapSegment& segment = heap->segments[index];
    HeapEntry* result = nullptr;
    while (segment.committed_end != end) {
      const auto granules = static_cast<u32>(end - segment.committed_end) / heap_granularity;
      const u32 take = granules > heap_max_block ? heap_max_block : granules;
      auto* entry = reinterpret_cast<HeapEntry*>(segment.committed_end);
      HeapEntry* previous = segment.last;
      *entry = {static_cast<u16>(take),
                previous != nullptr ? previous->size : u16{0},
                static_cast<u8>(index),
                0,
                0,
                0};
      if (previous != nullptr) previous->flags &= static_cast<u8>(~entry_flags::last_entry);
      set_last(heap, entry);
      segment.committed_end += entry->bytes();
      result = coalesce(heap, entry);
      insert_free(heap, result);
    }
    return result;
  }

  static void* allocate_virtual(Heap* heap, u32 bytes) {
    if ((heap->flags & growable) == 0) return nullptr;
    const u32 reserve = round_up(bytes + sizeof(VirtualBlock), Pages::page_size());
    auto* block = static_cast<VirtualBlock*>(Pages::reserve(reserve));
    if (block == nullptr) return nullptr;
    if (!Pages::commit(block, reserve)) {
      Pages::release(block);
      return nullptr;
    }
    *block = {{heap->virtual_list.next, 0},
              bytes,
              reserve,
              {0, 0, 0, entry_flags::busy | entry_flags::virtual_alloc, 0, 0}};
    const s32 at = distance(heap, block);
    if (heap->virtual_list.next != 0) {
      virtual_at(heap, heap->virtual_list.next)->links.previous = at;
    }
    heap->virtual_list.next = at;
    return block->entry.block();
  }

  static bool resize_in_place(Heap* heap, void* block, u32 bytes) {
    HeapEntry* entry = HeapEntry::of(block);
    if ((entry->flags & entry_flags::virtual_alloc) != 0) {
      VirtualBlock* large = virtual_of(entry);
      if (granules_for(bytes) <= heap_max_block) return false;
      if (bytes > large->reserved - sizeof(VirtualBlock)) return false;
      large->requested = bytes;
      return true;
    }
    const u32 granules = granules_for(bytes);
    if (granules > heap_max_block) return false;
    if (granules > entry->size) {
      HeapEntry* next = entry->next();
      if (entry->last() || next->busy() || entry->size + next->size < granules) return false;
      if (entry->size + next->size > 0xFFFF) return false;
      remove_free(heap, next);
      absorb(heap, entry, next);
    }
    split(heap, entry, granules);
    entry->unused_bytes = static_cast<u8>(entry->bytes() - bytes);
    return true;
  }
};

}  // namespace rtl
