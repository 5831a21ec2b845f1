// A program linked with -HEAPSIZE:262144,32768: its default heap is made as its header says.
#include "guest/conformance/memory.hpp"

namespace {

constexpr SIZE_T reserve = 0x40000, commit = 0x8000;

void header(ktap::Test& t) {
  auto* base = reinterpret_cast<char*>(GetModuleHandleA(nullptr));
  const auto* dos = reinterpret_cast<IMAGE_DOS_HEADER*>(base);
  const auto* nt = reinterpret_cast<IMAGE_NT_HEADERS32*>(base + dos->e_lfanew);
  t.equal("SizeOfHeapReserve", nt->OptionalHeader.SizeOfHeapReserve, reserve);
  t.equal("SizeOfHeapCommit", nt->OptionalHeader.SizeOfHeapCommit, commit);
}

void default_heap(ktap::Test& t) {
  const MEMORY_BASIC_INFORMATION first = memory::query(GetProcessHeap());
  t.equal("the heap is at its region's base", first.AllocationBase,
          static_cast<void*>(GetProcessHeap()));
  t.equal("so much is committed", first.RegionSize, commit);
  const MEMORY_BASIC_INFORMATION rest =
      memory::query(static_cast<char*>(GetProcessHeap()) + first.RegionSize);
  t.equal("the rest is reserved", rest.State, MEM_RESERVE);
  t.equal("up to SizeOfHeapReserve", first.RegionSize + rest.RegionSize, reserve);
}

void growing(ktap::Test& t) {
  bool given = true, elsewhere = false;
  MEMORY_BASIC_INFORMATION information = {};
  for (int i = 0; i < 8; ++i) {
    const void* block = HeapAlloc(GetProcessHeap(), 0, 60000);
    given = given && block != nullptr;
    information = memory::query(block);
    elsewhere = elsewhere || information.AllocationBase != GetProcessHeap();
  }
  t.expect("480000 bytes are given", given);
  t.expect("from somewhere else, too", elsewhere);
  SIZE_T size = 0;
  void* const base = information.AllocationBase;
  for (auto* at = static_cast<char*>(base); information.AllocationBase == base;) {
    information = memory::query(at);
    if (information.AllocationBase != base) break;
    size += information.RegionSize;
    at += information.RegionSize;
  }
  t.equal("which is a megabyte", size, 0x100000);
}

constexpr ktap::Case cases[] = {
    {"I7 the header's figures", header},
    {"I7 the default heap has them", default_heap},
    {"I9 when it is full it grows by a megabyte", growing},
};

}  // namespace

extern "C" int main(int, char**) { return ktap::run(cases); }
