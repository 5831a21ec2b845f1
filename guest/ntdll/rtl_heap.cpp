// The heap functions over NtAllocateVirtualMemory: flags, exceptions, the PEB's list of heaps.
#include "guest/ntdll/rtl_heap.hpp"

#include "guest/ntdll/guarded_call.hpp"

namespace {

using rtl::HeapManagerOfNt;
using rtl::SerializedHeap;

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

void initialize_lock(SerializedHeap* heap) {
  RtlInitializeCriticalSection(&heap->section);
  heap->debug = {};
  heap->debug.CriticalSection = &heap->section;
  heap->debug.ProcessLocksList = {&heap->debug.ProcessLocksList, &heap->debug.ProcessLocksList};
  heap->section.DebugInfo = &heap->debug;
  heap->lock = &heap->section;
}

/// With HEAP_GENERATE_EXCEPTIONS the caller is told by an exception, else by null and the error.
PVOID fail(ULONG flags, NTSTATUS status, SIZE_T size) {
  RtlSetLastWin32ErrorAndNtStatusFromNtStatus(status);
  if ((flags & HEAP_GENERATE_EXCEPTIONS) == 0) return nullptr;
  EXCEPTION_RECORD record = {};
  record.ExceptionCode = status == STATUS_NO_MEMORY ? status : STATUS_ACCESS_VIOLATION;
  record.NumberParameters = 1;
  record.ExceptionInformation[0] = size;
  RtlRaiseException(&record);
  return nullptr;
}

/// Why a heap has no block to give: because it is full, or because it is damaged.
NTSTATUS reason(SerializedHeap* heap, ULONG flags) {
  const rtl::HeapGuard guard(heap, flags);
  return rtl::is_whole(heap) ? STATUS_NO_MEMORY : STATUS_INVALID_PARAMETER;
}

}  // namespace

bool rtl::is_whole(SerializedHeap* heap) {
  return RtlpGuardedCall(
             [](PVOID argument) NTAPI -> ULONG {
               return HeapManagerOfNt::validate(static_cast<SerializedHeap*>(argument));
             },
             heap, FALSE) != FALSE;
}

extern "C" {

PVOID NTAPI RtlCreateHeap(ULONG Flags, PVOID, SIZE_T Reserve, SIZE_T Commit, PVOID, PVOID) {
  PPEB peb = NtCurrentPeb();
  if (Reserve == 0) Reserve = Commit > peb->HeapSegmentReserve ? Commit : peb->HeapSegmentReserve;
  if (Commit == 0) Commit = peb->HeapSegmentCommit;
  // The loader promises at least 64 KB to every heap that can grow.
  if ((Flags & HEAP_GROWABLE) != 0 && Reserve < MM_ALLOCATION_GRANULARITY) {
    Reserve = MM_ALLOCATION_GRANULARITY;
  }
  const bool serialized = (Flags & HEAP_NO_SERIALIZE) == 0;
  auto* heap = static_cast<SerializedHeap*>(HeapManagerOfNt::create(
      Flags, Reserve, Commit, serialized ? sizeof(SerializedHeap) : sizeof(rtl::Heap)));
  if (heap == nullptr) return nullptr;
  heap->segment_reserve = peb->HeapSegmentReserve;
  heap->segment_commit = peb->HeapSegmentCommit;
  if (serialized) initialize_lock(heap);
  register_heap(heap);
  return heap;
}

PVOID NTAPI RtlDestroyHeap(PVOID Heap) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  if (heap == NtCurrentPeb()->ProcessHeap || !rtl::is_heap(heap)) return Heap;
  unregister_heap(heap);
  if (heap->lock != nullptr) RtlDeleteCriticalSection(&heap->section);
  HeapManagerOfNt::destroy(heap);
  return nullptr;
}

PVOID NTAPI RtlAllocateHeap(PVOID Heap, ULONG Flags, SIZE_T Size) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  if (!rtl::is_heap(heap)) return fail(Flags, STATUS_INVALID_HANDLE, Size);
  Flags |= heap->flags;
  PVOID block;
  {
    const rtl::HeapGuard guard(heap, Flags);
    block = HeapManagerOfNt::allocate(heap, Flags, Size);
  }
  return block != nullptr ? block : fail(Flags, reason(heap, Flags), Size);
}

BOOLEAN NTAPI RtlFreeHeap(PVOID Heap, ULONG Flags, PVOID Block) {
  if (Block == nullptr) return TRUE;
  auto* heap = static_cast<SerializedHeap*>(Heap);
  const bool is_heap = rtl::is_heap(heap);
  if (is_heap) {
    const rtl::HeapGuard guard(heap, Flags | heap->flags);
    if (HeapManagerOfNt::owns(heap, Block)) {
      HeapManagerOfNt::free(heap, Block);
      return TRUE;
    }
  }
  RtlSetLastWin32ErrorAndNtStatusFromNtStatus(is_heap ? STATUS_INVALID_PARAMETER
                                                      : STATUS_INVALID_HANDLE);
  return FALSE;
}

PVOID NTAPI RtlReAllocateHeap(PVOID Heap, ULONG Flags, PVOID Block, SIZE_T Size) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  if (Block == nullptr) {
    RtlSetLastWin32ErrorAndNtStatusFromNtStatus(STATUS_SUCCESS);
    return nullptr;
  }
  if (!rtl::is_heap(heap)) return fail(Flags, STATUS_INVALID_HANDLE, Size);
  Flags |= heap->flags;
  PVOID block = nullptr;
  bool owned;
  {
    const rtl::HeapGuard guard(heap, Flags);
    owned = HeapManagerOfNt::owns(heap, Block);
    if (owned) block = HeapManagerOfNt::reallocate(heap, Flags, Block, Size);
  }
  if (block != nullptr) return block;
  return fail(Flags, owned ? reason(heap, Flags) : STATUS_INVALID_PARAMETER, Size);
}

SIZE_T NTAPI RtlSizeHeap(PVOID Heap, ULONG Flags, const void* Block) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  const bool is_heap = rtl::is_heap(heap);
  if (is_heap) {
    const rtl::HeapGuard guard(heap, Flags | heap->flags);
    if (HeapManagerOfNt::owns(heap, Block)) return HeapManagerOfNt::size(Block);
  }
  RtlSetLastWin32ErrorAndNtStatusFromNtStatus(is_heap ? STATUS_INVALID_PARAMETER
                                                      : STATUS_INVALID_HANDLE);
  return ~SIZE_T{0};
}

}  // extern "C"
