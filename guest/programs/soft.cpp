// Pages that leave the working set and come back without a disk: protected against all access, they
// wait in transition; the next touch is a soft fault each, and nothing written is lost.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

constexpr DWORD page_count = 8;

/// Null, or what went wrong.
const char* soft_faults(DWORD page) {
  const DWORD size = page_count * page;
  auto* base = static_cast<volatile DWORD*>(
      VirtualAlloc(nullptr, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  if (base == nullptr) return "cannot allocate";
  const DWORD step = page / sizeof(DWORD);
  for (DWORD i = 0; i < page_count; ++i) base[i * step] = 0x5AFE0000 + i;
  DWORD old = 0;
  auto* region = const_cast<DWORD*>(base);
  if (!VirtualProtect(region, size, PAGE_NOACCESS, &old) || old != PAGE_READWRITE) {
    return "cannot forbid";
  }
  if (!VirtualProtect(region, size, PAGE_READONLY, &old) || old != PAGE_NOACCESS) {
    return "cannot allow";
  }
  for (DWORD i = 0; i < page_count; ++i) {
    if (base[i * step] != 0x5AFE0000 + i) return "a page lost what was written";
  }
  return VirtualFree(region, 0, MEM_RELEASE) ? nullptr : "cannot release";
}

}  // namespace

extern "C" int main(int, char**) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  if (const char* failure = soft_faults(system.dwPageSize)) {
    crt::print("soft: ", failure, " (error ", GetLastError(), ")\n");
    return 1;
  }
  crt::print("soft: ", page_count, " pages came back\n");
  return 0;
}
