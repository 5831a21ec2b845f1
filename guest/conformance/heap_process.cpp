// Heaps among processes and threads: locks, what a child sees, what the image's header says.
#include "guest/conformance/heap.hpp"

namespace {

using heap::address;

constexpr DWORD marker = 0x600D1DEA;

/// Allocates and frees; 1 when each block kept what was put into it.
DWORD WINAPI churn(void* heap) {
  constexpr unsigned slots = 16;
  unsigned char* blocks[slots] = {};
  const auto mark = static_cast<unsigned char>(GetCurrentThreadId());
  bool good = true;
  for (unsigned i = 0; i < 600; ++i) {
    unsigned char*& block = blocks[i * 7 % slots];
    if (block != nullptr) {
      good = good && block[0] == mark && block[i % 13] == mark;
      good = good && HeapFree(heap, 0, block);
    }
    const SIZE_T size = 13 + i * 37 % 500;
    block = static_cast<unsigned char*>(HeapAlloc(heap, 0, size));
    for (SIZE_T at = 0; at < size; ++at) block[at] = mark;
    if (i % 50 == 0) Sleep(0);
  }
  return good ? 1 : 0;
}

DWORD WINAPI try_to_allocate(void* heap) { return HeapAlloc(heap, 0, 16) != nullptr ? 1 : 0; }

}  // namespace

void heap::private_memory(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0);
  auto* block = static_cast<DWORD*>(HeapAlloc(heap, 0, 16));
  for (int i = 0; i < 4; ++i) block[i] = marker;
  char program[MAX_PATH], line[] = "heap 00000000";
  GetModuleFileNameA(nullptr, program, MAX_PATH);
  for (int i = 0; i < 8; ++i) line[5 + i] = "0123456789ABCDEF"[address(block) >> (28 - 4 * i) & 15];
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION child = {};
  t.succeeds("CreateProcess", CreateProcessA(program, line, nullptr, nullptr, FALSE, 0, nullptr,
                                             nullptr, &startup, &child));
  WaitForSingleObject(child.hProcess, INFINITE);
  DWORD code = 77;
  GetExitCodeProcess(child.hProcess, &code);
  t.equal("the child doesn't find its parent's block", code, 0);
  t.equal("the parent does", block[3], marker);
  CloseHandle(child.hThread);
  CloseHandle(child.hProcess);
  HeapDestroy(heap);
}

int heap::look_for(const char* text) {
  ULONG_PTR at = 0;
  for (; *text != '\0'; ++text) {
    at = at * 16 + static_cast<ULONG_PTR>(*text <= '9' ? *text - '0' : *text - 'A' + 10);
  }
  const auto* block = reinterpret_cast<const DWORD*>(at);
  return !IsBadReadPtr(block, 16) && block[0] == marker && block[3] == marker ? 1 : 0;
}

void heap::serialized(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0);
  HANDLE threads[3];
  DWORD id;
  for (HANDLE& thread : threads) thread = CreateThread(nullptr, 0, churn, heap, 0, &id);
  t.equal("three threads", WaitForMultipleObjects(3, threads, TRUE, INFINITE), WAIT_OBJECT_0);
  bool good = true;
  for (const HANDLE thread : threads) {
    DWORD code = 0;
    GetExitCodeThread(thread, &code);
    good = good && code == 1;
    CloseHandle(thread);
  }
  t.expect("each keeps its blocks", good);
  t.succeeds("HeapValidate", HeapValidate(heap, 0, nullptr));
  HeapDestroy(heap);
}

void heap::lock(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0);
  t.succeeds("HeapLock", HeapLock(heap));
  t.succeeds("again", HeapLock(heap));
  t.succeeds("the owner may allocate", HeapAlloc(heap, 0, 10));
  DWORD id;
  const HANDLE thread = CreateThread(nullptr, 0, try_to_allocate, heap, 0, &id);
  t.equal("another thread waits", WaitForSingleObject(thread, 100), WAIT_TIMEOUT);
  t.succeeds("HeapUnlock once", HeapUnlock(heap));
  t.equal("it waits on", WaitForSingleObject(thread, 50), WAIT_TIMEOUT);
  t.succeeds("HeapUnlock twice", HeapUnlock(heap));
  t.equal("and has its turn", WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
  DWORD code = 0;
  GetExitCodeThread(thread, &code);
  t.equal("with a block", code, 1);
  CloseHandle(thread);
  HeapDestroy(heap);
}

void heap::image_header(ktap::Test& t) {
  auto* base = reinterpret_cast<char*>(GetModuleHandleA(nullptr));
  const auto* dos = reinterpret_cast<IMAGE_DOS_HEADER*>(base);
  const auto* nt = reinterpret_cast<IMAGE_NT_HEADERS32*>(base + dos->e_lfanew);
  t.equal("SizeOfHeapReserve", nt->OptionalHeader.SizeOfHeapReserve, 0x100000);
  t.equal("SizeOfHeapCommit", nt->OptionalHeader.SizeOfHeapCommit, 0x1000);
  t.equal("the default heap's region", region_size(query(GetProcessHeap()).AllocationBase),
          0x100000);
}
