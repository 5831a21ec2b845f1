// Paged pool under pressure: the names of many events fill it, a region larger than memory drives
// it out, and every name still leads to its event. `poolpage N` writes N megabytes (12). Ends with
// 0, or with 1 and what was wrong.
#include <windows.h>

#include "guest/crt/paging_files.hpp"
#include "guest/crt/print.hpp"

namespace {

constexpr unsigned events = 2000, name_length = 200, default_megabytes = 12;
HANDLE made[events];

/// SYSTEM_PERFORMANCE_INFORMATION.
struct Performance {
  LARGE_INTEGER times[4];
  ULONG operations[3], memory[17];
  ULONG paged_pages, nonpaged_pages, pool_calls[4], rest[8], resident_paged_pages, last[35];
};
static_assert(sizeof(Performance) == 312);

Performance performance() {
  using Query = NTSTATUS(NTAPI*)(ULONG, void*, ULONG, ULONG*);
  static const auto query = crt::nt_service<Query>("NtQuerySystemInformation");
  Performance figures = {};
  query(2, &figures, sizeof figures, nullptr);
  return figures;
}

/// The number first, so that names differ at their beginning.
struct Name {
  char text[name_length + 1];
  explicit Name(unsigned number) {
    for (char& c : text) {
      c = static_cast<char>('0' + number % 10);
      number /= 10;
    }
    text[name_length] = '\0';
  }
};

int failed(const char* what, ULONG figure) {
  crt::print("poolpage: ", what, " ", figure, "\n");
  return 1;
}

bool make_events() {
  for (unsigned i = 0; i < events; ++i) {
    made[i] = CreateEventA(nullptr, TRUE, FALSE, Name(i).text);
    if (made[i] == nullptr || GetLastError() == ERROR_ALREADY_EXISTS) return false;
  }
  return true;
}

/// Writes every page of the region twice, so that it must be in memory once more.
bool press(DWORD bytes, DWORD page) {
  auto* region = static_cast<volatile DWORD*>(
      VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  if (region == nullptr) return false;
  for (DWORD round = 1; round <= 2; ++round) {
    for (DWORD at = 0; at < bytes; at += page) {
      if (region[at / 4] != (round == 1 ? 0 : at + 1)) return false;
      region[at / 4] = at + round;
    }
  }
  return VirtualFree(const_cast<DWORD*>(region), 0, MEM_RELEASE) != FALSE;
}

/// Sets every third event by its name and finds just these set.
bool names_lead_to_events() {
  for (unsigned i = 0; i < events; i += 3) {
    const HANDLE found = OpenEventA(EVENT_MODIFY_STATE, FALSE, Name(i).text);
    if (found == nullptr || !SetEvent(found) || !CloseHandle(found)) return false;
  }
  for (unsigned i = 0; i < events; ++i) {
    const bool is_set = WaitForSingleObject(made[i], 0) == WAIT_OBJECT_0;
    if (is_set != (i % 3 == 0) || !CloseHandle(made[i])) return false;
  }
  return OpenEventA(EVENT_MODIFY_STATE, FALSE, Name(0).text) == nullptr;
}

unsigned number(const char* text) {
  unsigned value = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    value = value * 10 + static_cast<unsigned>(*text - '0');
  }
  return value;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  const DWORD megabytes = argc > 1 ? number(argv[1]) : default_megabytes;
  const Performance empty = performance();
  if (!make_events()) return failed("no event", GetLastError());
  const Performance full = performance();
  const ULONG names = events * name_length * sizeof(WCHAR) / system.dwPageSize;
  if (full.paged_pages < empty.paged_pages + names) return failed("pool", full.paged_pages);
  if (!press(megabytes << 20, system.dwPageSize)) return failed("pressure", megabytes);
  const Performance pressed = performance();
  if (pressed.resident_paged_pages * 4 >= full.paged_pages * 3) {
    return failed("pages still in memory", pressed.resident_paged_pages);
  }
  if (!names_lead_to_events()) return failed("a name is lost", GetLastError());
  const Performance again = performance();
  // The table of handles has grown for good, until the process ends.
  if (again.paged_pages >= full.paged_pages - names / 2) {
    return failed("pool not given back", again.paged_pages);
  }
  crt::print("poolpage: ", events, " names were paged out and came back\n");
  return 0;
}
