// GlobalAlloc and LocalAlloc, which are the same: fixed blocks of the process heap, and moveable
// ones behind handles. kernel32.def gives one function both names where they do not differ. [SDK]
#include "guest/kernel32/handle_table.hpp"

namespace {

using base::HandleTable;
using base::MoveableEntry;

constexpr UINT moveable = 0x0002, zero_init = 0x0040, modify = 0x0080, ddeshare = 0x2000,
               discarded = 0x4000, invalid_handle = 0x8000;
constexpr UINT global_discardable = 0x0100, local_discardable = 0x0F00;
constexpr UINT valid_flags = 0x7F72;
constexpr USHORT entry_discardable = 0x0100, entry_ddeshare = ddeshare;

HandleTable table;

/// The process heap's lock guards the table as well.
class Guard {
 public:
  Guard() { RtlLockHeap(NtCurrentPeb()->ProcessHeap); }
  ~Guard() { RtlUnlockHeap(NtCurrentPeb()->ProcessHeap); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
};

PVOID allocate_block(UINT flags, SIZE_T bytes) {
  return RtlAllocateHeap(NtCurrentPeb()->ProcessHeap,
                         (flags & zero_init) != 0 ? HEAP_ZERO_MEMORY : 0, bytes);
}
PVOID resize_block(ULONG heap_flags, PVOID block, SIZE_T bytes) {
  return RtlReAllocateHeap(NtCurrentPeb()->ProcessHeap, heap_flags, block, bytes);
}
bool free_block(PVOID block) { return RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, block) != FALSE; }
bool is_block(const void* block) {
  return block != nullptr && RtlValidateHeap(NtCurrentPeb()->ProcessHeap, 0, block) != FALSE;
}

HANDLE out_of_memory() {
  base::fail(ERROR_NOT_ENOUGH_MEMORY);
  return nullptr;
}
HANDLE bad_handle() {
  base::fail(ERROR_INVALID_HANDLE);
  return nullptr;
}

USHORT entry_flags(UINT flags) {
  return static_cast<USHORT>(HandleTable::in_use |
                             ((flags & global_discardable) != 0 ? entry_discardable : 0) |
                             ((flags & ddeshare) != 0 ? entry_ddeshare : 0));
}

HANDLE allocate_moveable(UINT flags, SIZE_T bytes) {
  const Guard guard;
  MoveableEntry* entry = table.allocate();
  if (entry == nullptr) return out_of_memory();
  entry->flags = entry_flags(flags);
  if (bytes != 0) entry->block = allocate_block(flags, bytes);
  if (bytes == 0 || entry->block != nullptr) return HandleTable::to_handle(entry);
  table.release(entry);
  return out_of_memory();
}

/// The block goes, the handle stays; not while it is locked.
HANDLE discard(MoveableEntry* entry) {
  if ((entry->flags & HandleTable::locks) != 0) {
    base::fail(ERROR_INVALID_HANDLE);
    return nullptr;
  }
  if (entry->block != nullptr) free_block(entry->block);
  entry->block = nullptr;
  return HandleTable::to_handle(entry);
}

HANDLE resize_moveable(MoveableEntry* entry, SIZE_T bytes, UINT flags) {
  if (entry->block == nullptr) {
    if (bytes != 0) entry->block = allocate_block(flags, bytes);
    return bytes == 0 || entry->block != nullptr ? HandleTable::to_handle(entry) : out_of_memory();
  }
  if (bytes == 0) return discard(entry);
  const bool may_move = (entry->flags & HandleTable::locks) == 0 || (flags & moveable) != 0;
  const ULONG heap_flags = (may_move ? 0 : HEAP_REALLOC_IN_PLACE_ONLY) |
                           ((flags & zero_init) != 0 ? HEAP_ZERO_MEMORY : 0);
  PVOID block = resize_block(heap_flags, entry->block, bytes);
  if (block == nullptr) return out_of_memory();
  entry->block = block;
  return HandleTable::to_handle(entry);
}

HANDLE resize_fixed(PVOID block, SIZE_T bytes, UINT flags) {
  const ULONG heap_flags = ((flags & moveable) != 0 ? 0 : HEAP_REALLOC_IN_PLACE_ONLY) |
                           ((flags & zero_init) != 0 ? HEAP_ZERO_MEMORY : 0);
  PVOID result = resize_block(heap_flags, block, bytes);
  return result != nullptr ? result : out_of_memory();
}

/// A fixed block may become moveable, a moveable one discardable.
HANDLE change_attributes(HANDLE memory, MoveableEntry* entry, UINT flags) {
  if (entry != nullptr) {
    entry->flags = static_cast<USHORT>(entry->flags | (entry_flags(flags) & entry_discardable));
    return memory;
  }
  if ((flags & moveable) == 0) return memory;
  entry = table.allocate();
  if (entry == nullptr) return out_of_memory();
  entry->flags = entry_flags(flags);
  entry->block = memory;
  return HandleTable::to_handle(entry);
}

UINT flags_of(HANDLE memory, UINT discardable) {
  const Guard guard;
  const MoveableEntry* entry = table.find(memory);
  if (entry == nullptr) {
    if (is_block(memory)) return 0;
    base::fail(ERROR_INVALID_HANDLE);
    return invalid_handle;
  }
  return (entry->flags & (HandleTable::locks | entry_ddeshare)) |
         ((entry->flags & entry_discardable) != 0 ? discardable : 0) |
         (entry->block == nullptr ? discarded : 0);
}

}  // namespace

