// Does a process leave anything in the kernel's pool? `pooltags` runs 100 processes, one after
// another, and compares what each tag has in use before and after; `pooltags N` runs N, `pooltags
// keep N` keeps their handles, which must show. Ends with 0 when nothing was left and the tags'
// figures are the pool's.
#include <windows.h>

#include "guest/crt/pool_tags.hpp"
#include "guest/crt/print.hpp"

namespace {

constexpr unsigned default_processes = 100, warm_up = 4;
constexpr DWORD settle = 200;  // ms, in which the last thread's remains are cleared away

crt::PoolTags before, after;

/// SYSTEM_PERFORMANCE_INFORMATION.
struct Performance {
  LARGE_INTEGER times[4];
  ULONG operations[3], memory[17];
  ULONG paged_pages, nonpaged_pages, paged_allocations, paged_frees, nonpaged_allocations,
      nonpaged_frees, rest[44];
};
static_assert(sizeof(Performance) == 312);

/// While the tags are listed, the list itself is a block more. Others may use the pool between the
/// two questions: a few attempts.
bool tags_add_up() {
  using Query = NTSTATUS(NTAPI*)(ULONG, void*, ULONG, ULONG*);
  const auto query = crt::nt_service<Query>("NtQuerySystemInformation");
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  static crt::PoolTags pool;
  for (unsigned attempt = 0; attempt < 10; ++attempt) {
    Performance figures;
    if (query(2, &figures, sizeof figures, nullptr) < 0 || !crt::query_pool_tags(pool))
      return false;
    ULONG allocations = 0, frees = 0, bytes = 0;
    for (ULONG i = 0; i < pool.count; ++i) {
      const crt::PoolTag& tag = pool.tags[i];
      allocations += tag.nonpaged_allocations + tag.paged_allocations;
      frees += tag.nonpaged_frees + tag.paged_frees;
      bytes += tag.nonpaged_used + tag.paged_used;
    }
    const ULONG pages = figures.paged_pages + figures.nonpaged_pages;
    if (allocations == figures.nonpaged_allocations + figures.paged_allocations + 1 &&
        frees == figures.nonpaged_frees + figures.paged_frees && bytes != 0 &&
        bytes <= (pages + 1) * system.dwPageSize) {
      return true;
    }
  }
  crt::print("pooltags: the tags are not the pool\n");
  return false;
}

/// Reserves, commits in two page tables, writes; leaves all clearing up to the kernel.
int child() {
  auto* region =
      static_cast<volatile char*>(VirtualAlloc(nullptr, 0x2000000, MEM_RESERVE, PAGE_READWRITE));
  if (region == nullptr) return 1;
  for (DWORD at = 0; at < 0x2000000; at += 0x1800000) {
    char* page = const_cast<char*>(region) + at;
    if (VirtualAlloc(page, 1, MEM_COMMIT, PAGE_READWRITE) == nullptr) return 2;
    region[at] = 1;
  }
  return CreateEventA(nullptr, TRUE, FALSE, nullptr) != nullptr ? 0 : 3;
}

bool run_child(bool keep) {
  char line[] = "pooltags.exe child";
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  if (!CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                      &process)) {
    return false;
  }
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD code = 1;
  const bool ended = GetExitCodeProcess(process.hProcess, &code) && code == 0;
  if (!keep) {
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
  }
  return ended;
}

bool run_children(unsigned count, bool keep) {
  for (unsigned i = 0; i < count; ++i) {
    if (!run_child(keep)) return false;
  }
  Sleep(settle);
  return true;
}

ULONG used(const crt::PoolTag& tag) { return tag.nonpaged_used + tag.paged_used; }

/// Tags keep their place in the list; one that came in between had nothing before.
unsigned report_leaks() {
  unsigned leaks = 0;
  for (ULONG i = 0; i < after.count; ++i) {
    const ULONG was = i < before.count ? used(before.tags[i]) : 0;
    const ULONG is = used(after.tags[i]);
    if (is <= was) continue;
    const char* tag = after.tags[i].tag;
    const char name[] = {tag[0], tag[1], tag[2], tag[3], '\0'};
    crt::print("pooltags: ", static_cast<const char*>(name), " ", was, " -> ", is, " bytes\n");
    ++leaks;
  }
  return leaks;
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
  if (argc == 2 && argv[1][0] == 'c') return child();
  const bool keep = argc == 3;
  const unsigned count = argc >= 2 ? number(argv[argc - 1]) : default_processes;
  if (!run_children(warm_up, false) || !crt::query_pool_tags(before)) return 2;
  if (!run_children(count, keep) || !crt::query_pool_tags(after)) return 3;
  if (report_leaks() != 0 || !tags_add_up()) return 1;
  crt::print("pooltags: ", count, " processes left nothing\n");
  return 0;
}
