// The heap: allocate, free, resize. It knows neither locks nor system calls, so tests/unit/guest
// runs it on the host; rtl_heap.cpp gives it to NT.
#pragma once

#include "guest/ntdll/heap_segments.hpp"

namespace rtl {

template <PageSource Pages>
class HeapManager : public HeapSegments<Pages> {
 public:
  static constexpr u32 zero_memory = 8, in_place_only = 16;

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
      free_virtual(heap, virtual_of(entry));
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
    const bool in_place = (flags & in_place_only) != 0;
    void* result = resize_in_place(heap, block, bytes, in_place) ? block : nullptr;
    if (result == nullptr) {
      if (in_place) return nullptr;
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

 private:
  using Segments = HeapSegments<Pages>;
  using Segments::absorb, Segments::allocate_virtual, Segments::coalesce, Segments::extend,
      Segments::find_free, Segments::free_virtual, Segments::grow, Segments::insert_free,
      Segments::remove_free, Segments::smallest_entry, Segments::split, Segments::virtual_of;

  static constexpr u32 granules_for(u32 bytes) {
    const u32 granules = (bytes + heap_granularity - 1) / heap_granularity + 1;
    return granules < smallest_entry ? smallest_entry : granules;
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

  /// A block with pages of its own stays so while it is large, or when it must not move.
  static bool resize_virtual(VirtualBlock* block, u32 bytes, bool in_place) {
    if (granules_for(bytes) <= heap_max_block && !in_place) return false;
    if (bytes > block->reserved - sizeof(VirtualBlock)) return false;
    block->requested = bytes;
    return true;
  }

  /// The free entry behind `entry`; at the end of a segment more pages make one, or a larger one.
  static bool has_room_behind(Heap* heap, HeapEntry* entry, u32 granules) {
    const auto fits = [&] {
      if (entry->last() || !Segments::knows_next(heap, entry)) return false;
      const HeapEntry* next = entry->next();
      return !next->busy() && entry->size + next->size >= granules &&
             entry->size + next->size <= 0xFFFF;
    };
    if (fits()) return true;
    const bool at_end = entry->last() || (Segments::knows_next(heap, entry) &&
                                          !entry->next()->busy() && entry->next()->last());
    return at_end && extend(heap, entry->segment, granules - entry->size) != nullptr && fits();
  }

  static bool resize_in_place(Heap* heap, void* block, u32 bytes, bool in_place) {
    HeapEntry* entry = HeapEntry::of(block);
    if ((entry->flags & entry_flags::virtual_alloc) != 0) {
      return resize_virtual(virtual_of(entry), bytes, in_place);
    }
    const u32 granules = granules_for(bytes);
    if (granules > heap_max_block) return false;
    if (granules > entry->size) {
      if (!has_room_behind(heap, entry, granules)) return false;
      HeapEntry* next = entry->next();
      remove_free(heap, next);
      absorb(heap, entry, next);
    }
    split(heap, entry, granules);
    entry->unused_bytes = static_cast<u8>(entry->bytes() - bytes);
    return true;
  }
};

}  // namespace rtl
