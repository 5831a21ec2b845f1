// VirtualLock: what it accepts, how many pages, and that locked pages stay. `lock all` locks as
// much memory as the system lets go of, works on in what is left, and starts another such process.
// Ends with 0 when everything was as it should be; else with the line that was not.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

constexpr DWORD not_locked = 158, no_access = 998, no_resources = 1450, quota = 1453;
constexpr DWORD guard_page = 0x80000001;  // the exception's code

/// The line of the first check that failed.
int failed_line = 0;
void check(bool holds, int line) {
  if (!holds && failed_line == 0) failed_line = line;
}
#define CHECK(condition) check(condition, __LINE__)

DWORD page_size() {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  return system.dwPageSize;
}

char* commit(DWORD pages, DWORD protection = PAGE_READWRITE) {
  return static_cast<char*>(
      VirtualAlloc(nullptr, pages * page_size(), MEM_RESERVE | MEM_COMMIT, protection));
}
void release(void* region) { CHECK(VirtualFree(region, 0, MEM_RELEASE)); }

bool lock_fails(void* address, DWORD size, DWORD error) {
  return !VirtualLock(address, size) && GetLastError() == error;
}
bool unlock_fails(void* address, DWORD size, DWORD error) {
  return !VirtualUnlock(address, size) && GetLastError() == error;
}

struct VmCounters {
  DWORD peak_virtual_size, virtual_size, page_faults, rest[8];
};

