// VirtualAlloc: reserving and committing, roundings, refusals. VirtualFree and VirtualQuery are in
// virtualalloc_query.cpp.
#include "guest/conformance/virtualalloc.hpp"

using memory::address, memory::pointer, memory::Region;

namespace {

void reservation(ktap::Test& t) {
  const Region region(memory::reserve(0x30000));
  t.succeeds("VirtualAlloc", static_cast<char*>(region));
  const MEMORY_BASIC_INFORMATION information = memory::query(region + 0x10000);
  t.equal("AllocationBase", information.AllocationBase, static_cast<void*>(region));
  t.equal("BaseAddress", information.BaseAddress, static_cast<void*>(region + 0x10000));
  t.equal("RegionSize", information.RegionSize, 0x20000);
  t.equal("State", information.State, MEM_RESERVE);
  t.equal("Protect", information.Protect, 0);
  t.equal("AllocationProtect", information.AllocationProtect, PAGE_READWRITE);
  t.equal("Type", information.Type, MEM_PRIVATE);
}

void committing(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::reserve(0x10000));
  t.equal("MEM_COMMIT of a byte", VirtualAlloc(region + page, 1, MEM_COMMIT, PAGE_READWRITE),
          static_cast<void*>(region + page));
  t.equal("is a page", memory::query(region + page).RegionSize, page);
  t.equal("committed", memory::query(region + page).State, MEM_COMMIT);
  t.equal("the one before stays reserved", memory::query(region).State, MEM_RESERVE);
  t.equal("two bytes over a boundary",
          VirtualAlloc(region + 3 * page - 1, 2, MEM_COMMIT, PAGE_READONLY),
          static_cast<void*>(region + 2 * page));
  t.equal("are two pages", memory::query(region + 2 * page).RegionSize, 2 * page);
  bool zero = true;
  for (DWORD i = page; i < 4 * page; ++i) zero = zero && region[i] == 0;
  t.expect("B17 they are zero", zero);
}

void committing_again(ktap::Test& t) {
  const Region region(memory::commit(0x4000));
  region[0] = 42;
  t.succeeds("MEM_COMMIT of what is committed",
             VirtualAlloc(region, 0x4000, MEM_COMMIT, PAGE_READWRITE));
  t.equal("keeps it", region[0], 42);
}

void committing_without_address(ktap::Test& t) {
  const Region region(static_cast<char*>(VirtualAlloc(nullptr, 100, MEM_COMMIT, PAGE_READWRITE)));
  t.succeeds("MEM_COMMIT of nowhere reserves, too", static_cast<char*>(region));
  t.equal("a page", memory::query(region).RegionSize, ktap::page_size());
}

void granularity(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::reserve(1));
  t.equal("a byte reserves a page", memory::query(region).RegionSize, page);
  t.fails("the rest of its 64 KB is nobody's",
          VirtualAlloc(region + page, page, MEM_RESERVE, PAGE_READWRITE), ERROR_INVALID_ADDRESS);
  char* hole = memory::reserve(0x40000);
  memory::release(hole);
  const Region inside(memory::reserve(0x10000, hole + 0x12345));
  t.equal("a base is rounded down to 64 KB", static_cast<void*>(inside),
          static_cast<void*>(hole + 0x10000));
  t.equal("and the size keeps its end", memory::query(inside).RegionSize,
          ktap::by_page_size(0x13000u, 0x14000u));
}

void taken(ktap::Test& t) {
  const Region region(memory::reserve(0x20000));
  t.fails("MEM_RESERVE of what is reserved",
          VirtualAlloc(region, 0x10000, MEM_RESERVE, PAGE_READWRITE), ERROR_INVALID_ADDRESS);
  t.fails("of its second half", VirtualAlloc(region + 0x10000, 1, MEM_RESERVE, PAGE_READWRITE),
          ERROR_INVALID_ADDRESS);
  t.fails("with MEM_COMMIT",
          VirtualAlloc(region, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE),
          ERROR_INVALID_ADDRESS);
  const Region other(memory::reserve(0x20000));
  t.expect("another reservation lies elsewhere",
           other != region && (other + 0x20000 <= region || other >= region + 0x20000));
}

