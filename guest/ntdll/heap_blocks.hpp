// The entries of a heap and its free list: first fit, splitting, and coalescing with both
// neighbours at once. It asks for no pages; heap_manager.hpp does.
#pragma once

#include "guest/ntdll/heap_entry.hpp"

namespace rtl {

class HeapBlocks {
 public:
  static constexpr u32 smallest_entry = 2;  // granules: the entry and eight bytes

  /// Walks every entry and checks that sizes, flags and the free list agree.
  static bool validate(Heap* heap) {
    u32 free_entries = 0;
    for (u32 i = 0; i != heap->segment_count; ++i) {
      const HeapSegment& segment = heap->segments[i];
      auto* entry = reinterpret_cast<HeapEntry*>(segment.first_entry);
      for (u16 previous = 0;;) {
        if (entry->size == 0 || entry->previous_size != previous || entry->segment != i)
          return false;
        if (!entry->busy()) ++free_entries;
        if (entry->last()) break;
        previous = entry->size;
        HeapEntry* next = entry->next();
        if (!entry->busy() && !next->busy() && entry->size + next->size <= 0xFFFF) return false;
        if (reinterpret_cast<char*>(next) >= segment.committed_end) return false;
        entry = next;
      }
      if (reinterpret_cast<char*>(entry->next()) != segment.committed_end) return false;
      if (entry != segment.last) return false;
    }
    for (s32 at = heap->free_list.next; at != 0; at = free_at(heap, at)->links.next) {
      if (free_at(heap, at)->busy() || free_entries-- == 0) return false;
    }
    return free_entries == 0;
  }

 protected:
  static s32 distance(Heap* heap, void* entry) {
    return static_cast<s32>(static_cast<char*>(entry) - reinterpret_cast<char*>(heap));
  }
  static FreeEntry* free_at(Heap* heap, s32 at) {
    return reinterpret_cast<FreeEntry*>(reinterpret_cast<char*>(heap) + at);
  }
  static HeapLinks& links_at(Heap* heap, s32 at) {
    return at == 0 ? heap->free_list : free_at(heap, at)->links;
  }

  static void insert_free(Heap* heap, HeapEntry* entry) {
    const s32 at = distance(heap, entry);
    s32 next = heap->free_list.next;
    while (next != 0 && free_at(heap, next) < entry) next = free_at(heap, next)->links.next;
    const s32 previous = links_at(heap, next).previous;
    links_at(heap, at) = {next, previous};
    links_at(heap, previous).next = at;
    links_at(heap, next).previous = at;
  }

  static void remove_free(Heap* heap, HeapEntry* entry) {
    const HeapLinks links = links_at(heap, distance(heap, entry));
    links_at(heap, links.previous).next = links.next;
    links_at(heap, links.next).previous = links.previous;
  }

  /// Joins a free entry, not in the list, with its free neighbours, which leave the list.
  static HeapEntry* coalesce(Heap* heap, HeapEntry* entry) {
    if (!entry->last() && !entry->next()->busy()) {
      HeapEntry* next = entry->next();
      if (entry->size + next->size <= 0xFFFF) {
        remove_free(heap, next);
        absorb(heap, entry, next);
      }
    }
    if (entry->previous_size != 0 && !entry->previous()->busy()) {
      HeapEntry* previous = entry->previous();
      if (entry->size + previous->size <= 0xFFFF) {
        remove_free(heap, previous);
        absorb(heap, previous, entry);
        return previous;
      }
    }
    return entry;
  }

  /// Makes `entry` as large as itself and `next`, the entry behind it, together.
  static void absorb(Heap* heap, HeapEntry* entry, HeapEntry* next) {
    const bool last = next->last();
    entry->size = static_cast<u16>(entry->size + next->size);
    if (last) {
      set_last(heap, entry);
    } else {
      entry->next()->previous_size = entry->size;
    }
  }

  static void set_last(Heap* heap, HeapEntry* entry) {
    entry->flags |= entry_flags::last_entry;
    heap->segments[entry->segment].last = entry;
  }

  /// Cuts what an entry has over `granules` into a free entry of its own, if it is large enough.
  static void split(Heap* heap, HeapEntry* entry, u32 granules) {
    const u32 rest = entry->size - granules;
    if (rest < smallest_entry) return;
    const bool last = entry->last();
    entry->flags &= static_cast<u8>(~entry_flags::last_entry);
    entry->size = static_cast<u16>(granules);
    HeapEntry* tail = entry->next();
    *tail = {static_cast<u16>(rest), entry->size, entry->segment, 0, 0, 0};
    if (last) {
      set_last(heap, tail);
    } else {
      tail->next()->previous_size = tail->size;
    }
    insert_free(heap, coalesce(heap, tail));
  }

  static HeapEntry* find_free(Heap* heap, u32 granules) {
    for (s32 at = heap->free_list.next; at != 0; at = free_at(heap, at)->links.next) {
      if (free_at(heap, at)->size >= granules) return free_at(heap, at);
    }
    return nullptr;
  }
};

}  // namespace rtl
