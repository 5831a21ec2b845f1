// Heaps. HeapAlloc, HeapReAlloc and HeapSize are forwarded to ntdll by kernel32.def.
#include "guest/kernel32/win32.hpp"

extern "C" {

HANDLE WINAPI GetProcessHeap() { return NtCurrentPeb()->ProcessHeap; }

/// A maximum of 0 makes a heap that grows.
HANDLE WINAPI HeapCreate(DWORD Options, SIZE_T Initial, SIZE_T Maximum) {
  const DWORD flags = (Options & (HEAP_NO_SERIALIZE | HEAP_GENERATE_EXCEPTIONS)) |
                      (Maximum == 0 ? HEAP_GROWABLE : 0);
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

}  // extern "C"
