// STATUS_IN_PAGE_ERROR: fills more memory than there is and reads it back while the disk has bad
// sectors. `inpage [MB]`. A page that is lost is replaced by a fresh one and the load is tried
// again; every other word must be right. Ends with 0 when pages were lost, with 1 when none was.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/programs/seh_frame.hpp"

namespace {

constexpr DWORD in_page_error = 0xC0000006, megabyte = 0x100000;

struct Region {
  ULONG_PTR start;
  DWORD pages, page_size;
  DWORD lost, last_status;
  bool sane;  // each error told what the documentation says
};
Region region = {};

DWORD pattern(DWORD page) { return page * 2654435761u + 1; }

EXCEPTION_DISPOSITION __cdecl replace_page(EXCEPTION_RECORD* record, void*, CONTEXT* context,
                                           void*) {
  if (record->ExceptionCode != in_page_error) return ExceptionContinueSearch;
  const ULONG_PTR address = record->ExceptionInformation[1];
  const bool ours = address - region.start < ULONG_PTR{region.pages} * region.page_size;
  region.sane &= ours && record->NumberParameters == 3 && record->ExceptionInformation[0] == 0 &&
                 reinterpret_cast<ULONG_PTR>(record->ExceptionAddress) == context->Eip;
  region.last_status = static_cast<DWORD>(record->ExceptionInformation[2]);
  ++region.lost;
  if (!ours) return ExceptionContinueSearch;
  void* page = reinterpret_cast<void*>(address & ~ULONG_PTR{region.page_size - 1});
  region.sane &= VirtualFree(page, region.page_size, MEM_DECOMMIT) != 0;
  region.sane &= VirtualAlloc(page, region.page_size, MEM_COMMIT, PAGE_READWRITE) == page;
  return ExceptionContinueExecution;
}

DWORD number(const char* text) {
  DWORD value = 0;
  for (; *text >= '0' && *text <= '9'; ++text) value = value * 10 + static_cast<DWORD>(*text - '0');
  return value;
}

volatile DWORD& word(DWORD page) {
  return *reinterpret_cast<volatile DWORD*>(region.start + page * region.page_size + 16);
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  const DWORD bytes = (argc == 2 ? number(argv[1]) : 8) * megabyte;
  void* memory = VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (memory == nullptr) return 3;
  region = {reinterpret_cast<ULONG_PTR>(memory),
            bytes / system.dwPageSize,
            system.dwPageSize,
            0,
            0,
            true};
  for (DWORD page = 0; page < region.pages; ++page) word(page) = pattern(page);
  DWORD empty = 0, wrong = 0;
  {
    const crt::SehFrame frame(replace_page);
    for (DWORD page = 0; page < region.pages; ++page) {
      const DWORD value = word(page);
      if (value == 0) {
        ++empty;
      } else if (value != pattern(page)) {
        ++wrong;
      }
    }
  }
  crt::print("inpage: ", region.lost, " pages lost, ", wrong, " wrong");
  if (region.lost != 0) crt::print(", status ", crt::hex(region.last_status));
  crt::print("\n");
  if (wrong != 0 || empty != region.lost || !region.sane) return 2;
  return region.lost != 0 ? 0 : 1;
}
