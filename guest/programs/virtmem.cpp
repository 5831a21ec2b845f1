// VirtualAlloc and its kind: the checklist's B11, B12, B17, D10, E1 to E3 and F.
#include <windows.h>

#include "guest/programs/claims.hpp"

namespace {

constexpr DWORD granularity = 0x10000;
DWORD page_size;
crt::Claims claim("virtmem");

unsigned char* allocate(DWORD address, DWORD size, DWORD type, DWORD protect = PAGE_READWRITE) {
  return static_cast<unsigned char*>(
      VirtualAlloc(reinterpret_cast<void*>(address), size, type, protect));
}
unsigned char* allocate(unsigned char* address, DWORD size, DWORD type) {
  return allocate(reinterpret_cast<DWORD>(address), size, type);
}
MEMORY_BASIC_INFORMATION query(const void* address) {
  MEMORY_BASIC_INFORMATION info = {};
  VirtualQuery(address, &info, sizeof info);
  return info;
}
DWORD rounded(DWORD size) { return (size + page_size - 1) & ~(page_size - 1); }
bool release(void* base) { return VirtualFree(base, 0, MEM_RELEASE) != 0; }
bool fails_with(bool succeeded, DWORD error) { return !succeeded && GetLastError() == error; }

DWORD committed() {
  MEMORYSTATUS status = {};
  status.dwLength = sizeof status;
  GlobalMemoryStatus(&status);
  return status.dwTotalPageFile - status.dwAvailPageFile;
}

void seventy_kilobytes() {
  auto* base = allocate(nullptr, 70 * 1024, MEM_RESERVE | MEM_COMMIT);
  claim("F5", "70 KB can be had", base != nullptr);
  const MEMORY_BASIC_INFORMATION info = query(base);
  claim("F5", "71680 bytes are 72 KB of pages", info.RegionSize == 72 * 1024);
  claim("F5", "18 pages of 4 KB, 9 of 8 KB",
        info.RegionSize / page_size == (page_size == 4096 ? 18 : 9));
  claim("F2", "the base is on 64 KB", reinterpret_cast<DWORD>(base) % granularity == 0);
  bool zero = true;
  for (DWORD at = 0; at < 72 * 1024; at += 64) zero = zero && base[at] == 0;
  claim("F1", "committed pages are zeros", zero);
  claim("B17", "committed pages are zeros", zero);
  // What the reservation's granularity leaves over is nobody's, and can't be asked for.
  claim("F3", "the rest of the second 64 KB is free", query(base + 72 * 1024).State == MEM_FREE);
  auto* rest = allocate(base + 72 * 1024, page_size, MEM_RESERVE);
  claim("F3", "an address is rounded down to 64 KB, which is taken",
        fails_with(rest != nullptr, ERROR_INVALID_ADDRESS));
  claim("F4", "it is released as a whole", release(base));
  claim("F4", "a second release fails", fails_with(release(base), ERROR_INVALID_ADDRESS));
}

void reserving() {
  const DWORD before = committed();
  auto* base = allocate(nullptr, 32 << 20, MEM_RESERVE);
  claim("B11", "32 MB can be reserved", base != nullptr);
  claim("C4", "a reservation is charged nothing", committed() == before);
  MEMORY_BASIC_INFORMATION info = query(base);
  claim("B2", "one region, reserved", info.State == MEM_RESERVE && info.RegionSize == 32 << 20);
  claim("D10", "Protect 0, AllocationProtect as asked",
        info.Protect == 0 && info.AllocationProtect == PAGE_READWRITE);
  claim("F10", "a reserved page faults", crt::read_byte(base).violation());
  claim("F1", "a page in the middle can be committed",
        allocate(base + (5 << 20), 1, MEM_COMMIT) == base + (5 << 20));
  claim("B12", "one page more, and its table, are charged",
        committed() - before >= page_size && committed() - before <= 4 * page_size);
  info = query(base);
  claim("F7", "the region before it ends there",
        info.State == MEM_RESERVE && info.RegionSize == 5 << 20);
  info = query(base + (5 << 20));
  claim("F7", "the page is a region of its own",
        info.State == MEM_COMMIT && info.RegionSize == page_size &&
            info.Protect == PAGE_READWRITE && info.AllocationBase == base &&
            info.Type == MEM_PRIVATE);
  claim("F6", "its neighbours fault still",
        crt::write_byte(base + (5 << 20) - 1).violation() &&
            crt::write_byte(base + (5 << 20) + page_size).violation());
  claim("F6", "it does not", crt::write_byte(base + (5 << 20)).none());
  claim("F1", "committing it again keeps what it holds",
        allocate(base + (5 << 20), 1, MEM_COMMIT) != nullptr && base[5 << 20] == 0x5A);
  claim("F3", "a reservation over it fails",
        fails_with(allocate(base, 1, MEM_RESERVE) != nullptr, ERROR_INVALID_ADDRESS));
  claim("F6", "no region grows",
        fails_with(allocate(base + (32 << 20) - page_size, 2 * page_size, MEM_COMMIT) != nullptr,
                   ERROR_INVALID_ADDRESS));
  claim("F4", "release with a size fails",
        fails_with(VirtualFree(base, page_size, MEM_RELEASE) != 0, ERROR_INVALID_PARAMETER));
  claim("F4", "release from the middle fails", !release(base + granularity));
  claim("F4", "decommit takes the page", VirtualFree(base + (5 << 20), 1, MEM_DECOMMIT) != 0);
  claim("F10", "which faults again", crt::read_byte(base + (5 << 20)).violation());
  claim("F7", "and merges with its neighbours", query(base).RegionSize == 32 << 20);
  claim("B17", "committed anew it is zero",
        allocate(base + (5 << 20), 1, MEM_COMMIT) != nullptr && base[5 << 20] == 0);
  claim("F4", "it is released", release(base));
  claim("C4", "and nothing stays charged", committed() == before);
}

void rounding() {
  auto* base = allocate(nullptr, 1, MEM_RESERVE);
  claim("F2", "a byte reserves a page at least",
        base != nullptr && query(base).RegionSize >= page_size);
  auto* next = allocate(base + granularity / 2, 1, MEM_RESERVE);
  claim("F2", "the rest of the 64 KB is not for others", next == nullptr);
  release(base);
  auto* two = allocate(nullptr, granularity, MEM_RESERVE);
  claim("F1", "two bytes over a boundary commit two pages",
        allocate(two + page_size - 1, 2, MEM_COMMIT) == two &&
            query(two).RegionSize == 2 * page_size);
  claim("A3", "sizes are rounded to the page", query(two).RegionSize == rounded(page_size + 1));
  release(two);
}

void placing() {
  auto* low = allocate(nullptr, granularity, MEM_RESERVE);
  auto* high = allocate(nullptr, granularity, MEM_RESERVE | MEM_TOP_DOWN);
  claim("F1", "MEM_TOP_DOWN gives the highest place",
        high > low && reinterpret_cast<DWORD>(high) > 0x7F000000);
  release(low);
  release(high);
  claim("E1", "the lowest 64 KB are nobody's",
        allocate(page_size, page_size, MEM_RESERVE) == nullptr &&
            crt::read_byte(reinterpret_cast<void*>(0xFFFF)).violation());
  claim("E1", "the highest 64 KB of the lower half are nobody's",
        allocate(0x7FFF0000, page_size, MEM_RESERVE) == nullptr &&
            crt::read_byte(reinterpret_cast<void*>(0x7FFFFFFF)).violation());
  for (DWORD address = 0x80000000; address != 0; address += 0x10000000) {
    claim("E2", "the upper half is the kernel's",
          crt::read_byte(reinterpret_cast<void*>(address)).violation());
    claim("E2", "and can't be asked for", allocate(address, page_size, MEM_RESERVE) == nullptr);
  }
  claim("E2", "the page tables can't be read",
        crt::read_byte(reinterpret_cast<void*>(0xC0000000)).violation());
  claim("E5", "code and DLLs lie in the lower half",
        reinterpret_cast<DWORD>(GetModuleHandleA("kernel32.dll")) < 0x80000000 &&
            GetModuleHandleA("ntdll.dll") != nullptr);
}

/// From 0 to the end of the lower half, the regions follow on each other.
void walking() {
  DWORD at = 0, regions = 0;
  bool merged = true;
  MEMORY_BASIC_INFORMATION last = {};
  for (MEMORY_BASIC_INFORMATION info; at < 0x7FFE0000;
       at += info.RegionSize, ++regions, last = info) {
    if (VirtualQuery(reinterpret_cast<void*>(at), &info, sizeof info) == 0) break;
    if (info.State == MEM_FREE && last.State == MEM_FREE && at != 0) merged = false;
    if (info.RegionSize == 0 || info.BaseAddress != reinterpret_cast<void*>(at)) break;
  }
  claim("F7", "VirtualQuery walks over the whole lower half", at >= 0x7FFE0000 && regions > 5);
  claim("F7", "free neighbours are one region", merged);
}

void running_out() {
  auto* huge = allocate(nullptr, 1 << 30, MEM_RESERVE | MEM_COMMIT);
  claim("F10", "an allocation error is NULL and has a code",
        fails_with(huge != nullptr, ERROR_COMMITMENT_LIMIT));
  claim("F3", "more than there are addresses",
        fails_with(allocate(nullptr, 0x7FFE0000, MEM_RESERVE) != nullptr, ERROR_NOT_ENOUGH_MEMORY));
}

}  // namespace

extern "C" int main(int, char**) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  page_size = system.dwPageSize;
  claim("A3", "the allocation granularity is 64 KB", system.dwAllocationGranularity == granularity);
  claim("E4", "the lower 2 GB are the program's",
        system.lpMaximumApplicationAddress == reinterpret_cast<void*>(0x7FFEFFFF) &&
            system.lpMinimumApplicationAddress == reinterpret_cast<void*>(granularity));
  seventy_kilobytes();
  reserving();
  rounding();
  placing();
  walking();
  running_out();
  return claim.finish();
}
