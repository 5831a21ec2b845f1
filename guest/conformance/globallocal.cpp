// GlobalAlloc and LocalAlloc: fixed blocks and moveable ones behind handles.
#include "guest/conformance/ktap.hpp"

namespace {

ULONG_PTR address(const void* pointer) { return reinterpret_cast<ULONG_PTR>(pointer); }

void fixed(ktap::Test& t) {
  const HGLOBAL memory = GlobalAlloc(GMEM_FIXED, 100);
  t.succeeds("GlobalAlloc", memory);
  t.equal("GlobalSize is what was asked for", GlobalSize(memory), 100);
  t.equal("GlobalFlags", GlobalFlags(memory), 0);
  t.equal("its handle is its address", GlobalLock(memory), memory);
  t.equal("and back", GlobalHandle(memory), memory);
  t.succeeds("GlobalUnlock", GlobalUnlock(memory));
  t.succeeds("as often as one likes", GlobalUnlock(memory));
  t.equal("GlobalFree", GlobalFree(memory), nullptr);
}

void default_heap(ktap::Test& t) {
  const HGLOBAL global = GlobalAlloc(GPTR, 50);
  const HLOCAL local = LocalAlloc(LPTR, 50);
  t.succeeds("a Global block is one of the default heap",
             HeapValidate(GetProcessHeap(), 0, global));
  t.succeeds("so is a Local one", HeapValidate(GetProcessHeap(), 0, local));
  t.equal("LocalSize of the first", LocalSize(global), 50);
  t.equal("GlobalSize of the second", GlobalSize(local), 50);
  t.equal("LocalFree of the first", LocalFree(global), nullptr);
  t.equal("GlobalFree of the second", GlobalFree(local), nullptr);
}

void zero_init(ktap::Test& t) {
  void* dirty = HeapAlloc(GetProcessHeap(), 0, 3000);
  for (int i = 0; i < 3000; ++i) static_cast<char*>(dirty)[i] = 0x55;
  HeapFree(GetProcessHeap(), 0, dirty);
  const HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE | GMEM_ZEROINIT, 2000);
  const auto* bytes = static_cast<const char*>(GlobalLock(memory));
  bool zero = bytes != nullptr;
  for (int i = 0; i < 2000; ++i) zero = zero && bytes[i] == 0;
  t.expect("GMEM_ZEROINIT", zero);
  GlobalUnlock(memory);
  GlobalFree(memory);
}

void moveable(ktap::Test& t) {
  const HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE, 100);
  t.succeeds("GlobalAlloc", memory);
  void* block = GlobalLock(memory);
  t.expect("the handle is not the address", block != nullptr && block != memory);
  t.equal("but the address of the address", *static_cast<void**>(memory), block);
  t.equal("GlobalHandle", GlobalHandle(block), memory);
  t.equal("GlobalSize", GlobalSize(memory), 100);
  t.equal("GlobalFlags count the lock", GlobalFlags(memory), 1);
  t.equal("a second lock", GlobalLock(memory), block);
  t.equal("two", GlobalFlags(memory) & GMEM_LOCKCOUNT, 2);
  t.succeeds("GlobalUnlock: still locked", GlobalUnlock(memory));
  const BOOL locked = GlobalUnlock(memory);
  t.equal("GlobalUnlock: no error", GetLastError(), NO_ERROR);
  t.equal("but no longer locked", locked, FALSE);
  t.fails("once more", GlobalUnlock(memory), ERROR_NOT_LOCKED);
  t.equal("GlobalFree", GlobalFree(memory), nullptr);
}

void lock_count(ktap::Test& t) {
  const HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE, 10);
  for (int i = 0; i < 300; ++i) GlobalLock(memory);
  t.equal("it ends at 255", GlobalFlags(memory) & GMEM_LOCKCOUNT, 255);
  GlobalFree(memory);
}

