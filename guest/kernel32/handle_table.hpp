// The table behind moveable memory: an entry of eight bytes a handle, which is the address of the
// pointer in it, so that handles can be told from blocks by their bit 2. Pages of it are committed
// one by one, as handles are needed. [SDK GlobalAlloc]
#pragma once

#include "guest/kernel32/win32.hpp"

namespace base {

struct MoveableEntry {
  USHORT flags;  // in_use and what GlobalFlags tells; bits 0-7 count the locks
  USHORT reserved;
  PVOID block;  // null: discarded. Of an entry not in use: the next such one
};
static_assert(sizeof(MoveableEntry) == 8);

class HandleTable {
 public:
  static constexpr USHORT in_use = 0x1000, locks = 0x00FF;
  static constexpr ULONG most_handles = 0x10000;

  /// An entry in use with a block of null; null itself when there is no room.
  MoveableEntry* allocate() {
    if (free_ == nullptr && !commit_page()) return nullptr;
    MoveableEntry* entry = free_;
    free_ = static_cast<MoveableEntry*>(entry->block);
    *entry = {in_use, 0, nullptr};
    return entry;
  }

  void release(MoveableEntry* entry) {
    *entry = {0, 0, free_};
    free_ = entry;
  }

  static HANDLE to_handle(MoveableEntry* entry) { return &entry->block; }

  /// The entry that a handle means; null when it is none.
  MoveableEntry* find(HANDLE handle) const {
    const auto address = reinterpret_cast<ULONG_PTR>(handle);
    const auto first = reinterpret_cast<ULONG_PTR>(entries_);
    constexpr ULONG at_block = offsetof(MoveableEntry, block);
    if (address < first || address >= first + committed_ ||
        (address - first) % sizeof(MoveableEntry) != at_block) {
      return nullptr;
    }
    auto* entry = reinterpret_cast<MoveableEntry*>(address - at_block);
    return (entry->flags & in_use) != 0 ? entry : nullptr;
  }

  /// The entry whose block this is.
  MoveableEntry* owner_of(const void* block) const {
    for (ULONG i = 0; i != committed_ / sizeof(MoveableEntry); ++i) {
      MoveableEntry& entry = entries_[i];
      if ((entry.flags & in_use) != 0 && entry.block == block) return &entry;
    }
    return nullptr;
  }

 private:
  bool commit_page() {
    if (entries_ == nullptr) {
      PVOID base = nullptr;
      SIZE_T size = most_handles * sizeof(MoveableEntry);
      if (!NT_SUCCESS(NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &size, MEM_RESERVE,
                                              PAGE_READWRITE))) {
        return false;
      }
      entries_ = static_cast<MoveableEntry*>(base);
    }
    if (committed_ == most_handles * sizeof(MoveableEntry)) return false;
    PVOID page = reinterpret_cast<char*>(entries_) + committed_;
    SIZE_T size = PAGE_SIZE;
    if (!NT_SUCCESS(NtAllocateVirtualMemory(NtCurrentProcess(), &page, 0, &size, MEM_COMMIT,
                                            PAGE_READWRITE))) {
      return false;
    }
    auto* first = static_cast<MoveableEntry*>(page);
    for (ULONG i = PAGE_SIZE / sizeof(MoveableEntry); i-- != 0;) release(first + i);
    committed_ += PAGE_SIZE;
    return true;
  }

  MoveableEntry* entries_ = nullptr;
  MoveableEntry* free_ = nullptr;
  ULONG committed_ = 0;  // bytes
};

}  // namespace base
