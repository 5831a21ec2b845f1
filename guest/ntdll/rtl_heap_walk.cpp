// Looking into heaps: RtlValidateHeap, RtlWalkHeap, RtlCompactHeap, the lock, the list of heaps.
#include "guest/ntdll/guarded_call.hpp"
#include "guest/ntdll/rtl_heap.hpp"

namespace {

using rtl::HeapManagerOfNt;
using rtl::SerializedHeap;

struct BlockOfHeap {
  SerializedHeap* heap;
  const void* block;
};

ULONG NTAPI is_heap(PVOID heap) { return rtl::is_heap(static_cast<SerializedHeap*>(heap)); }

ULONG NTAPI is_whole_block(PVOID argument) {
  const auto* what = static_cast<BlockOfHeap*>(argument);
  return HeapManagerOfNt::validate_block(what->heap, what->block);
}

rtl::HeapItem to_item(const RTL_HEAP_WALK_ENTRY& entry) {
  using Kind = rtl::HeapItem::Kind;
  const Kind kind = (entry.Flags & RTL_HEAP_SEGMENT) != 0             ? Kind::Segment
                    : (entry.Flags & RTL_HEAP_UNCOMMITTED_RANGE) != 0 ? Kind::Uncommitted
                    : (entry.Flags & RTL_HEAP_BUSY) != 0              ? Kind::Busy
                                                                      : Kind::Free;
  return {entry.DataAddress, entry.DataSize, 0, entry.SegmentIndex, kind};
}

void describe(const rtl::Heap* heap, const rtl::HeapItem& item, RTL_HEAP_WALK_ENTRY& entry) {
  constexpr USHORT flags[] = {RTL_HEAP_SEGMENT, RTL_HEAP_BUSY, 0, RTL_HEAP_UNCOMMITTED_RANGE};
  entry = {};
  entry.DataAddress = item.data;
  entry.DataSize = item.size;
  entry.OverheadBytes = static_cast<UCHAR>(item.overhead < 0xFF ? item.overhead : 0xFF);
  entry.SegmentIndex = static_cast<UCHAR>(item.segment);
  entry.Flags = flags[static_cast<unsigned>(item.kind)];
  if (item.kind != rtl::HeapItem::Kind::Segment) return;
  const rtl::HeapSegment& segment = heap->segments[item.segment];
  entry.Segment.CommittedSize = static_cast<ULONG>(segment.committed_end - segment.base);
  entry.Segment.UnCommittedSize = static_cast<ULONG>(segment.reserved_end - segment.committed_end);
  entry.Segment.FirstEntry = reinterpret_cast<rtl::HeapEntry*>(segment.first_entry)->block();
  entry.Segment.LastEntry = segment.reserved_end;
}

}  // namespace

extern "C" {

/// Whatever a program has done to its heap, this answers and does not fault.
BOOLEAN NTAPI RtlValidateHeap(PVOID Heap, ULONG Flags, const void* Block) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  if (!RtlpGuardedCall(is_heap, heap, FALSE)) return FALSE;
  const rtl::HeapGuard guard(heap, Flags | heap->flags);
  if (Block == nullptr) return rtl::is_whole(heap);
  BlockOfHeap what = {heap, Block};
  return RtlpGuardedCall(is_whole_block, &what, FALSE) != FALSE;
}

NTSTATUS NTAPI RtlWalkHeap(PVOID Heap, RTL_HEAP_WALK_ENTRY* Entry) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  if (!rtl::is_heap(heap)) return STATUS_INVALID_HANDLE;
  const rtl::HeapGuard guard(heap, heap->flags);
  rtl::HeapItem item = to_item(*Entry);
  if (!HeapManagerOfNt::is_item(heap, item)) return STATUS_INVALID_PARAMETER;
  if (!HeapManagerOfNt::walk(heap, item)) return STATUS_NO_MORE_ENTRIES;
  describe(heap, item, *Entry);
  return STATUS_SUCCESS;
}

/// Free neighbours have been joined already: what is left is to tell the largest one's size.
SIZE_T NTAPI RtlCompactHeap(PVOID Heap, ULONG Flags) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  if (!rtl::is_heap(heap)) {
    RtlSetLastWin32ErrorAndNtStatusFromNtStatus(STATUS_INVALID_HANDLE);
    return 0;
  }
  const rtl::HeapGuard guard(heap, Flags | heap->flags);
  return HeapManagerOfNt::largest_free(heap);
}

BOOLEAN NTAPI RtlLockHeap(PVOID Heap) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  if (!rtl::is_heap(heap)) return FALSE;
  if (heap->lock != nullptr) RtlEnterCriticalSection(&heap->section);
  return TRUE;
}

BOOLEAN NTAPI RtlUnlockHeap(PVOID Heap) {
  auto* heap = static_cast<SerializedHeap*>(Heap);
  if (!rtl::is_heap(heap)) return FALSE;
  if (heap->lock == nullptr) return TRUE;
  if (heap->section.OwningThread != NtCurrentTeb()->ClientId.UniqueThread) return FALSE;
  RtlLeaveCriticalSection(&heap->section);
  return TRUE;
}

/// How many there are; they are written when all fit.
ULONG NTAPI RtlGetProcessHeaps(ULONG Count, PVOID* Heaps) {
  const PPEB peb = NtCurrentPeb();
  RtlAcquirePebLock();
  const ULONG number = peb->NumberOfHeaps;
  if (number <= Count) memcpy(Heaps, peb->ProcessHeaps, number * sizeof *Heaps);
  RtlReleasePebLock();
  return number;
}

}  // extern "C"