void handle_entries(ktap::Test& t) {
  constexpr unsigned count = 2048;
  static HGLOBAL handles[count];
  for (HGLOBAL& handle : handles) handle = GlobalAlloc(GMEM_MOVEABLE, 4);
  t.expect("2048 handles", handles[count - 1] != nullptr);
  bool eight = true;
  unsigned pages = 1;
  const DWORD page = ktap::page_size();
  for (unsigned i = 1; i < count; ++i) {
    const ULONG_PTR a = address(handles[i - 1]), b = address(handles[i]);
    eight = eight && (b - a == 8 || a / page != b / page);
    if (a / page != b / page) ++pages;
  }
  t.expect("eight bytes each", eight);
  t.expect("512 on a page of 4 KB",
           pages >= ktap::by_page_size(4u, 2u) && pages <= ktap::by_page_size(5u, 3u));
  for (const HGLOBAL handle : handles) GlobalFree(handle);
}

void flags(ktap::Test& t) {
  HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE | GMEM_DDESHARE, 10);
  t.equal("GlobalFlags", GlobalFlags(memory), GMEM_DDESHARE);
  t.equal("GMEM_MODIFY", GlobalReAlloc(memory, 0, GMEM_MODIFY | GMEM_DISCARDABLE), memory);
  t.equal("adds GMEM_DISCARDABLE", GlobalFlags(memory), GMEM_DISCARDABLE | GMEM_DDESHARE);
  GlobalFree(memory);
  memory = LocalAlloc(LMEM_MOVEABLE | LMEM_DISCARDABLE, 10);
  t.equal("LocalFlags", LocalFlags(memory), LMEM_DISCARDABLE);
  LocalFree(memory);
  t.fails("flags that there are not", GlobalAlloc(0x8001, 10), ERROR_INVALID_PARAMETER);
}

void resize_fixed(ktap::Test& t) {
  HGLOBAL memory = GlobalAlloc(GMEM_FIXED, 100);
  GlobalAlloc(GMEM_FIXED, 100);
  static_cast<char*>(memory)[99] = 42;
  t.equal("a fixed block shrinks in place", GlobalReAlloc(memory, 50, 0), memory);
  t.equal("and grows", GlobalReAlloc(memory, 100, 0), memory);
  t.fails("but does not move", GlobalReAlloc(memory, 50000, 0), ERROR_NOT_ENOUGH_MEMORY);
  t.equal("it is as it was", GlobalSize(memory), 100);
  const HGLOBAL moved = GlobalReAlloc(memory, 50000, GMEM_MOVEABLE);
  t.expect("unless it is allowed to", moved != nullptr && moved != memory);
  t.equal("GlobalSize", GlobalSize(moved), 50000);
  GlobalFree(moved);
}

void resize_moveable(ktap::Test& t) {
  const HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE, 100);
  auto* block = static_cast<char*>(GlobalLock(memory));
  for (int i = 0; i < 100; ++i) block[i] = static_cast<char>(i);
  GlobalAlloc(GMEM_FIXED, 100);
  t.fails("a locked one does not move", GlobalReAlloc(memory, 50000, 0), ERROR_NOT_ENOUGH_MEMORY);
  GlobalUnlock(memory);
  t.equal("unlocked it keeps its handle", GlobalReAlloc(memory, 50000, GMEM_ZEROINIT), memory);
  t.equal("GlobalSize", GlobalSize(memory), 50000);
  block = static_cast<char*>(GlobalLock(memory));
  bool kept = true;
  for (int i = 0; i < 100; ++i) kept = kept && block[i] == static_cast<char>(i);
  for (int i = 100; i < 50000; ++i) kept = kept && block[i] == 0;
  t.expect("and its contents, zeros behind them", kept);
  GlobalUnlock(memory);
  GlobalFree(memory);
}

