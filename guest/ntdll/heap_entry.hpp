// Layout of a heap in memory: the entry before every block, segments, and the heap's own header.
// Entries keep NT's eight bytes, so blocks of 1, 8 and 9 bytes lie 16, 16 and 24 bytes apart.
#pragma once

#include "arch/integers.hpp"

namespace rtl {

using arch::s32;
using arch::u16;
using arch::u32;
using arch::u8;

inline constexpr u32 heap_granularity = 8;
inline constexpr u32 heap_max_segments = 64;
inline constexpr u32 heap_segment_reserve = 0x100000;  // a growable heap grows by 1 MB
inline constexpr u32 heap_max_block = 0xFE00u;         // granules; above it, pages of its own
inline constexpr u32 heap_signature = 0xEEFFEEFF;
inline constexpr u32 heap_max_request = 0x7FF00000;

namespace entry_flags {
inline constexpr u8 busy = 0x01, virtual_alloc = 0x08, last_entry = 0x10;
}

/// The eight bytes before a block. Sizes count granules of 8 bytes and include the entry.
struct HeapEntry {
  u16 size;
  u16 previous_size;  // 0: the first of its segment
  u8 segment;
  u8 flags;
  u8 unused_bytes;  // entry and padding: size * 8 - unused_bytes is what was asked for
  u8 reserved;

  bool busy() const { return (flags & entry_flags::busy) != 0; }
  bool last() const { return (flags & entry_flags::last_entry) != 0; }
  u32 bytes() const { return size * heap_granularity; }
  void* block() { return this + 1; }
  HeapEntry* next() {
    return reinterpret_cast<HeapEntry*>(reinterpret_cast<char*>(this) + bytes());
  }
  HeapEntry* previous() {
    return reinterpret_cast<HeapEntry*>(reinterpret_cast<char*>(this) -
                                        previous_size * heap_granularity);
  }
  static HeapEntry* of(void* block) { return static_cast<HeapEntry*>(block) - 1; }
};
static_assert(sizeof(HeapEntry) == heap_granularity);

/// Two links, as distances from the heap's header in bytes; 0 is the header itself, the list's end.
/// They fill the smallest block exactly, whatever the width of a pointer.
struct HeapLinks {
  s32 next, previous;
};
static_assert(sizeof(HeapLinks) == heap_granularity);

/// A free entry: its links lie where the block was.
struct FreeEntry : HeapEntry {
  HeapLinks links;
};

/// Before a block that has pages of its own.
struct VirtualBlock {
  HeapLinks links;
  u32 requested;  // bytes
  u32 reserved;   // bytes of the whole allocation
  HeapEntry entry;
};
static_assert(sizeof(VirtualBlock) % heap_granularity == 0);

/// A reservation, committed from its base upwards and never decommitted while the heap lives.
struct HeapSegment {
  char* base;
  char* first_entry;
  HeapEntry* last;  // the entry that ends at committed_end
  char* committed_end;
  char* reserved_end;
};

/// Sizes in granules from which on the heap remembers where the search for a free entry begins.
inline constexpr u32 heap_hint_sizes[] = {2, 3, 4, 5, 6, 8, 12, 16, 32, 128, 512, 4096};
inline constexpr u32 heap_hints = sizeof heap_hint_sizes / sizeof heap_hint_sizes[0];

/// The header, at the base of segment 0. For 32 bits it has the size of NT 3.1's, 1376 bytes; with
/// a lock and what belongs to it 1432.
struct Heap {
  HeapEntry entry;  // its size is the header's, lock included
  u32 signature;
  u32 flags;
  u32 segment_count;
  u32 segment_reserve;     // bytes of address space by which a growable heap grows
  u32 segment_commit;      // bytes committed of that at least
  void* lock;              // null: not serialized
  HeapLinks free_list;     // sorted by address
  HeapLinks virtual_list;  // most recent first
  s32 hints[heap_hints];   // no free entry of heap_hint_sizes[i] or more lies before; 0: there is
                           // none
  HeapSegment segments[heap_max_segments];
};
static_assert(sizeof(void*) != 4 || sizeof(Heap) == 1376);

}  // namespace rtl
