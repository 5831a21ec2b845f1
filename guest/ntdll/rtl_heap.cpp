// The heap functions over NtAllocateVirtualMemory: locking, flags, and the PEB's list of heaps.
#include "guest/ntdll/heap_manager.hpp"
#include "guest/ntdll/ntdll.hpp"

namespace {

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

using Manager = rtl::HeapManager<VirtualMemory>;
static_assert(Manager::growable == HEAP_GROWABLE && Manager::zero_memory == HEAP_ZERO_MEMORY &&
              Manager::in_place_only == HEAP_REALLOC_IN_PLACE_ONLY);

struct SerializedHeap : rtl::Heap {
  RTL_CRITICAL_SECTION lock;
};

/// Holds a heap's lock unless the heap or the call says HEAP_NO_SERIALIZE.
class HeapLock {
 public:
  HeapLock(SerializedHeap* heap, ULONG flags)
      : section_((flags & HEAP_NO_SERIALIZE) != 0 ? nullptr : &heap->lock) {
    if (section_ != nullptr) RtlEnterCriticalSection(section_);
  }
  ~HeapLock() {
    if (section_ != nullptr) RtlLeaveCriticalSection(section_);
  }
  HeapLock(const HeapLock&) = delete;
  HeapLock& operator=(const HeapLock&) = delete;

 private:
  PRTL_CRITICAL_SECTION section_;
};

void register_heap(PVOID heap) {
  PPEB peb = NtCurrentPeb();
  RtlAcquirePebLock();
  if (peb->NumberOfHeaps < peb->MaximumNumberOfHeaps) {
    peb->ProcessHeaps[peb->NumberOfHeaps++] = heap;
  }
  RtlReleasePebLock();
}

void unregister_heap(PVOID heap) {
  PPEB peb = NtCurrentPeb();
  RtlAcquirePebLock();
  for (ULONG i = 0; i < peb->NumberOfHeaps; ++i) {
    if (peb->ProcessHeaps[i] != heap) continue;
    peb->ProcessHeaps[i] = peb->ProcessHeaps[--peb->NumberOfHeaps];
    break;
  }
  RtlReleasePebLock();
}

PVOID out_of_memory(ULONG flags) {
  if ((flags & HEAP_GENERATE_EXCEPTIONS) != 0) RtlRaiseStatus(STATUS_NO_MEMORY);
  return nullptr;
}

}  // namespace

extern "C" {

PVOID NTAPI RtlCreateHeap(ULONG Flags, PVOID, SIZE_T Reserve, SIZE_T Commit, PVOID, PVOID) {
  PPEB peb = NtCurrentPeb();
  if (Reserve == 0) Reserve = Commit > peb->HeapSegmentReserve ? Commit : peb->HeapSegmentReserve;
  if (Commit == 0) Commit = peb->HeapSegmentCommit;
  // The loader promises at least 64 KB to every heap that can grow.
  if ((Flags & HEAP_GROWABLE) != 0 && Reserve < MM_ALLOCATION_GRANULARITY) {
    Reserve = MM_ALLOCATION_GRANULARITY;
  }
  auto* heap =
      static_cast<SerializedHeap*>(Manager::create(Flags, Reserve, Commit, sizeof(SerializedHeap)));
  if (heap == nullptr) return out_of_memory(Flags);
  RtlInitializeCriticalSection(&heap->lock);
  register_heap(heap);
  return heap;
}

PVOID NTAPI RtlDestroyHeap(PVOID Heap) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  if (heap == NtCurrentPeb()->ProcessHeap || heap->signature != rtl::heap_signature) return Heap;
  unregister_heap(heap);
  RtlDeleteCriticalSection(&heap->lock);
  Manager::destroy(heap);
  return nullptr;
}

PVOID NTAPI RtlAllocateHeap(PVOID Heap, ULONG Flags, SIZE_T Size) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  Flags |= heap->flags;
  PVOID block;
  {
    HeapLock lock(heap, Flags);
    block = Manager::allocate(heap, Flags, Size);
  }
  return block != nullptr ? block : out_of_memory(Flags);
}

BOOLEAN NTAPI RtlFreeHeap(PVOID Heap, ULONG Flags, PVOID Block) {
  if (Block == nullptr) return TRUE;
  auto* heap = static_cast<SerializedHeap*>(Heap);
  HeapLock lock(heap, Flags | heap->flags);
  if (!Manager::owns(heap, Block)) {
    RtlSetLastWin32ErrorAndNtStatusFromNtStatus(STATUS_INVALID_PARAMETER);
    return FALSE;
  }
  Manager::free(heap, Block);
  return TRUE;
}

PVOID NTAPI RtlReAllocateHeap(PVOID Heap, ULONG Flags, PVOID Block, SIZE_T Size) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  Flags |= heap->flags;
  PVOID block = nullptr;
  {
    HeapLock lock(heap, Flags);
    if (!Manager::owns(heap, Block)) {
      RtlSetLastWin32ErrorAndNtStatusFromNtStatus(STATUS_INVALID_PARAMETER);
      return nullptr;
    }
    block = Manager::reallocate(heap, Flags, Block, Size);
  }
  return block != nullptr ? block : out_of_memory(Flags);
}

SIZE_T NTAPI RtlSizeHeap(PVOID Heap, ULONG Flags, const void* Block) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  HeapLock lock(heap, Flags | heap->flags);
  if (Manager::owns(heap, Block)) return Manager::size(Block);
  RtlSetLastWin32ErrorAndNtStatusFromNtStatus(STATUS_INVALID_PARAMETER);
  return ~SIZE_T{0};
}

BOOLEAN NTAPI RtlValidateHeap(PVOID Heap, ULONG Flags, const void* Block) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  HeapLock lock(heap, Flags | heap->flags);
  if (heap->signature != rtl::heap_signature) return FALSE;
  return Block != nullptr ? Manager::owns(heap, Block) : Manager::validate(heap);
}

}  // extern "C"