HANDLE base::find_moveable(const void* block, bool& shared) {
  const Guard guard;
  MoveableEntry* entry = table.owner_of(block);
  if (entry == nullptr) return nullptr;
  shared = (entry->flags & entry_ddeshare) != 0;
  return HandleTable::to_handle(entry);
}

extern "C" {

/// GMEM_DDESHARE is kept and told, and makes no difference: memory is the process's own.
HANDLE WINAPI GlobalAlloc(UINT Flags, SIZE_T Bytes) {
  if ((Flags & ~valid_flags) != 0) {
    base::fail(ERROR_INVALID_PARAMETER);
    return nullptr;
  }
  if ((Flags & moveable) != 0) return allocate_moveable(Flags, Bytes);
  PVOID block = allocate_block(Flags, Bytes);
  return block != nullptr ? block : out_of_memory();
}

HANDLE WINAPI GlobalReAlloc(HANDLE Memory, SIZE_T Bytes, UINT Flags) {
  if ((Flags & ~(valid_flags | modify)) != 0) {
    base::fail(ERROR_INVALID_PARAMETER);
    return nullptr;
  }
  const Guard guard;
  MoveableEntry* entry = table.find(Memory);
  if (entry == nullptr && !is_block(Memory)) return bad_handle();
  if ((Flags & modify) != 0) return change_attributes(Memory, entry, Flags);
  return entry != nullptr ? resize_moveable(entry, Bytes, Flags)
                          : resize_fixed(Memory, Bytes, Flags);
}

/// Null when it is done, else the handle.
HANDLE WINAPI GlobalFree(HANDLE Memory) {
  if (Memory == nullptr) return nullptr;
  const Guard guard;
  MoveableEntry* entry = table.find(Memory);
  if (entry == nullptr) {
    if (is_block(Memory) && free_block(Memory)) return nullptr;
    base::fail(ERROR_INVALID_HANDLE);
    return Memory;
  }
  if (entry->block != nullptr) free_block(entry->block);
  table.release(entry);
  return nullptr;
}

/// A fixed block is its own handle. Null for a discarded one.
PVOID WINAPI GlobalLock(HANDLE Memory) {
  const Guard guard;
  MoveableEntry* entry = table.find(Memory);
  if (entry == nullptr) return is_block(Memory) ? Memory : bad_handle();
  if (entry->block == nullptr) {
    base::fail(ERROR_DISCARDED);
    return nullptr;
  }
  if ((entry->flags & HandleTable::locks) != HandleTable::locks) ++entry->flags;
  return entry->block;
}

/// Whether it is still locked: the last unlock is FALSE without an error.
BOOL WINAPI GlobalUnlock(HANDLE Memory) {
  const Guard guard;
  MoveableEntry* entry = table.find(Memory);
  if (entry == nullptr) return is_block(Memory) ? 1 : base::fail(ERROR_INVALID_HANDLE);
  if ((entry->flags & HandleTable::locks) == 0) return base::fail(ERROR_NOT_LOCKED);
  --entry->flags;
  if ((entry->flags & HandleTable::locks) != 0) return 1;
  return base::fail(ERROR_SUCCESS);
}

SIZE_T WINAPI GlobalSize(HANDLE Memory) {
  const Guard guard;
  const MoveableEntry* entry = table.find(Memory);
  const PVOID block = entry != nullptr ? entry->block : Memory;
  if (entry != nullptr && block == nullptr) return 0;
  if (entry == nullptr && !is_block(block)) return base::fail(ERROR_INVALID_HANDLE);
  return RtlSizeHeap(NtCurrentPeb()->ProcessHeap, 0, block);
}

/// The handle of a locked block; a fixed block is its own.
HANDLE WINAPI GlobalHandle(const void* Block) {
  const Guard guard;
  if (!is_block(Block)) return bad_handle();
  MoveableEntry* entry = table.owner_of(Block);
  return entry != nullptr ? HandleTable::to_handle(entry) : const_cast<PVOID>(Block);
}

UINT WINAPI GlobalFlags(HANDLE Memory) { return flags_of(Memory, global_discardable); }
UINT WINAPI LocalFlags(HANDLE Memory) { return flags_of(Memory, local_discardable); }

/// There is nothing to compact: the largest free block.
SIZE_T WINAPI GlobalCompact(DWORD) { return RtlCompactHeap(NtCurrentPeb()->ProcessHeap, 0); }
SIZE_T WINAPI LocalShrink(HANDLE, UINT) { return RtlCompactHeap(NtCurrentPeb()->ProcessHeap, 0); }

// Of Win16 they keep the names: nothing of a process moves while it is locked.
void WINAPI GlobalFix(HANDLE Memory) {
  if (Memory != INVALID_HANDLE_VALUE) GlobalLock(Memory);
}
void WINAPI GlobalUnfix(HANDLE Memory) {
  if (Memory != INVALID_HANDLE_VALUE) GlobalUnlock(Memory);
}

}  // extern "C"
