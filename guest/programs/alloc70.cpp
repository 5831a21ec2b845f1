// Seventy kilobytes: what VirtualAlloc makes of 71680 bytes depends on the page size, and a program
// learns it from GetSystemInfo and VirtualQuery.
#include <windows.h>

#include "guest/crt/print.hpp"

extern "C" int main(int, char**) {
  constexpr SIZE_T wanted = 70 * 1024;
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  auto* memory =
      static_cast<char*>(VirtualAlloc(nullptr, wanted, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  if (memory == nullptr) return 1;
  MEMORY_BASIC_INFORMATION information;
  VirtualQuery(memory, &information, sizeof information);
  const SIZE_T pages = information.RegionSize / system.dwPageSize;
  crt::print(wanted, " bytes are ", information.RegionSize, ": ", pages, " pages of ",
             system.dwPageSize, "\n");
  for (SIZE_T i = 0; i < information.RegionSize; ++i) {
    if (memory[i] != 0) return 1;
    memory[i] = static_cast<char>(i);
  }
  return VirtualFree(memory, 0, MEM_RELEASE) != 0 ? 0 : 1;
}
