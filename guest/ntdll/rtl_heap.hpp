// A heap of NT's: blocks over virtual memory, and the lock behind the header.
#pragma once

#include "guest/ntdll/heap_manager.hpp"
#include "guest/ntdll/ntdll.hpp"

namespace rtl {

struct VirtualMemory {
  static ULONG page_size() { return PAGE_SIZE; }
  static void* reserve(ULONG size) {
    PVOID base = nullptr;
    const NTSTATUS status =
        NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &size, MEM_RESERVE, PAGE_READWRITE);
    return NT_SUCCESS(status) ? base : nullptr;
  }
  static bool commit(void* address, ULONG size) {
    return size == 0 || NT_SUCCESS(NtAllocateVirtualMemory(NtCurrentProcess(), &address, 0, &size,
                                                           MEM_COMMIT, PAGE_READWRITE));
  }
  static void release(void* address) {
    SIZE_T size = 0;
    NtFreeVirtualMemory(NtCurrentProcess(), &address, &size, MEM_RELEASE);
  }
};

using HeapManagerOfNt = HeapManager<VirtualMemory>;
static_assert(HeapManagerOfNt::growable == HEAP_GROWABLE &&
              HeapManagerOfNt::zero_memory == HEAP_ZERO_MEMORY &&
              HeapManagerOfNt::in_place_only == HEAP_REALLOC_IN_PLACE_ONLY);

/// Without HEAP_NO_SERIALIZE the lock lies behind the header; with it there is only the header.
struct SerializedHeap : Heap {
  RTL_CRITICAL_SECTION section;
  RTL_CRITICAL_SECTION_DEBUG debug;
};
static_assert(sizeof(SerializedHeap) == 1432);

inline bool is_heap(const Heap* heap) {
  return heap != nullptr && heap->signature == heap_signature;
}

/// Whether everything in the heap agrees, whatever the program may have done to it.
bool is_whole(SerializedHeap* heap);

/// Holds a heap's lock unless the heap or the call says HEAP_NO_SERIALIZE.
class HeapGuard {
 public:
  HeapGuard(SerializedHeap* heap, ULONG flags)
      : section_((flags & HEAP_NO_SERIALIZE) != 0
                     ? nullptr
                     : static_cast<PRTL_CRITICAL_SECTION>(heap->lock)) {
    if (section_ != nullptr) RtlEnterCriticalSection(section_);
  }
  ~HeapGuard() {
    if (section_ != nullptr) RtlLeaveCriticalSection(section_);
  }
  HeapGuard(const HeapGuard&) = delete;
  HeapGuard& operator=(const HeapGuard&) = delete;

 private:
  PRTL_CRITICAL_SECTION section_;
};

}  // namespace rtl