void discarding(ktap::Test& t) {
  const HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE | GMEM_DISCARDABLE, 100);
  GlobalLock(memory);
  t.equal("a locked one is not discarded", GlobalDiscard(memory), nullptr);
  GlobalUnlock(memory);
  t.equal("GlobalDiscard", GlobalDiscard(memory), memory);
  t.equal("GlobalFlags", GlobalFlags(memory), GMEM_DISCARDABLE | GMEM_DISCARDED);
  t.equal("GlobalSize", GlobalSize(memory), 0);
  t.fails("GlobalLock", GlobalLock(memory), ERROR_DISCARDED);
  t.equal("GlobalReAlloc gives it memory again", GlobalReAlloc(memory, 60, GMEM_MOVEABLE), memory);
  t.equal("GlobalSize", GlobalSize(memory), 60);
  GlobalFree(memory);
  const HGLOBAL empty = GlobalAlloc(GMEM_MOVEABLE, 0);
  t.succeeds("0 bytes, moveable", empty);
  t.equal("are discarded from the start", GlobalFlags(empty), GMEM_DISCARDED);
  GlobalFree(empty);
}

void bad_handles(ktap::Test& t) {
  const auto wrong = reinterpret_cast<HGLOBAL>(0x00D0D0D4);
  t.fails("GlobalLock", GlobalLock(wrong), ERROR_INVALID_HANDLE);
  t.fails("GlobalSize", GlobalSize(wrong), ERROR_INVALID_HANDLE);
  const UINT flags = GlobalFlags(wrong);
  t.equal("GlobalFlags", GetLastError(), ERROR_INVALID_HANDLE);
  t.equal("are GMEM_INVALID_HANDLE", flags, GMEM_INVALID_HANDLE);
  const HGLOBAL freed = GlobalFree(wrong);
  t.equal("GlobalFree", GetLastError(), ERROR_INVALID_HANDLE);
  t.equal("gives it back", freed, wrong);
  t.equal("GlobalFree of null", GlobalFree(nullptr), nullptr);
}

void walking(ktap::Test& t) {
  const HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE, 12345);
  const void* block = GlobalLock(memory);
  PROCESS_HEAP_ENTRY entry = {};
  bool found = false;
  while (HeapWalk(GetProcessHeap(), &entry)) {
    if (entry.lpData != block) continue;
    found = true;
    t.equal("its size", entry.cbData, 12345);
    t.equal("it is moveable", entry.wFlags, PROCESS_HEAP_ENTRY_BUSY | PROCESS_HEAP_ENTRY_MOVEABLE);
    t.expect("its handle", entry.Block.hMem == memory);
  }
  t.expect("HeapWalk meets its block", found);
  GlobalUnlock(memory);
  GlobalFree(memory);
}

void memory_status(ktap::Test& t) {
  MEMORYSTATUS status = {};
  GlobalMemoryStatus(&status);
  t.equal("dwLength", status.dwLength, 32);
  t.expect("dwMemoryLoad is per cent", status.dwMemoryLoad <= 100);
  t.expect("there is physical memory, some of it available",
           status.dwTotalPhys >= status.dwAvailPhys && status.dwAvailPhys != 0);
  t.equal("2 GB less 128 KB", status.dwTotalVirtual, 0x7FFE0000);
  void* region = VirtualAlloc(nullptr, 0x1000000, MEM_RESERVE, PAGE_NOACCESS);
  MEMORYSTATUS after = {};
  GlobalMemoryStatus(&after);
  t.equal("a reservation of 16 MB", status.dwAvailVirtual - after.dwAvailVirtual, 0x1000000);
  VirtualFree(region, 0, MEM_RELEASE);
}

constexpr ktap::Case cases[] = {
    {"J1 Global and Local are one, on the default heap", default_heap},
    {"J2 fixed memory", fixed},
    {"J2 GMEM_ZEROINIT", zero_init},
    {"J2 moveable memory and its locks", moveable},
    {"J2 locks are counted up to 255", lock_count},
    {"J2 a handle is an entry of eight bytes", handle_entries},
    {"J3 the flags are kept", flags},
    {"J4 resizing fixed memory", resize_fixed},
    {"J4 resizing moveable memory", resize_moveable},
    {"J2 discarding", discarding},
    {"handles that are none", bad_handles},
    {"J2 HeapWalk knows the handles of moveable memory", walking},
    {"GlobalMemoryStatus", memory_status},
};

}  // namespace

extern "C" int main(int, char**) { return ktap::run(cases); }
