// What a program learns about its machine: page size, granularity, the limits of its half of the
// address space; how sizes are rounded by them.
#include "guest/conformance/ktap.hpp"

namespace {

SYSTEM_INFO system_info() {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  return system;
}

void page_size(ktap::Test& t) {
  const DWORD size = system_info().dwPageSize;
  t.expect("dwPageSize is 4096 or 8192", size == 4096 || size == 8192);
}

void granularity(ktap::Test& t) {
  t.equal("dwAllocationGranularity", system_info().dwAllocationGranularity, 65536);
}

void limits(ktap::Test& t) {
  const SYSTEM_INFO system = system_info();
  t.equal("lpMinimumApplicationAddress", system.lpMinimumApplicationAddress,
          reinterpret_cast<void*>(0x00010000));
  t.equal("lpMaximumApplicationAddress", system.lpMaximumApplicationAddress,
          reinterpret_cast<void*>(0x7FFEFFFF));
}

void processors(ktap::Test& t) {
  const SYSTEM_INFO system = system_info();
  t.equal("wProcessorArchitecture", system.wProcessorArchitecture, PROCESSOR_ARCHITECTURE_INTEL);
  t.equal("dwNumberOfProcessors", system.dwNumberOfProcessors, 1);
  t.equal("dwActiveProcessorMask", system.dwActiveProcessorMask, 1);
  t.expect("dwProcessorType is PROCESSOR_INTEL_386 or PROCESSOR_INTEL_486",
           system.dwProcessorType == PROCESSOR_INTEL_386 ||
               system.dwProcessorType == PROCESSOR_INTEL_486);
}

void reservation_bases(ktap::Test& t) {
  char* regions[4];
  for (char*& region : regions) {
    region = static_cast<char*>(VirtualAlloc(nullptr, 1, MEM_RESERVE, PAGE_READWRITE));
    t.succeeds("VirtualAlloc of one byte", region);
    t.equal("its base modulo 64 KB", reinterpret_cast<ULONG_PTR>(region) % 0x10000, 0);
  }
  for (char* region : regions) t.succeeds("VirtualFree", VirtualFree(region, 0, MEM_RELEASE));
}

void rounding(ktap::Test& t) {
  char* region =
      static_cast<char*>(VirtualAlloc(nullptr, 71680, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  t.succeeds("VirtualAlloc of 70 KB", region);
  MEMORY_BASIC_INFORMATION information = {};
  t.equal("VirtualQuery", VirtualQuery(region, &information, sizeof information), 28);
  t.equal("RegionSize", information.RegionSize, 73728);
  t.equal("pages", information.RegionSize / ktap::page_size(), ktap::by_page_size(18, 9));
  t.succeeds("VirtualFree", VirtualFree(region, 0, MEM_RELEASE));
}

constexpr ktap::Case cases[] = {
    {"M1 GetSystemInfo tells the page size", page_size},
    {"M1 reservations have a granularity of 64 KB", granularity},
    {"M1 reservations lie on 64 KB", reservation_bases},
    {"M1 70 KB are rounded to whole pages", rounding},
    {"E1 the limits of the lower half", limits},
    {"the processor", processors},
};

}  // namespace

extern "C" int main(int, char**) { return ktap::run(cases); }
