// VirtualFree and VirtualQuery, and the questions about pointers.
#include "guest/conformance/caught.hpp"
#include "guest/conformance/virtualalloc.hpp"

using memory::pointer, memory::Region;

void virtualalloc::decommit(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::commit(4 * page));
  region[page] = 42;
  t.succeeds("MEM_DECOMMIT of two bytes", VirtualFree(region + 2 * page - 1, 2, MEM_DECOMMIT));
  t.equal("the first page stays", memory::query(region).RegionSize, page);
  t.equal("two are reserved", memory::query(region + page).RegionSize, 2 * page);
  t.equal("again", memory::query(region + page).State, MEM_RESERVE);
  t.equal("their protection", memory::query(region + page).Protect, 0);
  t.succeeds("MEM_DECOMMIT of them once more", VirtualFree(region + page, page, MEM_DECOMMIT));
  t.succeeds("MEM_COMMIT", VirtualAlloc(region + page, page, MEM_COMMIT, PAGE_READWRITE));
  t.equal("gives zeros", region[page], 0);
  t.succeeds("a size of 0 at the base", VirtualFree(region, 0, MEM_DECOMMIT));
  t.equal("is all of it", memory::query(region).RegionSize, 4 * page);
  t.equal("reserved", memory::query(region).State, MEM_RESERVE);
}

