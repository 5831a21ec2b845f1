// Heaps: making and destroying them, blocks and their sizes, flags, growth. What damages, walks and
// lies inside is in heap_inside.cpp, exceptions in heap_exceptions.cpp, what concerns processes and
// threads in heap_process.cpp.
#include "guest/conformance/heap.hpp"

namespace {

using heap::address;

void default_heap(ktap::Test& t) {
  const HANDLE process = GetProcessHeap();
  t.succeeds("GetProcessHeap", process);
  t.equal("again", GetProcessHeap(), process);
  t.fails("HeapDestroy of it", HeapDestroy(process), ERROR_INVALID_HANDLE);
  void* block = HeapAlloc(process, 0, 10);
  t.succeeds("it is still there", block);
  t.succeeds("HeapFree", HeapFree(process, 0, block));
}

bool listed(HANDLE wanted) {
  HANDLE heaps[64];
  const DWORD count = GetProcessHeaps(64, heaps);
  for (DWORD i = 0; i < count && i < 64; ++i) {
    if (heaps[i] == wanted) return true;
  }
  return false;
}

void several(ktap::Test& t) {
  const HANDLE a = HeapCreate(0, 0, 0), b = HeapCreate(HEAP_NO_SERIALIZE, 0, 0);
  t.expect("two heaps and the process's are three",
           a != nullptr && b != nullptr && a != b && a != GetProcessHeap());
  t.expect("they are listed", listed(a) && listed(b) && listed(GetProcessHeap()));
  HANDLE one[1];
  t.expect("GetProcessHeaps with too small an array still counts", GetProcessHeaps(1, one) >= 3);
  void* block = HeapAlloc(a, 0, 100);
  HeapAlloc(b, 0, 100);
  t.succeeds("a block of its heap is valid", HeapValidate(a, 0, block));
  t.equal("of another it is not", HeapValidate(b, 0, block), FALSE);
  t.succeeds("HeapDestroy with blocks outstanding", HeapDestroy(a));
  t.succeeds("of the other", HeapDestroy(b));
  t.expect("they are gone", !listed(a) && !listed(b));
  MEMORY_BASIC_INFORMATION information;
  VirtualQuery(a, &information, sizeof information);
  t.equal("so is the memory", information.State, MEM_FREE);
}

/// Distance between two blocks allocated one after the other in a new heap.
int spacing(SIZE_T size) {
  const HANDLE heap = HeapCreate(0, 0, 0);
  auto *first = static_cast<char*>(HeapAlloc(heap, 0, size)),
       *second = static_cast<char*>(HeapAlloc(heap, 0, size));
  HeapDestroy(heap);
  return second - first;
}

void granularity(ktap::Test& t) {
  t.equal("1 byte", spacing(1), 16);
  t.equal("8 bytes", spacing(8), 16);
  t.equal("9 bytes", spacing(9), 24);
  t.equal("16 bytes", spacing(16), 24);
  t.equal("17 bytes", spacing(17), 32);
  t.equal("24 bytes", spacing(24), 32);
}

void sizes(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0);
  constexpr SIZE_T asked[] = {0, 1, 7, 100, 4096, 100000, 600000, 3000000};
  bool given = true, aligned = true, told = true, freed = true;
  for (const SIZE_T size : asked) {
    void* block = HeapAlloc(heap, 0, size);
    given = given && block != nullptr;
    aligned = aligned && address(block) % 8 == 0;
    told = told && HeapSize(heap, 0, block) == size;
    freed = freed && HeapFree(heap, 0, block);
  }
  t.expect("HeapAlloc", given);
  t.expect("blocks lie on 8 bytes", aligned);
  t.expect("HeapSize is what was asked for", told);
  t.expect("HeapFree", freed);
  HeapDestroy(heap);
}

void wrong_blocks(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0);
  auto* block = static_cast<char*>(HeapAlloc(heap, 0, 100));
  t.succeeds("HeapFree of null does nothing", HeapFree(heap, 0, nullptr));
  t.fails("HeapFree inside a block", HeapFree(heap, 0, block + 8), ERROR_INVALID_PARAMETER);
  t.succeeds("HeapFree", HeapFree(heap, 0, block));
  t.fails("HeapFree twice", HeapFree(heap, 0, block), ERROR_INVALID_PARAMETER);
  t.equal("HeapSize of a freed block", HeapSize(heap, 0, block), 0xFFFFFFFF);
  t.equal("HeapReAlloc of null", HeapReAlloc(heap, 0, nullptr, 10), nullptr);
  HeapDestroy(heap);
}

