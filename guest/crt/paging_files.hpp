// The paging files, as NtQuerySystemInformation lists them.
#pragma once

#include <windows.h>
#include <winternl.h>

namespace crt {

/// SYSTEM_PAGEFILE_INFORMATION; figures count pages.
struct PagingFile {
  ULONG next_offset, total_size, in_use, peak_usage;
  UNICODE_STRING name;
};

/// A service of ntdll, which the SDK's library need not name.
template <class Function>
Function nt_service(const char* name) {
  return reinterpret_cast<Function>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleA("ntdll.dll"), name)));
}

/// Calls with each one and its name; false when the system doesn't tell.
template <class Visit>
bool for_each_paging_file(Visit visit) {
  using Query = NTSTATUS(NTAPI*)(ULONG, void*, ULONG, ULONG*);
  static constexpr ULONG system_page_file_information = 18;
  alignas(8) static unsigned char buffer[16 * 256];
  ULONG length = 0;
  const auto query = nt_service<Query>("NtQuerySystemInformation");
  if (query(system_page_file_information, buffer, sizeof buffer, &length) < 0) return false;
  for (ULONG offset = 0; offset < length;) {
    const auto& file = *reinterpret_cast<const PagingFile*>(buffer + offset);
    char name[64];
    unsigned size = 0;
    for (; size + 1 < sizeof name && size < file.name.Length / sizeof(WCHAR); ++size) {
      name[size] = static_cast<char>(file.name.Buffer[size]);
    }
    name[size] = '\0';
    visit(file, static_cast<const char*>(name));
    if (file.next_offset == 0) break;
    offset += file.next_offset;
  }
  return true;
}

}  // namespace crt
