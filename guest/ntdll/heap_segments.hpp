// Where a heap's entries come from: segments, whose pages are committed as they are needed, and
// pages of their own for large blocks. The pages come from a PageSource.
#pragma once

#include <concepts>

#include "guest/ntdll/heap_check.hpp"

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
class HeapSegments : public HeapCheck {
 public:
  static constexpr u32 growable = 2;

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
    header = round_up(header, heap_granularity);
    auto* heap = reinterpret_cast<Heap*>(base);
    heap->entry = {static_cast<u16>(header / heap_granularity), 0, 0, entry_flags::busy, 0, 0};
    heap->signature = heap_signature;
    heap->flags = flags;
    heap->segment_count = 1;
    heap->segment_reserve = heap_segment_reserve;
    heap->segment_commit = Pages::page_size();
    heap->lock = nullptr;
    heap->free_list = heap->virtual_list = {0, 0};
    for (s32& hint : heap->hints) hint = 0;
    start_segment(heap, 0, base, header, commit, reserve);
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

 protected:
  static constexpr u32 round_up(u32 bytes, u32 unit) { return (bytes + unit - 1) & ~(unit - 1); }

  /// A free entry of at least `granules` from newly committed pages or a new segment.
  static HeapEntry* grow(Heap* heap, u32 granules) {
    for (u32 i = 0; i != heap->segment_count; ++i) {
      if (HeapEntry* entry = extend(heap, i, granules)) return entry;
    }
    if ((heap->flags & growable) == 0 || heap->segment_count == heap_max_segments) return nullptr;
    const u32 needed = round_up(granules * heap_granularity, Pages::page_size());
    for (u32 reserve = heap->segment_reserve; reserve >= needed; reserve /= 2) {
      auto* base = static_cast<char*>(Pages::reserve(reserve));
      if (base == nullptr) continue;
      const u32 commit = heap->segment_commit > needed && heap->segment_commit <= reserve
                             ? heap->segment_commit
                             : needed;
      if (!Pages::commit(base, commit)) {
        Pages::release(base);
        return nullptr;
      }
      return start_segment(heap, heap->segment_count++, base, 0, commit, reserve);
    }
    return nullptr;
  }

  /// Commits pages at the end of a segment until a free entry of `granules` ends there.
  static HeapEntry* extend(Heap* heap, u32 index, u32 granules) {
    HeapSegment& segment = heap->segments[index];
    const u32 present = segment.last->busy() ? 0 : segment.last->size;
    const u32 missing = present >= granules ? 0 : granules - present;
    const u32 commit = round_up(missing * heap_granularity, Pages::page_size());
    if (commit == 0 || commit > static_cast<u32>(segment.reserved_end - segment.committed_end)) {
      return nullptr;
    }
    if (present + commit / heap_granularity > 0xFFFF) return nullptr;
    if (!Pages::commit(segment.committed_end, commit)) return nullptr;
    return append(heap, index, segment.committed_end + commit);
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

  static void free_virtual(Heap* heap, VirtualBlock* block) {
    if (block->links.previous == 0) {
      heap->virtual_list.next = block->links.next;
    } else {
      virtual_at(heap, block->links.previous)->links.next = block->links.next;
    }
    if (block->links.next != 0) {
      virtual_at(heap, block->links.next)->links.previous = block->links.previous;
    }
    Pages::release(block);
  }

 private:
  static HeapEntry* start_segment(Heap* heap, u32 index, char* base, u32 header, u32 commit,
                                  u32 reserve) {
    heap->segments[index] = {base, base + header, nullptr, base + header, base + reserve};
    return append(heap, index, base + commit);
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
      segment.committed_end += entry->bytes();
      if (previous != nullptr) previous->flags &= static_cast<u8>(~entry_flags::last_entry);
      set_last(heap, entry);
      result = coalesce(heap, entry);
      insert_free(heap, result);
    }
    return result;
  }
};

}  // namespace rtl
