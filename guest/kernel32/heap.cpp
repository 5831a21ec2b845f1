// Heaps. HeapAlloc, HeapReAlloc, HeapSize and what else needs no more is forwarded to ntdll by
// kernel32.def.
#include "guest/kernel32/win32.hpp"

namespace {

/// What a walk tells of one thing in a heap. [SDK HeapWalk]
struct PROCESS_HEAP_ENTRY {
  PVOID lpData;
  DWORD cbData;
  UCHAR cbOverhead, iRegionIndex;
  WORD wFlags;
  union {
    struct {
      HANDLE hMem;
      DWORD dwReserved[3];
    } Block;
    struct {
      DWORD dwCommittedSize, dwUnCommittedSize;
      PVOID lpFirstBlock, lpLastBlock;
    } Region;
  };
};
static_assert(sizeof(PROCESS_HEAP_ENTRY) == sizeof(RTL_HEAP_WALK_ENTRY));

constexpr WORD heap_region = 0x01, heap_uncommitted_range = 0x02, heap_entry_busy = 0x04,
               heap_entry_moveable = 0x10, heap_entry_ddeshare = 0x20;

RTL_HEAP_WALK_ENTRY to_rtl(const PROCESS_HEAP_ENTRY& entry) {
  RTL_HEAP_WALK_ENTRY rtl = {};
  rtl.DataAddress = entry.lpData;
  rtl.DataSize = entry.cbData;
  rtl.SegmentIndex = entry.iRegionIndex;
  rtl.Flags = (entry.wFlags & heap_region) != 0              ? RTL_HEAP_SEGMENT
              : (entry.wFlags & heap_uncommitted_range) != 0 ? RTL_HEAP_UNCOMMITTED_RANGE
              : (entry.wFlags & heap_entry_busy) != 0        ? RTL_HEAP_BUSY
                                                             : USHORT{0};
  return rtl;
}

PROCESS_HEAP_ENTRY from_rtl(const RTL_HEAP_WALK_ENTRY& rtl) {
  PROCESS_HEAP_ENTRY entry = {};
  entry.lpData = rtl.DataAddress;
  entry.cbData = rtl.DataSize;
  entry.cbOverhead = rtl.OverheadBytes;
  entry.iRegionIndex = rtl.SegmentIndex;
  if ((rtl.Flags & RTL_HEAP_BUSY) != 0) {
    entry.wFlags = heap_entry_busy;
  } else if ((rtl.Flags & RTL_HEAP_UNCOMMITTED_RANGE) != 0) {
    entry.wFlags = heap_uncommitted_range;
  } else if ((rtl.Flags & RTL_HEAP_SEGMENT) != 0) {
    entry.wFlags = heap_region;
    entry.Region = {rtl.Segment.CommittedSize, rtl.Segment.UnCommittedSize, rtl.Segment.FirstEntry,
                    rtl.Segment.LastEntry};
  }
  return entry;
}

}  // namespace

extern "C" {

HANDLE WINAPI GetProcessHeap() { return NtCurrentPeb()->ProcessHeap; }

/// A maximum of 0 makes a heap that grows.
HANDLE WINAPI HeapCreate(DWORD Options, SIZE_T Initial, SIZE_T Maximum) {
  const DWORD flags = (Options & (HEAP_NO_SERIALIZE | HEAP_GENERATE_EXCEPTIONS)) |
                      (Maximum == 0 ? HEAP_GROWABLE : 0);
  if (Maximum != 0 && Maximum < Initial) Maximum = Initial;
  HANDLE heap = RtlCreateHeap(flags, nullptr, Maximum, Initial, nullptr, nullptr);
  if (heap == nullptr) base::fail(ERROR_NOT_ENOUGH_MEMORY);
  return heap;
}

BOOL WINAPI HeapDestroy(HANDLE Heap) {
  return RtlDestroyHeap(Heap) == nullptr ? 1 : base::fail(ERROR_INVALID_HANDLE);
}

BOOL WINAPI HeapFree(HANDLE Heap, DWORD Flags, PVOID Block) {
  return RtlFreeHeap(Heap, Flags, Block);
}

BOOL WINAPI HeapValidate(HANDLE Heap, DWORD Flags, const void* Block) {
  return RtlValidateHeap(Heap, Flags, Block);
}

BOOL WINAPI HeapLock(HANDLE Heap) { return RtlLockHeap(Heap); }
BOOL WINAPI HeapUnlock(HANDLE Heap) { return RtlUnlockHeap(Heap); }

/// A block that GlobalAlloc or LocalAlloc made moveable is told with its handle.
BOOL WINAPI HeapWalk(HANDLE Heap, PROCESS_HEAP_ENTRY* Entry) {
  RTL_HEAP_WALK_ENTRY rtl = to_rtl(*Entry);
  if (!base::succeed(RtlWalkHeap(Heap, &rtl))) return 0;
  *Entry = from_rtl(rtl);
  if ((Entry->wFlags & heap_entry_busy) == 0 || Heap != GetProcessHeap()) return 1;
  bool shared = false;
  Entry->Block.hMem = base::find_moveable(Entry->lpData, shared);
  if (Entry->Block.hMem != nullptr) {
    Entry->wFlags |= heap_entry_moveable;
    if (shared) Entry->wFlags |= heap_entry_ddeshare;
  }
  return 1;
}

}  // extern "C"