/// Faults of this process so far; no Win32 function of this age tells.
DWORD page_faults() {
  using Query = LONG(WINAPI*)(HANDLE, LONG, void*, DWORD, DWORD*);
  static const auto query = reinterpret_cast<Query>(reinterpret_cast<void*>(
      GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQueryInformationProcess")));
  VmCounters counters = {};
  query(GetCurrentProcess(), 3, &counters, sizeof counters, nullptr);
  return counters.page_faults;
}

void empty_working_set() {
  CHECK(SetProcessWorkingSetSize(GetCurrentProcess(), static_cast<SIZE_T>(-1),
                                 static_cast<SIZE_T>(-1)));
}

DWORD minimum_pages() {
  SIZE_T least, most;
  CHECK(GetProcessWorkingSetSize(GetCurrentProcess(), &least, &most));
  CHECK(least < most);
  return least / page_size();
}

void check_ranges() {
  const DWORD page = page_size();
  char* region = commit(4);
  // Two bytes over a boundary are two pages; a page has no lock count.
  CHECK(VirtualLock(region + page - 1, 2));
  CHECK(VirtualLock(region, page));
  CHECK(VirtualUnlock(region, page));
  CHECK(unlock_fails(region, page, not_locked));
  CHECK(unlock_fails(region + page, 2 * page, not_locked));  // all of them or none
  CHECK(VirtualUnlock(region + page, 1));
  CHECK(unlock_fails(region + 2 * page, 1, not_locked));
  // Committed pages only, and nothing stays locked when one of a range can't be.
  CHECK(VirtualFree(region + 2 * page, page, MEM_DECOMMIT));
  CHECK(lock_fails(region, 4 * page, no_access));
  CHECK(unlock_fails(region, page, not_locked));
  DWORD old;
  CHECK(VirtualProtect(region, page, PAGE_NOACCESS, &old));
  CHECK(lock_fails(region, page, no_access));
  CHECK(VirtualProtect(region, page, PAGE_READWRITE | PAGE_GUARD, &old));
  CHECK(lock_fails(region, page, guard_page));
  CHECK(VirtualLock(region, page));  // the guard has done its work
  // What makes a locked page invalid unlocks it.
  CHECK(VirtualProtect(region, page, PAGE_NOACCESS, &old));
  CHECK(VirtualProtect(region, page, PAGE_READWRITE, &old));
  CHECK(unlock_fails(region, page, not_locked));
  CHECK(VirtualLock(region, page));
  release(region);
}

/// As many pages as the minimum working set has.
void check_limit() {
  const DWORD page = page_size(), minimum = minimum_pages();
  char* region = commit(2 * minimum);
  CHECK(lock_fails(region, (minimum + 1) * page, quota));
  DWORD count = 0;
  while (count < 2 * minimum && VirtualLock(region + count * page, page)) ++count;
  CHECK(GetLastError() == quota);
  CHECK(count == minimum);
  crt::print("lock: ", count, " pages\n");
  CHECK(VirtualLock(region, page));  // one that is locked already costs nothing
  CHECK(VirtualUnlock(region, 2 * page));
  CHECK(VirtualLock(region + count * page, 2 * page));
  CHECK(lock_fails(region, page, quota));
  release(region);
  region = commit(1);  // what was locked is no longer counted
  CHECK(VirtualLock(region, 1));
  release(region);
}

void check_minimum() {
  const DWORD page = page_size(), minimum = minimum_pages();
  const HANDLE self = GetCurrentProcess();
  CHECK(SetProcessWorkingSetSize(self, (minimum + 10) * page, (minimum + 100) * page));
  CHECK(minimum_pages() == minimum + 10);
  char* region = commit(minimum + 10);
  CHECK(VirtualLock(region, (minimum + 10) * page));
  CHECK(!SetProcessWorkingSetSize(self, minimum * page, (minimum + 100) * page));
  CHECK(!SetProcessWorkingSetSize(self, (minimum + 10) * page, minimum * page));
  release(region);
  CHECK(!SetProcessWorkingSetSize(self, 0x20000000, 0x30000000) && GetLastError() == no_resources);
  CHECK(minimum_pages() == minimum + 10);
  CHECK(SetProcessWorkingSetSize(self, minimum * page, (minimum + 100) * page));
}

/// Locked pages do not fault when the working set has been emptied, others do.
void check_residence() {
  const DWORD page = page_size();
  volatile char* region = commit(8);
  for (DWORD i = 0; i < 8; ++i) region[i * page] = static_cast<char>(i);
  CHECK(VirtualLock(const_cast<char*>(region), 4 * page));
  empty_working_set();
  page_faults();  // its own code and data are back
  DWORD before = page_faults();
  for (DWORD i = 0; i < 4; ++i) CHECK(region[i * page] == static_cast<char>(i));
  CHECK(page_faults() == before);
  before = page_faults();
  for (DWORD i = 4; i < 8; ++i) CHECK(region[i * page] == static_cast<char>(i));
  CHECK(page_faults() == before + 4);
  release(const_cast<char*>(region));
}

/// Raises the minimum until it is refused; returns the pages it reached.
DWORD take_all_memory() {
  const DWORD page = page_size();
  DWORD pages = minimum_pages();
  for (DWORD step = 256; step != 0; step /= 2) {
    while (SetProcessWorkingSetSize(GetCurrentProcess(), (pages + step) * page,
                                    (pages + step + 100) * page)) {
      pages += step;
    }
    CHECK(GetLastError() == no_resources);
  }
  return pages;
}

/// What is left still does: four times as many pages as are locked, through the paging file.
bool works_in_the_rest(DWORD pages) {
  const DWORD words = page_size() / sizeof(DWORD);
  auto* region = reinterpret_cast<DWORD*>(commit(pages));
  if (region == nullptr) return false;
  for (DWORD i = 0; i < pages; ++i) region[i * words] = i * 2654435761u;
  for (DWORD i = 0; i < pages; ++i) {
    if (region[i * words] != i * 2654435761u) return false;
  }
  release(region);
  return true;
}

int lock_everything() {
  const DWORD page = page_size(), minimum = take_all_memory();
  char* region = commit(minimum);
  CHECK(region != nullptr);
  DWORD count = 0;
  while (VirtualLock(region + count * page, page)) ++count;
  CHECK(GetLastError() == quota || GetLastError() == no_resources);
  // The kernel needs a few to write a line to the console.
  count -= 16;
  CHECK(VirtualUnlock(region + count * page, 16 * page));
  CHECK(SetProcessWorkingSetSize(GetCurrentProcess(), (minimum - 20) * page, minimum * page));
  crt::print("lock: ", count, " pages of ", minimum, "\n");
  CHECK(count > 100);
  for (DWORD i = 0; i < count; ++i) region[i * page] = static_cast<char>(i);
  CHECK(works_in_the_rest(600));
  // Nothing is left for another process, and it is told so.
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  char line[] = "lock.exe";
  const bool started = CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr,
                                      &startup, &process) != FALSE;
  crt::print("lock: another process: error ", started ? 0 : GetLastError(), "\n");
  CHECK(!started);
  for (DWORD i = 0; i < count; ++i) CHECK(region[i * page] == static_cast<char>(i));
  CHECK(VirtualUnlock(region, count * page));
  CHECK(SetProcessWorkingSetSize(GetCurrentProcess(), 20 * page, 200 * page));
  CHECK(works_in_the_rest(600));
  return failed_line;
}

}  // namespace

extern "C" int main(int argc, char**) {
  if (argc == 2) return lock_everything();
  check_ranges();
  check_limit();
  check_minimum();
  check_residence();
  return failed_line;
}