void zero_memory(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0);
  auto* block = static_cast<unsigned char*>(HeapAlloc(heap, 0, 5000));
  for (int i = 0; i < 5000; ++i) block[i] = 0xEE;
  HeapFree(heap, 0, block);
  block = static_cast<unsigned char*>(HeapAlloc(heap, HEAP_ZERO_MEMORY, 3000));
  bool zero = true;
  for (int i = 0; i < 3000; ++i) zero = zero && block[i] == 0;
  t.expect("HEAP_ZERO_MEMORY", zero);
  for (int i = 0; i < 3000; ++i) block[i] = 0x77;
  block = static_cast<unsigned char*>(HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 9000));
  bool kept = true;
  for (int i = 0; i < 3000; ++i) kept = kept && block[i] == 0x77;
  for (int i = 3000; i < 9000; ++i) zero = zero && block[i] == 0;
  t.expect("HeapReAlloc keeps what was there", kept);
  t.expect("and zeroes what it adds", zero);
  HeapDestroy(heap);
}

void in_place(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0);
  void* block = HeapAlloc(heap, 0, 1000);
  void* fence = HeapAlloc(heap, 0, 1000);
  t.equal("HeapReAlloc shrinks in place", HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 100),
          block);
  t.equal("and grows back", HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 900), block);
  t.fails("not over the next block", HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 5000),
          ERROR_NOT_ENOUGH_MEMORY);
  t.equal("it is as it was", HeapSize(heap, 0, block), 900);
  void* moved = HeapReAlloc(heap, 0, block, 5000);
  t.expect("without the flag it moves", moved != nullptr && moved != block);
  t.expect("past the fence", address(moved) > address(fence));
  HeapDestroy(heap);
}

void fixed_size(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0, 0x20000);
  unsigned blocks = 0;
  while (HeapAlloc(heap, 0, 4000) != nullptr && blocks < 1000) ++blocks;
  t.equal("HeapAlloc fails when it is full", GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
  t.expect("after about 128 KB", blocks >= 28 && blocks <= 32);
  t.fails("HeapAlloc of its whole size", HeapAlloc(heap, 0, 0x20000), ERROR_NOT_ENOUGH_MEMORY);
  t.succeeds("HeapDestroy", HeapDestroy(heap));
  const HANDLE large = HeapCreate(0, 0, 0x200000);
  t.succeeds("a heap of 2 MB gives 500000 bytes", HeapAlloc(large, 0, 500000));
  t.fails("not 524288 in one block", HeapAlloc(large, 0, 524288), ERROR_NOT_ENOUGH_MEMORY);
  HeapDestroy(large);
}

void growth(ktap::Test& t) {
  const HANDLE heap = HeapCreate(0, 0x1000, 0);
  MEMORY_BASIC_INFORMATION information;
  void* bases[4] = {};
  unsigned regions = 0;
  for (int i = 0; i < 64 && regions < 4; ++i) {
    VirtualQuery(HeapAlloc(heap, 0, 60000), &information, sizeof information);
    if (regions == 0 || information.AllocationBase != bases[regions - 1]) {
      bases[regions++] = information.AllocationBase;
    }
  }
  t.equal("regions after 64 blocks of 60000 bytes at most", regions, 4);
  bool megabytes = true;
  for (unsigned i = 1; i < 4; ++i) {
    megabytes = megabytes && heap::region_size(bases[i]) == 0x100000;
  }
  t.expect("each is 1 MB", megabytes);
  t.succeeds("HeapDestroy", HeapDestroy(heap));
  VirtualQuery(bases[3], &information, sizeof information);
  t.equal("the last is free again", information.State, MEM_FREE);
}

constexpr ktap::Case cases[] = {
    {"I1 the default heap can't be destroyed", default_heap},
    {"I13 several heaps, each with its own blocks", several},
    {"I10 blocks of 1, 8 and 9 bytes are 16, 16 and 24 apart", granularity},
    {"I3 sizes from 0 to 3 MB", sizes},
    {"I3 what is no block is refused", wrong_blocks},
    {"I4 HEAP_ZERO_MEMORY", zero_memory},
    {"I4 HEAP_REALLOC_IN_PLACE_ONLY", in_place},
    {"I2 a heap of fixed size is full", fixed_size},
    {"I9 a full heap reserves another megabyte", growth},
    {"I4 HEAP_GENERATE_EXCEPTIONS for a call", heap::generate_exceptions},
    {"I4 HEAP_GENERATE_EXCEPTIONS for a heap", heap::generate_exceptions_of_heap},
    {"I5 the first hole that fits is taken", heap::first_fit},
    {"I5 free neighbours are joined", heap::coalescing},
    {"I6 pages are committed as they are needed", heap::commitment},
    {"I8 what is not committed guards a heap's end", heap::end_of_heap},
    {"I12 a heap is its process's own", heap::private_memory},
    {"I11 what a heap itself takes", heap::overhead},
    {"I14 overruns are found by HeapValidate alone", heap::overrun},
    {"HeapWalk meets every block", heap::walk},
    {"I1 threads share a heap", heap::serialized},
    {"HeapLock keeps other threads out", heap::lock},
    {"I15 HeapCompact moves nothing", heap::compact},
    {"I7 the size in the image's header", heap::image_header},
};

}  // namespace

extern "C" int main(int count, char** arguments) {
  return count > 1 ? heap::look_for(arguments[1]) : ktap::run(cases);
}
