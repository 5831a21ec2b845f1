// The entries of a heap and its free list: first fit, splitting, and coalescing with both
// neighbours at once. It asks for no pages; heap_segments.hpp does. What a program has overwritten
// is never followed out of the heap's pages.
#pragma once

#include "guest/ntdll/heap_entry.hpp"

namespace rtl {

class HeapBlocks {
 public:
  static constexpr u32 smallest_entry = 2;  // granules: the entry and eight bytes
  static constexpr u32 nowhere = ~u32{0};

  /// The segment in whose committed pages `bytes` from `address` on lie, or `nowhere`.
  static u32 segment_of(const Heap* heap, const void* address, u32 bytes) {
    const auto* at = static_cast<const char*>(address);
    for (u32 i = 0; i < heap->segment_count && i < heap_max_segments; ++i) {
      const HeapSegment& segment = heap->segments[i];
      if (at < segment.first_entry || at >= segment.committed_end) continue;
      return static_cast<std::size_t>(segment.committed_end - at) >= bytes ? i : nowhere;
    }
    return nowhere;
  }

 protected:
  static s32 distance(const Heap* heap, const void* entry) {
    return static_cast<s32>(static_cast<const char*>(entry) - reinterpret_cast<const char*>(heap));
  }
  static FreeEntry* free_at(Heap* heap, s32 at) {
    return reinterpret_cast<FreeEntry*>(reinterpret_cast<char*>(heap) + at);
  }
  static HeapLinks& links_at(Heap* heap, s32 at) {
    return at == 0 ? heap->free_list : free_at(heap, at)->links;
  }

  /// Whether a link leads to the list's end or to what may be a free entry.
  static bool is_link(Heap* heap, s32 at) {
    if (at == 0) return true;
    if ((at & static_cast<s32>(heap_granularity - 1)) != 0) return false;
    return is_free(heap, free_at(heap, at));
  }
  static bool is_free(const Heap* heap, const HeapEntry* entry) {
    const u32 segment = segment_of(heap, entry, sizeof(FreeEntry));
    return segment != nowhere && !entry->busy() && entry->segment == segment &&
           entry->size >= smallest_entry && segment_of(heap, entry, entry->bytes()) == segment;
  }

  /// What follows a free entry in the list; 0 at its end and where it is damaged.
  static s32 next_free(Heap* heap, s32 at) {
    const s32 next = links_at(heap, at).next;
    return is_link(heap, next) && (at == 0 || next > at) ? next : 0;
  }

  /// Whether the entries before and behind know this one's size as it does.
  static bool knows_next(const Heap* heap, HeapEntry* entry) {
    HeapEntry* next = entry->next();
    return segment_of(heap, next, sizeof *next) == entry->segment &&
           next->previous_size == entry->size;
  }
  static bool knows_previous(const Heap* heap, HeapEntry* entry) {
    HeapEntry* previous = entry->previous();
    return segment_of(heap, previous, sizeof *previous) == entry->segment &&
           previous->size == entry->previous_size;
  }

  /// An entry that has no place in a damaged list stays out of it.
  static void insert_free(Heap* heap, HeapEntry* entry) {
    const s32 at = distance(heap, entry);
    s32 previous;
    if (!find_previous_free(heap, entry, previous)) return;
    const s32 next = links_at(heap, previous).next;
    if (!is_link(heap, next)) return;
    links_at(heap, at) = {next, previous};
    links_at(heap, previous).next = at;
    links_at(heap, next).previous = at;
    for (u32 i = 0; i != heap_hints && heap_hint_sizes[i] <= entry->size; ++i) {
      s32& hint = heap->hints[i];
      if (hint == 0 || at < hint) hint = at;
    }
  }

  static void remove_free(Heap* heap, HeapEntry* entry) {
    const s32 at = distance(heap, entry);
    const HeapLinks links = links_at(heap, at);
    if (!is_link(heap, links.previous) || links_at(heap, links.previous).next != at) return;
    for (s32& hint : heap->hints) {
      if (hint == at) hint = is_link(heap, links.next) ? links.next : 0;
    }
    links_at(heap, links.previous).next = links.next;
    if (is_link(heap, links.next)) links_at(heap, links.next).previous = links.previous;
  }

  /// Joins a free entry, not in the list, with its free neighbours, which leave the list.
  static HeapEntry* coalesce(Heap* heap, HeapEntry* entry) {
    if (!entry->last() && knows_next(heap, entry) && is_free(heap, entry->next())) {
      HeapEntry* next = entry->next();
      if (entry->size + next->size <= 0xFFFF) {
        remove_free(heap, next);
        absorb(heap, entry, next);
      }
    }
    if (entry->previous_size != 0 && knows_previous(heap, entry) &&
        is_free(heap, entry->previous())) {
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
      tell_next(heap, entry);
    }
  }

  static void tell_next(Heap* heap, HeapEntry* entry) {
    HeapEntry* next = entry->next();
    if (segment_of(heap, next, sizeof *next) != nowhere) next->previous_size = entry->size;
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
      tell_next(heap, tail);
    }
    insert_free(heap, coalesce(heap, tail));
  }

  /// The first in the list that is large enough. The search begins where none before can be.
  static HeapEntry* find_free(Heap* heap, u32 granules) {
    u32 which = 0;
    while (which + 1 != heap_hints && heap_hint_sizes[which + 1] <= granules) ++which;
    s32& hint = heap->hints[which];
    bool found_hint = false;
    for (s32 at = is_link(heap, hint) ? hint : 0; at != 0; at = next_free(heap, at)) {
      FreeEntry* entry = free_at(heap, at);
      if (!found_hint && entry->size >= heap_hint_sizes[which]) {
        hint = at;
        found_hint = true;
      }
      if (entry->size >= granules) return entry;
    }
    if (!found_hint) hint = 0;
    return nullptr;
  }

 private:
  /// The free entry behind which `entry` belongs, or 0, the list's head. It is looked for from the
  /// list's head on and, entry by entry, backwards in the segment; the nearer one is found.
  static bool find_previous_free(Heap* heap, HeapEntry* entry, s32& previous) {
    const s32 at = distance(heap, entry);
    HeapEntry* before = entry;
    bool backwards = true;
    for (previous = 0;;) {
      const s32 next = links_at(heap, previous).next;
      if (!is_link(heap, next)) return false;
      if (next == 0 || next > at) return true;
      if (previous != 0 && next <= previous) return false;
      previous = next;
      if (!backwards) continue;
      backwards = before->previous_size != 0 && knows_previous(heap, before);
      if (!backwards) continue;
      before = before->previous();
      if (!before->busy()) {
        previous = distance(heap, before);
        return true;
      }
    }
  }
};

}  // namespace rtl
