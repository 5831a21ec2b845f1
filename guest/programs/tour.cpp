// A tour of the life of pages: reserve, commit, touch, decommit, release; with what VirtualQuery
// says at each step. Ends with 1 as soon as something is not as Win32 promises.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

constexpr DWORD region_size = 0x100000;
constexpr DWORD touched_pages = 8;

const char* state_name(DWORD state) {
  return state == MEM_COMMIT ? "committed" : state == MEM_RESERVE ? "reserved " : "free     ";
}

/// Prints the run of pages that starts at `address`; false if it is not as expected.
bool show(const void* address, DWORD state, DWORD size) {
  MEMORY_BASIC_INFORMATION info;
  if (VirtualQuery(address, &info, sizeof info) != sizeof info) return false;
  const DWORD protection = state == MEM_COMMIT ? PAGE_READWRITE : 0;
  if (info.State != state || (state == MEM_COMMIT && info.Protect != protection)) return false;
  if (size != 0 && info.RegionSize != size) return false;
  crt::print("  ", crt::hex(address), " ", state_name(info.State));
  if (size != 0) crt::print(" ", info.RegionSize / 1024, " KB");
  crt::print("\n");
  return true;
}

bool all_zero(const unsigned char* page, DWORD size) {
  for (DWORD i = 0; i < size; ++i) {
    if (page[i] != 0) return false;
  }
  return true;
}

/// The tour itself; null, or what went wrong.
const char* tour(DWORD page) {
  auto* base =
      static_cast<unsigned char*>(VirtualAlloc(nullptr, region_size, MEM_RESERVE, PAGE_READWRITE));
  if (base == nullptr) return "cannot reserve";
  crt::print("1. reserve 1 MB\n");
  if (!show(base, MEM_RESERVE, region_size)) return "the region is not reserved";

  crt::print("2. commit ", touched_pages, " pages in its middle\n");
  unsigned char* middle = base + region_size / 2;
  if (VirtualAlloc(middle, touched_pages * page, MEM_COMMIT, PAGE_READWRITE) != middle) {
    return "cannot commit";
  }
  if (!show(base, MEM_RESERVE, region_size / 2)) return "the lower half is not reserved";
  if (!show(middle, MEM_COMMIT, touched_pages * page)) return "the pages are not committed";
  if (!show(middle + touched_pages * page, MEM_RESERVE, region_size / 2 - touched_pages * page)) {
    return "the rest is not reserved";
  }

  // Each first touch is one demand-zero fault; the order is that of reversed bits.
  crt::print("3. touch them:");
  for (DWORD i = 0; i < touched_pages; ++i) {
    const DWORD which = (i & 1) << 2 | (i & 2) | (i & 4) >> 2;
    unsigned char* address = middle + which * page;
    if (!all_zero(address, page)) return "a new page is not zero";
    address[0] = static_cast<unsigned char>(which + 1);
    address[page - 1] = static_cast<unsigned char>(~which);
    crt::print(" ", which);
  }
  crt::print("\n");
  for (DWORD which = 0; which < touched_pages; ++which) {
    const unsigned char* address = middle + which * page;
    if (address[0] != which + 1 || address[page - 1] != static_cast<unsigned char>(~which)) {
      return "a page lost what was written";
    }
  }

  crt::print("4. decommit page 3 and commit it again: it is new\n");
  unsigned char* third = middle + 3 * page;
  if (!VirtualFree(third, page, MEM_DECOMMIT)) return "cannot decommit";
  if (!show(third, MEM_RESERVE, 0)) return "the page is not reserved";
  if (VirtualAlloc(third, page, MEM_COMMIT, PAGE_READWRITE) != third) return "cannot recommit";
  if (!show(third, MEM_COMMIT, 0)) return "the page is not committed";
  if (!all_zero(third, page)) return "a recommitted page is not zero";
  if (middle[2 * page] != 3 || middle[4 * page] != 5) return "a neighbour changed";

  crt::print("5. protect page 5 against writing\n");
  DWORD old = 0;
  if (!VirtualProtect(middle + 5 * page, page, PAGE_READONLY, &old) || old != PAGE_READWRITE) {
    return "cannot protect";
  }
  if (middle[5 * page] != 6) return "a read-only page changed";

  crt::print("6. release\n");
  if (!VirtualFree(base, 0, MEM_RELEASE)) return "cannot release";
  MEMORY_BASIC_INFORMATION info;
  if (VirtualQuery(base, &info, sizeof info) != sizeof info || info.State != MEM_FREE) {
    return "the region is not free";
  }
  return nullptr;
}

}  // namespace

extern "C" int main(int, char**) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  crt::print("tour: pages of ", system.dwPageSize, " bytes, regions on ",
             system.dwAllocationGranularity / 1024, " KB\n");
  if (const char* failure = tour(system.dwPageSize)) {
    crt::print("tour: ", failure, " (error ", GetLastError(), ")\n");
    return 1;
  }
  crt::print("tour: everything as it should be\n");
  return 0;
}
