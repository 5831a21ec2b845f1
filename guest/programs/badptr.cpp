// Hands bad pointers to system services. Each must fail with ERROR_NOACCESS and leave the system as
// it was; the pointers lie in the no-man's lands, in reserved and read-only memory, in the kernel's
// half, and at the very end of the address space.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

bool check(const char* what, const void* address, bool failed, DWORD also_accepted = 0) {
  const DWORD error = GetLastError();
  const bool good = failed && (error == ERROR_NOACCESS || error == also_accepted);
  crt::print(good ? "ok " : "not ok ", what, " ", crt::hex(address));
  if (!good) crt::print(failed ? ": error " : ": it succeeded; error ", error);
  crt::print("\n");
  SetLastError(0);
  return good;
}

bool read_into(HANDLE file, void* address) {
  DWORD count = 0;
  SetFilePointer(file, 0, nullptr, FILE_BEGIN);
  return check("ReadFile into", address, !ReadFile(file, address, 2, &count, nullptr));
}

bool query_into(void* address) {
  auto* info = static_cast<MEMORY_BASIC_INFORMATION*>(address);
  return check("VirtualQuery into", address,
               VirtualQuery(GetModuleHandleA(nullptr), info, sizeof *info) == 0);
}

/// NT 4 and later answer ERROR_INVALID_USER_BUFFER where the device driver finds the bad page.
bool write_from(const void* address) {
  DWORD count = 0;
  HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
  return check("WriteFile from", address, !WriteFile(output, address, 2, &count, nullptr),
               ERROR_INVALID_USER_BUFFER);
}

}  // namespace

extern "C" int main(int, char**) {
  char path[MAX_PATH];
  GetModuleFileNameA(nullptr, path, sizeof path);
  HANDLE file =
      CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
  if (file == INVALID_HANDLE_VALUE) {
    crt::complain("badptr: cannot open ", path, ": error ", GetLastError(), "\n");
    return 2;
  }
  void* reserved = VirtualAlloc(nullptr, 0x10000, MEM_RESERVE, PAGE_READWRITE);
  void* read_only = VirtualAlloc(nullptr, 0x10000, MEM_COMMIT, PAGE_READONLY);
  void* const unreadable[] = {
      reinterpret_cast<void*>(0x00000004), reserved,
      reinterpret_cast<void*>(0x7FFF8000), reinterpret_cast<void*>(0x80100000),
      reinterpret_cast<void*>(0xC0300000), reinterpret_cast<void*>(0xFFFFFFFF)};
  bool good = read_into(file, read_only) && query_into(read_only);
  for (void* address : unreadable) {
    good &= read_into(file, address);
    good &= query_into(address);
    good &= write_from(address);
  }
  good &= IsBadReadPtr(reserved, 1) && !IsBadReadPtr(read_only, 1);
  CloseHandle(file);
  return good ? 0 : 1;
}
