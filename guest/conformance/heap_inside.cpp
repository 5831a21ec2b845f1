// Inside heaps: where blocks go, what is committed, walks, damage.
#include "guest/conformance/heap.hpp"
#include "guest/programs/claims.hpp"

SIZE_T heap::region_size(void* base) {
  SIZE_T size = 0;
  for (auto* at = static_cast<char*>(base);;) {
    const MEMORY_BASIC_INFORMATION information = query(at);
    if (information.AllocationBase != base) return size;
    size += information.RegionSize;
    at += information.RegionSize;
  }
}

void heap::first_fit(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0);
  void* blocks[6];
  for (void*& block : blocks) block = HeapAlloc(heap, 0, 100);
  HeapFree(heap, 0, blocks[3]);
  HeapFree(heap, 0, blocks[1]);
  t.equal("100 bytes go into the lower hole", HeapAlloc(heap, 0, 100), blocks[1]);
  t.equal("50 bytes into the other", HeapAlloc(heap, 0, 50), blocks[3]);
  HeapDestroy(heap);
}

void heap::coalescing(ktap::Test& t) {
  constexpr int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}};
  bool joined = true, whole = true;
  for (const auto& order : orders) {
    const HANDLE heap = HeapCreate(0, 0, 0);
    void* blocks[3];
    for (void*& block : blocks) block = HeapAlloc(heap, 0, 1000);
    HeapAlloc(heap, 0, 1000);
    for (const int which : order) HeapFree(heap, 0, blocks[which]);
    joined = joined && HeapAlloc(heap, 0, 3000) == blocks[0];
    whole = whole && HeapValidate(heap, 0, nullptr);
    HeapDestroy(heap);
  }
  t.expect("three holes are one", joined);
  t.expect("HeapValidate", whole);
}

void heap::commitment(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0x40000);
  const DWORD page = ktap::page_size();
  t.equal("the heap's region", region_size(heap), 0x40000);
  MEMORY_BASIC_INFORMATION information = query(heap);
  t.equal("its pages are readable and writable", information.Protect, PAGE_READWRITE);
  t.equal("and private", information.Type, MEM_PRIVATE);
  const SIZE_T before = information.RegionSize;
  t.expect("a few of them are committed", before <= 4 * page);
  t.equal("the others reserved", query(static_cast<char*>(heap) + before).State, MEM_RESERVE);
  void* block = HeapAlloc(heap, 0, 100000);
  const SIZE_T after = query(heap).RegionSize;
  t.expect("100000 bytes more", after >= 100000 && after <= 100000 + before + page);
  HeapFree(heap, 0, block);
  t.equal("they stay committed when they are free", query(heap).RegionSize, after);
  HeapDestroy(heap);
}

void heap::end_of_heap(ktap::Test& t) {
  const HANDLE part = HeapCreate(0, 0x1000, 0x40000), whole = HeapCreate(0, 0x40000, 0x40000);
  auto* end = static_cast<char*>(part) + query(part).RegionSize;
  t.equal("the page behind what is committed", crt::read_byte(end).code, STATUS_ACCESS_VIOLATION);
  t.expect("the heap goes on there when it must", HeapAlloc(part, 0, 0x20000) != nullptr);
  t.expect("then it can be touched", crt::read_byte(end).none());
  t.equal("commit = reserve: all of it is committed", query(whole).RegionSize, 0x40000);
  HeapDestroy(part);
  HeapDestroy(whole);
}

void heap::overhead(ktap::Test& t) {
  const HANDLE serialized = HeapCreate(0, 0, 0), other = HeapCreate(HEAP_NO_SERIALIZE, 0, 0);
  constexpr DWORD entry = 8;
  t.equal("a serialized heap", address(HeapAlloc(serialized, 0, 1)) - address(serialized) - entry,
          1432);
  t.equal("one without a lock", address(HeapAlloc(other, 0, 1)) - address(other) - entry, 1376);
  HeapDestroy(serialized);
  HeapDestroy(other);
}

void heap::overrun(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0);
  auto* block = static_cast<volatile char*>(HeapAlloc(heap, 0, 16));
  void* next = HeapAlloc(heap, 0, 16);
  HeapAlloc(heap, 0, 16);
  char saved[8];
  for (int i = 0; i < 8; ++i) {
    saved[i] = block[16 + i];
    block[16 + i] = 0x5A;
  }
  t.equal("HeapValidate of a heap overrun", HeapValidate(heap, 0, nullptr), FALSE);
  t.equal("of the block that was run over", HeapValidate(heap, 0, next), FALSE);
  for (int i = 0; i < 8; ++i) block[16 + i] = saved[i];
  t.succeeds("repaired it is whole", HeapValidate(heap, 0, nullptr));
  t.succeeds("so is the block", HeapValidate(heap, 0, next));
  t.equal("an address of something else", HeapValidate(heap, 0, saved), FALSE);
  HeapDestroy(heap);
}

void heap::walk(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0);
  void* blocks[4];
  for (int i = 0; i < 4; ++i) blocks[i] = HeapAlloc(heap, 0, static_cast<SIZE_T>(100 + i));
  HeapFree(heap, 0, blocks[2]);
  PROCESS_HEAP_ENTRY entry = {};
  unsigned seen = 0, regions = 0, uncommitted = 0;
  bool right = true;
  while (HeapWalk(heap, &entry)) {
    if ((entry.wFlags & PROCESS_HEAP_REGION) != 0) ++regions;
    if ((entry.wFlags & PROCESS_HEAP_UNCOMMITTED_RANGE) != 0) ++uncommitted;
    if ((entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) == 0) continue;
    for (unsigned i = 0; i < 4; ++i) {
      if (entry.lpData != blocks[i]) continue;
      ++seen;
      right = right && i != 2 && entry.cbData == 100 + i;
    }
  }
  t.equal("it ends with", GetLastError(), ERROR_NO_MORE_ITEMS);
  t.equal("blocks met", seen, 3);
  t.expect("with their sizes", right);
  t.equal("regions", regions, 1);
  t.equal("ranges not committed", uncommitted, 1);
  HeapDestroy(heap);
}

void heap::compact(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0x10000);
  void *low = HeapAlloc(heap, 0, 2000), *high = HeapAlloc(heap, 0, 16);
  HeapFree(heap, 0, low);
  *static_cast<int*>(high) = 42;
  t.expect("HeapCompact tells of a free block", HeapCompact(heap, 0) >= 2000);
  t.equal("what lies above it stays", *static_cast<int*>(high), 42);
  t.succeeds("and is a block", HeapValidate(heap, 0, high));
  HeapDestroy(heap);
}
