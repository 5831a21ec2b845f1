// Lazy commitment: an array of a million records is reserved, and a page of it committed by an
// exception handler when somebody writes to it for the first time. What nobody uses costs nothing.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/programs/seh_frame.hpp"

namespace {

struct Record {
  DWORD number, square;
};
constexpr DWORD records = 1000000, stride = 12345;
constexpr SIZE_T bytes = records * sizeof(Record);

Record* base;
volatile DWORD committed;

/// The filter of the text's __except: an access violation in the array is put right.
EXCEPTION_DISPOSITION __cdecl commit_page(EXCEPTION_RECORD* record, void*, CONTEXT*, void*) {
  if (record->ExceptionCode != static_cast<DWORD>(EXCEPTION_ACCESS_VIOLATION)) {
    return ExceptionContinueSearch;
  }
  auto* address = reinterpret_cast<char*>(record->ExceptionInformation[1]);
  const bool ours =
      address >= reinterpret_cast<char*>(base) && address < reinterpret_cast<char*>(base) + bytes;
  if (!ours || VirtualAlloc(address, 1, MEM_COMMIT, PAGE_READWRITE) == nullptr) {
    return ExceptionContinueSearch;
  }
  committed = committed + 1;
  return ExceptionContinueExecution;
}

/// Bytes of the region that are committed, as VirtualQuery has them.
SIZE_T committed_bytes() {
  SIZE_T sum = 0;
  MEMORY_BASIC_INFORMATION information;
  for (char* at = reinterpret_cast<char*>(base); at < reinterpret_cast<char*>(base) + bytes;
       at += information.RegionSize) {
    VirtualQuery(at, &information, sizeof information);
    if (information.State == MEM_COMMIT) sum += information.RegionSize;
  }
  return sum;
}

}  // namespace

extern "C" int main(int, char**) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  base = static_cast<Record*>(VirtualAlloc(nullptr, bytes, MEM_RESERVE, PAGE_READWRITE));
  if (base == nullptr) return 1;
  crt::print("reserved ", bytes, " bytes, committed ", committed_bytes(), "\n");
  DWORD used = 0;
  {
    const crt::SehFrame frame(commit_page);
    for (DWORD i = 0; i < records; i += stride, ++used) base[i] = {i, i * i};
  }
  DWORD wrong = 0;
  for (DWORD i = 0; i < records; i += stride) {
    if (base[i].number != i || base[i].square != i * i) ++wrong;
  }
  const SIZE_T pages = committed_bytes() / system.dwPageSize;
  crt::print(used, " records in ", pages, " pages, committed by ", committed, " exceptions\n");
  VirtualFree(base, 0, MEM_RELEASE);
  return wrong == 0 && pages == committed ? 0 : 1;
}
