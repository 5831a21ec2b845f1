// Page protections, what each lets through, on pages of memory and of the program: D1 to D10.
#include <windows.h>

#include "guest/programs/claims.hpp"

namespace {

crt::Claims claim("protect");
DWORD page_size;

struct Protection {
  const char* item;
  const char* name;
  DWORD protect;
  bool reads, writes;
};
constexpr Protection protections[] = {
    {"D1", "PAGE_NOACCESS", PAGE_NOACCESS, false, false},
    {"D2", "PAGE_READONLY", PAGE_READONLY, true, false},
    {"D3", "PAGE_READWRITE", PAGE_READWRITE, true, true},
    {"D7", "PAGE_EXECUTE", PAGE_EXECUTE, true, false},
    {"D7", "PAGE_EXECUTE_READ", PAGE_EXECUTE_READ, true, false},
    {"D7", "PAGE_EXECUTE_READWRITE", PAGE_EXECUTE_READWRITE, true, true},
    {"D5", "PAGE_READWRITE | PAGE_NOCACHE", PAGE_READWRITE | PAGE_NOCACHE, true, true},
    {"D5", "PAGE_READONLY | PAGE_NOCACHE", PAGE_READONLY | PAGE_NOCACHE, true, false},
};

DWORD protection_of(const void* address) {
  MEMORY_BASIC_INFORMATION info = {};
  VirtualQuery(address, &info, sizeof info);
  return info.Protect;
}

/// The access is let through, or is an access violation that tells its kind and its address.
void accesses(const Protection& kind, unsigned char* at) {
  const crt::Caught read = crt::read_byte(at), write = crt::write_byte(at + 4);
  const DWORD address = reinterpret_cast<DWORD>(at);
  claim(kind.item, kind.name,
        kind.reads ? read.none() : read.violation() && read.stored == 0 && read.address == address);
  claim(kind.item, kind.name,
        kind.writes ? write.none()
                    : write.violation() && write.stored == 1 && write.address == address + 4);
}

/// A page that was used before, one that is fresh, and one committed like this.
void each_protection(unsigned char* base) {
  for (const Protection& kind : protections) {
    DWORD old = 0;
    claim("F8", "VirtualProtect", VirtualProtect(base, 2 * page_size, kind.protect, &old) != 0);
    claim("D10", "VirtualQuery gives what was set", protection_of(base) == kind.protect);
    accesses(kind, base);
    accesses(kind, base + page_size);
    auto* fresh = static_cast<unsigned char*>(
        VirtualAlloc(nullptr, page_size, MEM_RESERVE | MEM_COMMIT, kind.protect));
    claim("D10", "VirtualAlloc takes it", fresh != nullptr);
    accesses(kind, fresh);
    VirtualFree(fresh, 0, MEM_RELEASE);
  }
}

void boundaries(unsigned char* base) {
  DWORD old = 0;
  VirtualProtect(base, 2 * page_size, PAGE_READWRITE, &old);
  VirtualProtect(base + page_size, 1, PAGE_NOACCESS, &old);
  claim("D9", "the byte before the boundary", crt::write_byte(base + page_size - 1).none());
  claim("D9", "the byte behind it", crt::write_byte(base + page_size).violation());
  const crt::Caught both = crt::read_dword(base + page_size - 2);
  claim("D9", "four bytes over it fault at the second page",
        both.violation() && both.address == reinterpret_cast<DWORD>(base + page_size));
}

void refusals(unsigned char* base) {
  DWORD old = 0;
  const DWORD bad[] = {0,
                       PAGE_READONLY | PAGE_READWRITE,
                       PAGE_NOACCESS | PAGE_GUARD,
                       PAGE_NOACCESS | PAGE_NOCACHE,
                       PAGE_GUARD,
                       PAGE_WRITECOPY};
  for (const DWORD protect : bad) {
    claim("D10", "a protection that is none is refused",
          !VirtualProtect(base, 1, protect, &old) && GetLastError() == ERROR_INVALID_PARAMETER);
  }
  auto* reserved = VirtualAlloc(nullptr, page_size, MEM_RESERVE, PAGE_READWRITE);
  claim(
      "D8", "a reserved page can't be protected",
      !VirtualProtect(reserved, 1, PAGE_READONLY, &old) && GetLastError() == ERROR_INVALID_ADDRESS);
  claim("D8", "and faults", crt::read_byte(reserved).violation());
  VirtualFree(reserved, 0, MEM_RELEASE);
  claim("D8", "a free page faults", crt::read_byte(reserved).violation());
}

/// The kernel writes for the program only where the program may, on a 386 without WP as well.
void kernel_writes(unsigned char* base) {
  DWORD old = 0, read = 0;
  VirtualProtect(base, 2 * page_size, PAGE_READWRITE, &old);
  base[0] = 1;
  VirtualProtect(base, page_size, PAGE_READONLY, &old);
  const unsigned char source[4] = {9, 9, 9, 9};
  claim(
      "N17", "a service does not write to a read-only page",
      !ReadProcessMemory(GetCurrentProcess(), source, base, sizeof source, &read) && base[0] == 1);
  claim(
      "N17", "but to the next one it does",
      ReadProcessMemory(GetCurrentProcess(), source, base + page_size, sizeof source, &read) != 0 &&
          base[page_size] == 9);
}

/// A program's code is read-only, its data read and written.
void image_pages() {
  static unsigned char data = 1;
  auto* text = reinterpret_cast<unsigned char*>(&image_pages);
  claim("D7", "code can't be written", crt::write_byte(text).violation());
  claim("D7", "but read", crt::read_byte(text).none());
  claim("D6", "static data can be written", crt::write_byte(&data).none() && data == 0x5A);
}

}  // namespace

extern "C" int main(int, char**) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  page_size = system.dwPageSize;
  auto* base = static_cast<unsigned char*>(
      VirtualAlloc(nullptr, 2 * page_size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  claim("D3", "two pages", base != nullptr);
  base[0] = 7;
  each_protection(base);
  boundaries(base);
  refusals(base);
  kernel_writes(base);
  image_pages();
  VirtualFree(base, 0, MEM_RELEASE);
  return claim.finish();
}
