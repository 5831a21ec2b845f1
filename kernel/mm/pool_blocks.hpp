// The pool's inside: blocks of a page, split and merged, with NT-like headers of eight bytes.
// A template over the page size and what supplies pages, so that the host's tests run it.
#pragma once

#include "arch/integers.hpp"

/// `Pages` supplies void* allocate_page(), void free_page(void*), [[noreturn]] void corrupt(void*).
template <arch::u32 page_size, class Pages>
class PoolBlocks {
 public:
  struct Header {
    arch::u16 previous_units;  // size of the block before it in the page; 0 in the first
    arch::u16 units : 15;      // own size, header included
    arch::u16 allocated : 1;
    arch::u32 tag;
  };
  static_assert(sizeof(Header) == 8);
  static constexpr arch::u32 unit = sizeof(Header);
  static constexpr arch::u32 largest = page_size - sizeof(Header);

  /// `size` up to `largest`; null when the supplier has no page left.
  void* allocate(arch::u32 size, arch::u32 tag) {
    arch::u32 units = (size + unit - 1) / unit + 1;
    if (units < smallest_units) units = smallest_units;
    Header* block = take_free(units);
    if (block == nullptr) block = new_page();
    if (block == nullptr) return nullptr;
    if (block->units - units >= smallest_units) split(block, units);
    block->allocated = 1;
    block->tag = tag;
    return block + 1;
  }

  void free(void* body) {
    Header* block = static_cast<Header*>(body) - 1;
    check(block);
    block->allocated = 0;
    Header* following = next(block);
    if (following != nullptr && !following->allocated) {
      unlink(following);
      block->units = static_cast<arch::u16>(block->units + following->units);
    }
    if (block->previous_units != 0) {
      Header* before = block - block->previous_units;
      if (!before->allocated) {
        unlink(before);
        before->units = static_cast<arch::u16>(before->units + block->units);
        block = before;
      }
    }
    if (block->units == page_units) {
      pages_.free_page(block);
      return;
    }
    if (Header* after = next(block); after != nullptr) after->previous_units = block->units;
    link(block);
  }

  Pages& pages() { return pages_; }

 private:
  struct FreeBlock : Header {
    FreeBlock *flink, *blink;
  };
  static constexpr arch::u32 page_units = page_size / unit;
  static constexpr arch::u32 smallest_units = (sizeof(FreeBlock) + unit - 1) / unit;
  static constexpr arch::u32 exact_lists = 32;  // then one list for all that is larger

  static FreeBlock* as_free(Header* block) { return static_cast<FreeBlock*>(block); }
  static std::uintptr_t page_start(Header* block) {
    return reinterpret_cast<std::uintptr_t>(block) & ~std::uintptr_t{page_size - 1};
  }
  static Header* next(Header* block) {
    Header* following = block + block->units;
    return page_start(following) == page_start(block) ? following : nullptr;
  }
  static arch::u32 list_of(arch::u32 units) { return units < exact_lists ? units : exact_lists; }

  void check(Header* block) {
    Header* following = next(block);
    const bool bad = !block->allocated || block->units < smallest_units ||
                     (following != nullptr && following->previous_units != block->units);
    if (bad) pages_.corrupt(block + 1);
  }

  void link(Header* block) {
    FreeBlock* entry = as_free(block);
    FreeBlock*& head = free_[list_of(block->units)];
    entry->blink = nullptr;
    entry->flink = head;
    if (head != nullptr) head->blink = entry;
    head = entry;
  }

  void unlink(Header* block) {
    FreeBlock* entry = as_free(block);
    if (entry->blink == nullptr) {
      free_[list_of(block->units)] = entry->flink;
    } else {
      entry->blink->flink = entry->flink;
    }
    if (entry->flink != nullptr) entry->flink->blink = entry->blink;
  }

  Header* take_free(arch::u32 units) {
    for (arch::u32 list = list_of(units); list <= exact_lists; ++list) {
      for (FreeBlock* entry = free_[list]; entry != nullptr; entry = entry->flink) {
        if (entry->units < units) continue;
        unlink(entry);
        return entry;
      }
    }
    return nullptr;
  }

  Header* new_page() {
    auto* block = static_cast<Header*>(pages_.allocate_page());
    if (block == nullptr) return nullptr;
    block->previous_units = 0;
    block->units = page_units;
    block->allocated = 0;
    return block;
  }

  void split(Header* block, arch::u32 units) {
    Header* rest = block + units;
    rest->previous_units = static_cast<arch::u16>(units);
    rest->units = static_cast<arch::u16>(block->units - units);
    rest->allocated = 0;
    if (Header* after = next(rest); after != nullptr) after->previous_units = rest->units;
    block->units = static_cast<arch::u16>(units);
    link(rest);
  }

  Pages pages_;
  FreeBlock* free_[exact_lists + 1] = {};
};
