// Looking at a heap: is it whole, is a block one of its own, what is in it. Nothing is changed.
#pragma once

#include "guest/ntdll/heap_blocks.hpp"

namespace rtl {

/// One thing that a walk through a heap meets.
struct HeapItem {
  enum class Kind : u8 { Segment, Busy, Free, Uncommitted };
  void* data = nullptr;  // null begins
  u32 size = 0;
  u32 overhead = 0;
  u32 segment = 0;  // heap_max_segments: a block with pages of its own
  Kind kind = Kind::Segment;
};

class HeapCheck : public HeapBlocks {
 public:
  static VirtualBlock* virtual_at(Heap* heap, s32 at) {
    return reinterpret_cast<VirtualBlock*>(reinterpret_cast<char*>(heap) + at);
  }
  static VirtualBlock* virtual_of(HeapEntry* entry) {
    return reinterpret_cast<VirtualBlock*>(reinterpret_cast<char*>(entry) -
                                           (sizeof(VirtualBlock) - sizeof(HeapEntry)));
  }

  /// Walks every entry and checks that sizes, flags and the free list agree.
  static bool validate(Heap* heap) {
    if (heap->signature != heap_signature) return false;
    if (heap->segment_count == 0 || heap->segment_count > heap_max_segments) return false;
    u32 free_entries = 0;
    for (u32 i = 0; i != heap->segment_count; ++i) {
      if (!validate_segment(heap, i, free_entries)) return false;
    }
    s32 previous = 0;
    for (s32 at = heap->free_list.next; at != 0; at = free_at(heap, at)->links.next) {
      if (!is_link(heap, at) || free_entries-- == 0) return false;
      if (free_at(heap, at)->links.previous != previous) return false;
      previous = at;
    }
    return free_entries == 0 && heap->free_list.previous == previous && validate_virtual(heap);
  }

  /// Whether `block` is one this heap gave out; reads nothing outside the heap's committed pages.
  static bool owns(Heap* heap, const void* block) {
    const auto address = reinterpret_cast<std::uintptr_t>(block);
    if ((address & (heap_granularity - 1)) != 0) return false;
    HeapEntry* entry = HeapEntry::of(const_cast<void*>(block));
    const u32 segment = segment_of(heap, entry, sizeof *entry);
    if (segment != nowhere) {
      constexpr u8 kinds = entry_flags::busy | entry_flags::virtual_alloc;
      return (entry->flags & kinds) == entry_flags::busy && entry->segment == segment &&
             entry->size >= smallest_entry && entry->unused_bytes <= entry->bytes() &&
             segment_of(heap, entry, entry->bytes()) == segment;
    }
    for (s32 at = heap->virtual_list.next; at != 0; at = virtual_at(heap, at)->links.next) {
      if (virtual_at(heap, at)->entry.block() == block) return true;
    }
    return false;
  }

  /// The same, and the entries before and behind it are whole, too.
  static bool validate_block(Heap* heap, const void* block) {
    if (!owns(heap, block)) return false;
    HeapEntry* entry = HeapEntry::of(const_cast<void*>(block));
    if ((entry->flags & entry_flags::virtual_alloc) != 0) return true;
    if (entry->unused_bytes < sizeof *entry || entry->unused_bytes > entry->bytes()) return false;
    return (entry->last() || knows_next(heap, entry)) &&
           (entry->previous_size == 0 || knows_previous(heap, entry));
  }

  /// Goes on to what comes after `item`: segments with their blocks and what is not committed, then
  /// blocks with pages of their own. False at the end.
  static bool walk(Heap* heap, HeapItem& item) {
    if (item.data == nullptr) return describe_segment(heap, 0, item);
    if (item.segment == heap_max_segments) {
      VirtualBlock* block = virtual_of(HeapEntry::of(item.data));
      return describe_virtual(heap, block->links.next, item);
    }
    const HeapSegment& segment = heap->segments[item.segment];
    if (item.kind == HeapItem::Kind::Segment) {
      return describe(reinterpret_cast<HeapEntry*>(segment.first_entry), item);
    }
    if (item.kind != HeapItem::Kind::Uncommitted) {
      HeapEntry* entry = HeapEntry::of(item.data);
      if (!entry->last()) return describe(entry->next(), item);
      if (segment.committed_end != segment.reserved_end) {
        const auto rest = static_cast<u32>(segment.reserved_end - segment.committed_end);
        item = {segment.committed_end, rest, 0, item.segment, HeapItem::Kind::Uncommitted};
        return true;
      }
    }
    if (item.segment + 1 != heap->segment_count) {
      return describe_segment(heap, item.segment + 1, item);
    }
    return describe_virtual(heap, heap->virtual_list.next, item);
  }

