// Big sparse address spaces: each process touches one page in each of many page tables, so that the
// page tables themselves are paged. `sparse` runs 4 processes with 300 page tables each; `sparse N
// TABLES` N processes; the processes themselves are `sparse worker TABLES SEED`. Ends with 0 when
// no word was lost and every service saw what there is.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

constexpr unsigned most_workers = 16, default_workers = 4, default_tables = 300;
constexpr DWORD most_bytes = 0x60000000;  // three quarters of the address space

struct Space {
  char* base;
  DWORD page, span, tables;  // bytes that a page table maps

  DWORD index_of(DWORD table) const { return table * 37 % (span / page); }
  char* page_of(DWORD table) const { return base + table * span + index_of(table) * page; }
};

DWORD pattern(DWORD table, DWORD seed, DWORD pass) {
  return (table * 2654435761u + seed * 40503u) ^ pass * 2246822519u;
}

void write(const Space& space, DWORD table, DWORD seed, DWORD pass) {
  auto* words = reinterpret_cast<DWORD*>(space.page_of(table));
  words[0] = words[space.page / 4 - 1] = pattern(table, seed, pass);
}
bool holds(const Space& space, DWORD table, DWORD value) {
  const auto* words = reinterpret_cast<const DWORD*>(space.page_of(table));
  return words[0] == value && words[space.page / 4 - 1] == value;
}

/// Before the page, the page itself, behind it.
bool query_finds(const Space& space, DWORD table, DWORD protect) {
  MEMORY_BASIC_INFORMATION info;
  char* at = space.page_of(table);
  if (VirtualQuery(at, &info, sizeof info) == 0 || info.State != MEM_COMMIT ||
      info.RegionSize != space.page || info.Protect != protect ||
      info.AllocationBase != space.base) {
    return false;
  }
  if (VirtualQuery(at + space.page, &info, sizeof info) == 0 || info.State != MEM_RESERVE) {
    return false;
  }
  // Up to the next table's page.
  return table + 1 == space.tables ||
         info.RegionSize == static_cast<DWORD>(space.page_of(table + 1) - at) - space.page;
}

/// The exit code: 0, or what went wrong.
int worker(DWORD tables, DWORD seed) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  Space space = {nullptr, system.dwPageSize, system.dwPageSize / 4 * system.dwPageSize, tables};
  if (space.tables > most_bytes / space.span) space.tables = most_bytes / space.span;
  space.base = static_cast<char*>(
      VirtualAlloc(nullptr, space.tables * space.span, MEM_RESERVE, PAGE_READWRITE));
  if (space.base == nullptr) return 2;
  for (DWORD i = 0; i < space.tables; ++i) {
    if (VirtualAlloc(space.page_of(i), space.page, MEM_COMMIT, PAGE_READWRITE) == nullptr) return 3;
    if (!holds(space, i, 0)) return 4;
    write(space, i, seed, 0);
  }
  for (DWORD pass = 0; pass < 2; ++pass) {
    for (DWORD i = 0; i < space.tables; ++i) {
      if (!holds(space, i, pattern(i, seed, pass))) return 5;
      write(space, i, seed, pass + 1);
    }
  }
  for (DWORD i = 0; i < space.tables; i += 3) {
    DWORD old;
    if (!VirtualProtect(space.page_of(i), space.page, PAGE_READONLY, &old)) return 6;
    if (old != PAGE_READWRITE) return 7;
  }
  for (DWORD i = 0; i < space.tables; ++i) {
    if (!query_finds(space, i, i % 3 == 0 ? PAGE_READONLY : PAGE_READWRITE)) return 8;
  }
  // One call over half of all page tables.
  const DWORD half = space.tables / 2;
  if (!VirtualFree(space.base, half * space.span, MEM_DECOMMIT)) return 9;
  MEMORY_BASIC_INFORMATION info;
  if (VirtualQuery(space.base, &info, sizeof info) == 0 || info.State != MEM_RESERVE) return 10;
  if (info.RegionSize != half * space.span + space.index_of(half) * space.page) return 11;
  for (DWORD i = half; i < space.tables; ++i) {
    if (!holds(space, i, pattern(i, seed, 2))) return 12;
  }
  return VirtualFree(space.base, 0, MEM_RELEASE) ? 0 : 13;
}

void append(char*& to, const char* text) {
  while (*text != '\0') *to++ = *text++;
}
void append(char*& to, unsigned value) {
  if (value >= 10) append(to, value / 10);
  *to++ = static_cast<char>('0' + value % 10);
}

HANDLE start_worker(unsigned tables, unsigned seed) {
  char line[64];
  char* to = line;
  append(to, "sparse.exe worker ");
  append(to, tables);
  append(to, " ");
  append(to, seed);
  *to = '\0';
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  if (!CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                      &process)) {
    return nullptr;
  }
  CloseHandle(process.hThread);
  return process.hProcess;
}

unsigned number(const char* text) {
  unsigned value = 0;
  for (; *text >= '0' && *text <= '9'; ++text)
    value = value * 10 + static_cast<unsigned>(*text - '0');
  return value;
}

int run_workers(unsigned count, unsigned tables) {
  HANDLE processes[most_workers];
  for (unsigned i = 0; i < count; ++i) processes[i] = start_worker(tables, i + 1);
  unsigned failures = 0;
  for (unsigned i = 0; i < count; ++i) {
    DWORD code = 99;
    if (processes[i] != nullptr) {
      WaitForSingleObject(processes[i], INFINITE);
      GetExitCodeProcess(processes[i], &code);
    }
    if (code == 0) continue;
    crt::print("sparse: process ", i, " ends with ", crt::hex(code), "\n");
    ++failures;
  }
  crt::print("sparse: ", count - failures, " of ", count, " processes verified\n");
  return failures == 0 ? 0 : 1;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 4 && argv[1][0] == 'w') return worker(number(argv[2]), number(argv[3]));
  const unsigned count = argc == 3 ? number(argv[1]) : default_workers;
  if ((argc != 1 && argc != 3) || count == 0 || count > most_workers) {
    crt::print("usage: sparse [PROCESSES TABLES]\n");
    return 64;
  }
  return run_workers(count, argc == 3 ? number(argv[2]) : default_tables);
}