void virtualalloc::release(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  char* region = memory::commit(0x20000);
  VirtualFree(region + page, page, MEM_DECOMMIT);
  t.fails("with a size", VirtualFree(region, 0x20000, MEM_RELEASE), ERROR_INVALID_PARAMETER);
  t.fails("not at the base", VirtualFree(region + 0x10000, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
  t.fails("with MEM_DECOMMIT", VirtualFree(region, 0, MEM_RELEASE | MEM_DECOMMIT),
          ERROR_INVALID_PARAMETER);
  t.fails("no type", VirtualFree(region, 0, 0), ERROR_INVALID_PARAMETER);
  t.fails("MEM_DECOMMIT past the end", VirtualFree(region, 0x30000, MEM_DECOMMIT),
          ERROR_INVALID_PARAMETER);
  t.succeeds("MEM_RELEASE", VirtualFree(region, 0, MEM_RELEASE));
  t.equal("it is free", memory::query(region).State, MEM_FREE);
  t.fails("MEM_RELEASE twice", VirtualFree(region, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
  t.fails("MEM_DECOMMIT of free memory", VirtualFree(region, page, MEM_DECOMMIT),
          ERROR_INVALID_ADDRESS);
  t.fails("of the kernel's half", VirtualFree(pointer(0x80000000), 0, MEM_RELEASE),
          ERROR_INVALID_PARAMETER);
}

void virtualalloc::sparse(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  constexpr SIZE_T size = 0x1000000;
  const Region region(memory::reserve(size));
  bool good = true;
  for (SIZE_T at = 0; at < size; at += 0x100000) {
    good = good && VirtualAlloc(region + at, 1, MEM_COMMIT, PAGE_READWRITE) != nullptr;
    region[at + page - 1] = 7;
  }
  t.expect("a page in each megabyte", good);
  unsigned committed = 0, reserved = 0;
  for (char* at = region; at < region + size;) {
    const MEMORY_BASIC_INFORMATION information = memory::query(at);
    committed += information.State == MEM_COMMIT ? 1 : 0;
    reserved += information.State == MEM_RESERVE ? 1 : 0;
    good = good && information.AllocationBase == region;
    at += information.RegionSize;
  }
  t.equal("committed runs", committed, 16);
  t.equal("reserved runs", reserved, 16);
  t.expect("all of one allocation", good);
}

void virtualalloc::query(ktap::Test& t) {
  char* region = memory::reserve(0x100000);
  memory::release(region);
  const MEMORY_BASIC_INFORMATION information = memory::query(region + 1);
  t.equal("BaseAddress", information.BaseAddress, static_cast<void*>(region));
  t.equal("AllocationBase", information.AllocationBase, nullptr);
  t.equal("State", information.State, MEM_FREE);
  t.equal("Protect", information.Protect, PAGE_NOACCESS);
  t.expect("RegionSize reaches to what is taken", information.RegionSize >= 0x100000);
}

void virtualalloc::merging(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::commit(6 * page));
  DWORD old;
  t.equal("six pages are one region", memory::query(region).RegionSize, 6 * page);
  VirtualProtect(region + 2 * page, page, PAGE_READONLY, &old);
  t.equal("two in front of another protection", memory::query(region).RegionSize, 2 * page);
  t.equal("that one", memory::query(region + 2 * page).RegionSize, page);
  t.equal("three behind it", memory::query(region + 3 * page).RegionSize, 3 * page);
  VirtualProtect(region + 2 * page, page, PAGE_READWRITE, &old);
  region[2 * page] = 1;
  t.equal("alike again they are one", memory::query(region).RegionSize, 6 * page);
  VirtualFree(region + 4 * page, page, MEM_DECOMMIT);
  t.equal("up to what is not committed", memory::query(region).RegionSize, 4 * page);
  VirtualAlloc(region + 4 * page, page, MEM_COMMIT, PAGE_READWRITE);
  t.equal("committed again", memory::query(region).RegionSize, 6 * page);
}

void virtualalloc::query_errors(ktap::Test& t) {
  MEMORY_BASIC_INFORMATION information = {};
  t.fails("too little room", VirtualQuery(&information, &information, 20), ERROR_BAD_LENGTH);
  t.fails("the kernel's half", VirtualQuery(pointer(0x80000000), &information, sizeof information),
          ERROR_INVALID_PARAMETER);
  t.fails("an address that is none",
          VirtualQuery(&information, static_cast<MEMORY_BASIC_INFORMATION*>(pointer(0x1000)),
                       sizeof information),
          ERROR_NOACCESS);
}

void virtualalloc::bad_pointers(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::commit(3 * page));
  DWORD old;
  VirtualProtect(region + page, page, PAGE_READONLY, &old);
  VirtualFree(region + 2 * page, page, MEM_DECOMMIT);
  t.equal("readable", IsBadReadPtr(region, 2 * page), FALSE);
  t.equal("one byte too many", IsBadReadPtr(region, 2 * page + 1), TRUE);
  t.equal("writable", IsBadWritePtr(region, page), FALSE);
  t.equal("one byte that is read-only", IsBadWritePtr(region, page + 1), TRUE);
  t.equal("no bytes are never bad", IsBadReadPtr(nullptr, 0), FALSE);
  t.equal("null is", IsBadReadPtr(nullptr, 1), TRUE);
  t.equal("round the end of memory", IsBadReadPtr(region, 0xFFFFFFF0), TRUE);
  t.equal("the kernel's half", IsBadReadPtr(pointer(0x80001000), 4), TRUE);
  t.equal("code", IsBadCodePtr(reinterpret_cast<FARPROC>(&ktap::page_size)), FALSE);
  t.equal("no code", IsBadCodePtr(reinterpret_cast<FARPROC>(region + 2 * page)), TRUE);
  region[5] = 42;
  IsBadWritePtr(region, page);
  t.equal("nothing is changed", region[5], 42);
}

void virtualalloc::bad_guard(ktap::Test& t) {
  const Region region(memory::commit(1, PAGE_READWRITE | PAGE_GUARD));
  BOOL bad = FALSE;
  const auto record = ktap::exception_of([&] { bad = IsBadReadPtr(region, 1); });
  t.equal("the program sees no exception", record.ExceptionCode, 0);
  t.equal("it is bad", bad, TRUE);
  t.equal("once", IsBadReadPtr(region, 1), FALSE);
}

void virtualalloc::bad_strings(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::commit(2 * page));
  VirtualFree(region + page, page, MEM_DECOMMIT);
  char* text = region + page - 4;
  text[0] = text[1] = text[2] = 'a';
  t.equal("one that ends in time", IsBadStringPtrA(text, 100), FALSE);
  text[3] = 'a';
  t.equal("one that doesn't", IsBadStringPtrA(text, 100), TRUE);
  t.equal("unless it is cut off", IsBadStringPtrA(text, 4), FALSE);
}