  /// Whether a walk can go on from there.
  static bool is_item(Heap* heap, const HeapItem& item) {
    if (item.data == nullptr) return true;
    if (item.segment == heap_max_segments) return owns(heap, item.data);
    if (item.segment >= heap->segment_count) return false;
    if (item.kind == HeapItem::Kind::Segment || item.kind == HeapItem::Kind::Uncommitted) {
      return true;
    }
    HeapEntry* entry = HeapEntry::of(item.data);
    return segment_of(heap, entry, sizeof *entry) == item.segment &&
           segment_of(heap, entry, entry->bytes()) == item.segment && entry->size != 0;
  }

  /// Bytes of the largest free entry that is committed, without the entry itself.
  static u32 largest_free(Heap* heap) {
    u32 largest = 0;
    for (s32 at = next_free(heap, 0); at != 0; at = next_free(heap, at)) {
      const u32 bytes = free_at(heap, at)->bytes() - static_cast<u32>(sizeof(HeapEntry));
      if (bytes > largest) largest = bytes;
    }
    return largest;
  }

 private:
  static bool validate_segment(Heap* heap, u32 index, u32& free_entries) {
    const HeapSegment& segment = heap->segments[index];
    if (segment.first_entry < segment.base || segment.committed_end > segment.reserved_end) {
      return false;
    }
    auto* entry = reinterpret_cast<HeapEntry*>(segment.first_entry);
    for (u16 previous = 0;;) {
      if (entry->size < smallest_entry || entry->previous_size != previous) return false;
      if (entry->segment != index) return false;
      if (segment_of(heap, entry, entry->bytes()) != index) return false;
      if (entry->busy() && entry->unused_bytes > entry->bytes()) return false;
      if (!entry->busy()) ++free_entries;
      if (entry->last()) break;
      previous = entry->size;
      HeapEntry* next = entry->next();
      if (reinterpret_cast<char*>(next) >= segment.committed_end) return false;
      if (!entry->busy() && !next->busy() && entry->size + next->size <= 0xFFFF) return false;
      entry = next;
    }
    return reinterpret_cast<char*>(entry->next()) == segment.committed_end && entry == segment.last;
  }

  static bool validate_virtual(Heap* heap) {
    s32 previous = 0;
    for (s32 at = heap->virtual_list.next; at != 0; at = virtual_at(heap, at)->links.next) {
      const VirtualBlock* block = virtual_at(heap, at);
      constexpr u8 flags = entry_flags::busy | entry_flags::virtual_alloc;
      if (block->links.previous != previous || block->entry.flags != flags) return false;
      if (block->requested > block->reserved - sizeof(VirtualBlock)) return false;
      previous = at;
    }
    return true;
  }

  static bool describe_segment(Heap* heap, u32 index, HeapItem& item) {
    const HeapSegment& segment = heap->segments[index];
    item = {segment.base, static_cast<u32>(segment.reserved_end - segment.base),
            static_cast<u32>(segment.first_entry - segment.base), index, HeapItem::Kind::Segment};
    return true;
  }

  static bool describe(HeapEntry* entry, HeapItem& item) {
    const bool busy = entry->busy();
    const u32 overhead = busy ? entry->unused_bytes : static_cast<u32>(sizeof *entry);
    item = {entry->block(), entry->bytes() - overhead, overhead, entry->segment,
            busy ? HeapItem::Kind::Busy : HeapItem::Kind::Free};
    return true;
  }

  static bool describe_virtual(Heap* heap, s32 at, HeapItem& item) {
    if (at == 0) return false;
    VirtualBlock* block = virtual_at(heap, at);
    item = {block->entry.block(), block->requested, block->reserved - block->requested,
            heap_max_segments, HeapItem::Kind::Busy};
    return true;
  }
};

}  // namespace rtl