void commit_errors(ktap::Test& t) {
  const Region region(memory::reserve(0x10000));
  t.fails("MEM_COMMIT past the region's end",
          VirtualAlloc(region, 0x20000, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_ADDRESS);
  char* hole = memory::reserve(0x10000);
  memory::release(hole);
  t.fails("of free memory", VirtualAlloc(hole, 0x1000, MEM_COMMIT, PAGE_READWRITE),
          ERROR_INVALID_ADDRESS);
}

void bad_arguments(ktap::Test& t) {
  const auto allocate = [](ULONG_PTR at, SIZE_T size, DWORD type, DWORD protection) {
    return VirtualAlloc(pointer(at), size, type, protection);
  };
  t.fails("no size", allocate(0, 0, MEM_RESERVE, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
  t.fails("no type", allocate(0, 1, 0, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
  t.fails("MEM_RELEASE", allocate(0, 1, MEM_RELEASE, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
  t.fails("no protection", allocate(0, 1, MEM_RESERVE, 0), ERROR_INVALID_PARAMETER);
  t.fails("two protections", allocate(0, 1, MEM_RESERVE, PAGE_READONLY | PAGE_READWRITE),
          ERROR_INVALID_PARAMETER);
  t.fails("PAGE_WRITECOPY", allocate(0, 1, MEM_RESERVE, PAGE_WRITECOPY), ERROR_INVALID_PARAMETER);
  t.fails("PAGE_EXECUTE_WRITECOPY", allocate(0, 1, MEM_RESERVE, PAGE_EXECUTE_WRITECOPY),
          ERROR_INVALID_PARAMETER);
  t.fails("below 64 KB", allocate(0x1000, 1, MEM_RESERVE, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
  t.fails("above 2 GB", allocate(0x80000000, 1, MEM_RESERVE, PAGE_READWRITE),
          ERROR_INVALID_PARAMETER);
  t.fails("the upper no-man's-land", allocate(0x7FFF0000, 1, MEM_RESERVE, PAGE_READWRITE),
          ERROR_INVALID_PARAMETER);
  t.fails("over the boundary", allocate(0x7FF00000, 0x200000, MEM_RESERVE, PAGE_READWRITE),
          ERROR_INVALID_PARAMETER);
  t.fails("more than 2 GB", allocate(0, 0x80000000, MEM_RESERVE, PAGE_READWRITE),
          ERROR_INVALID_PARAMETER);
  t.fails("almost 2 GB, of which some are taken",
          allocate(0, 0x7FF00000, MEM_RESERVE, PAGE_READWRITE), ERROR_NOT_ENOUGH_MEMORY);
}

void top_down(ktap::Test& t) {
  const Region low(memory::reserve(0x10000));
  const Region high(static_cast<char*>(
      VirtualAlloc(nullptr, 0x10000, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE)));
  t.succeeds("MEM_TOP_DOWN", static_cast<char*>(high));
  t.expect("it lies above 1 GB", address(high) > 0x40000000);
  t.expect("the other one below", address(low) < 0x40000000);
}

void commit_limit(ktap::Test& t) {
  const Region region(memory::reserve(0x20000000));
  t.succeeds("512 MB can be reserved", static_cast<char*>(region));
  t.fails("not committed", VirtualAlloc(region, 0x20000000, MEM_COMMIT, PAGE_READWRITE),
          ERROR_COMMITMENT_LIMIT);
  t.equal("it is still reserved", memory::query(region).State, MEM_RESERVE);
  t.fails("nor both at once",
          VirtualAlloc(nullptr, 0x20000000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE),
          ERROR_COMMITMENT_LIMIT);
}

void other_process(ktap::Test& t) {
  const HANDLE self = OpenProcess(PROCESS_ALL_ACCESS, FALSE, GetCurrentProcessId());
  t.succeeds("OpenProcess", self);
  void* region = VirtualAllocEx(self, nullptr, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  t.succeeds("VirtualAllocEx", region);
  MEMORY_BASIC_INFORMATION information;
  t.equal("VirtualQueryEx", VirtualQueryEx(self, region, &information, sizeof information), 28);
  DWORD old;
  t.succeeds("VirtualProtectEx", VirtualProtectEx(self, region, 1, PAGE_READONLY, &old));
  t.succeeds("VirtualFreeEx", VirtualFreeEx(self, region, 0, MEM_RELEASE));
  CloseHandle(self);
  t.fails("a handle that is none",
          VirtualAllocEx(pointer(0x7770), nullptr, 1, MEM_RESERVE, PAGE_READWRITE),
          ERROR_INVALID_HANDLE);
}

constexpr ktap::Case cases[] = {
    {"F1 a reservation", reservation},
    {"F1 committing whole pages", committing},
    {"F1 committing again", committing_again},
    {"F1 committing without an address", committing_without_address},
    {"F2 reservations are made by 64 KB", granularity},
    {"F3 reserved pages are not reserved again", taken},
    {"F1 only reserved pages are committed", commit_errors},
    {"F1 arguments that are refused", bad_arguments},
    {"F1 MEM_TOP_DOWN", top_down},
    {"F10 what can't be committed is refused", commit_limit},
    {"H2 the functions for another process", other_process},
    {"F4 MEM_DECOMMIT", virtualalloc::decommit},
    {"F4 MEM_RELEASE", virtualalloc::release},
    {"F6 a region committed in places", virtualalloc::sparse},
    {"F7 VirtualQuery of free memory", virtualalloc::query},
    {"B2 pages that are alike are one region", virtualalloc::merging},
    {"F7 VirtualQuery's refusals", virtualalloc::query_errors},
    {"IsBadReadPtr, IsBadWritePtr and IsBadCodePtr", virtualalloc::bad_pointers},
    {"IsBadStringPtr", virtualalloc::bad_strings},
    {"IsBadReadPtr of a guard page", virtualalloc::bad_guard},
};

}  // namespace

extern "C" int main(int, char**) { return ktap::run(cases); }
