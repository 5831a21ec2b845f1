// Quotas of a process: of the pages that paging files hold for it, of its working set, and of the
// kernel's pool. Whatever needs more than the quota has is refused at once, with a status that says
// why.
#include <windows.h>

#include "guest/programs/child.hpp"
#include "guest/programs/claims.hpp"
#include "guest/programs/native_section.hpp"
#include "guest/programs/process_figures.hpp"

namespace {

using native::Section;
using native::View;

constexpr DWORD quota_exceeded = 0xC000012C, error_quota_exceeded = 567;
constexpr DWORD bad_limit = 0xC000004C, no_resources = 0xC000009A, working_set_quota = 1453;
constexpr SIZE_T no_limit = ~SIZE_T{0};
constexpr DWORD spare = 40;  // pages
DWORD page;                  // bytes

char* commit(DWORD pages) {
  return static_cast<char*>(
      VirtualAlloc(nullptr, pages * page, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
}
bool release(void* region) { return VirtualFree(region, 0, MEM_RELEASE) != 0; }
SIZE_T usage() { return native::vm_counters().pagefile_usage; }
DWORD limit_paging(SIZE_T bytes) { return native::set_quota_limits({0, 0, 0, 0, bytes, {}}); }

bool refused(const void* result) {
  return result == nullptr && GetLastError() == error_quota_exceeded;
}

bool touch(char* region, DWORD pages) {
  bool there = region != nullptr;
  for (DWORD i = 0; there && i < pages; ++i) there = crt::write_byte(region + i * page).none();
  return there;
}

DWORD WINAPI nothing(void*) { return 0; }

/// The services that commit, when there is nothing left to commit.
void claim_refusals(crt::Claims& claim, const View& shared, const Section& section) {
  claim("C4", "a page more is refused", refused(commit(1)));
  void* reserved = VirtualAlloc(nullptr, 64 * page, MEM_RESERVE, PAGE_READWRITE);
  claim("C4", "reserved pages are not charged", reserved != nullptr);
  claim("C4", "to commit one of them is refused",
        refused(VirtualAlloc(reserved, 1, MEM_COMMIT, PAGE_READWRITE)));
  MEMORY_BASIC_INFORMATION info = {};
  VirtualQuery(reserved, &info, sizeof info);
  claim("C4", "and it stays reserved", info.State == MEM_RESERVE);
  release(reserved);
  claim("C4", "so is a view that is copied when written",
        View(section, PAGE_WRITECOPY).status == quota_exceeded);
  claim("C4", "a shared view costs nothing", View(section, PAGE_READWRITE).status == 0);
  DWORD old = 0;
  claim("C4", "to make a view private is refused",
        !VirtualProtect(shared.address(), page, PAGE_WRITECOPY, &old) &&
            GetLastError() == error_quota_exceeded);
  claim("C4", "the view is as it was", crt::write_byte(shared.address()).none());
  claim("C4", "a thread's stack is refused",
        refused(CreateThread(nullptr, 0, nothing, nullptr, 0, nullptr)));
}

/// A child has its parent's quota. With less than any process needs, none begins.
void claim_children(crt::Claims& claim) {
  claim("C4", "a quota may be less than is used", limit_paging(4 * page) == 0);
  SetLastError(0);
  claim("C4", "a process is refused",
        CommandLine("quota.exe").add("child").start() == nullptr &&
            GetLastError() == error_quota_exceeded);
  using Create = DWORD(WINAPI*)(HANDLE*, HANDLE*, DWORD, DWORD, void*, void*, DWORD, DWORD, void*,
                                void*, void*);
  HANDLE process = nullptr, thread = nullptr;
  claim("C4", "so is a clone",
        native::service<Create>("NtCreateUserProcess")(
            &process, &thread, PROCESS_ALL_ACCESS, THREAD_ALL_ACCESS, nullptr, nullptr, 0, 0,
            nullptr, nullptr, nullptr) == quota_exceeded);
}

void claim_paging_quota(crt::Claims& claim) {
  const Section section(4 * page, PAGE_READWRITE, native::SEC_COMMIT_);
  const View shared(section, PAGE_READWRITE);
  shared.words[0] = 1;
  claim("C4", "there is no quota at first", native::quota_limits().pagefile == no_limit);
  const SIZE_T before = usage();
  claim("C4", "a quota can be set",
        limit_paging(before + spare * page) == 0 &&
            native::quota_limits().pagefile == before + spare * page);
  claim("C4", "more than it has at once is refused", refused(commit(spare + 1)));
  claim("C4", "a refusal charges nothing", usage() == before);
  char* all = commit(spare);
  claim("C4", "as much as it has is granted", all != nullptr);
  claim("C4", "and charged before it is touched", usage() == before + spare * page);
  claim("C4", "what was granted is there", touch(all, spare));
  claim_refusals(claim, shared, section);
  claim("C4", "pages that are decommitted can be had again",
        VirtualFree(all, 2 * page, MEM_DECOMMIT) &&
            VirtualAlloc(all, page, MEM_COMMIT, PAGE_READWRITE) != nullptr);
  claim_children(claim);
  claim("C4", "what is charged can be given back", release(all) && usage() < before + 2 * page);
  claim("C4", "the peak is remembered",
        native::vm_counters().peak_pagefile_usage >= before + spare * page);
  claim("C4", "a quota can be lifted",
        limit_paging(no_limit) == 0 && native::quota_limits().pagefile == no_limit);
  all = commit(2 * spare);
  claim("C4", "then there is memory again", all != nullptr && release(all));
  const HANDLE child = CommandLine("quota.exe").add("child").start();
  claim("C4", "and processes", child != nullptr && wait_for(child) == 42);
}

DWORD limit_working_set(DWORD least, DWORD most) {
  return native::set_quota_limits({0, 0, least * page, most * page, 0, {}});
}

void claim_working_set_quota(crt::Claims& claim) {
  claim("C5", "limits of the working set can be set", limit_working_set(40, 90) == 0);
  const native::QuotaLimits limits = native::quota_limits();
  claim("C5", "and are told",
        limits.minimum_working_set == 40 * page && limits.maximum_working_set == 90 * page);
  claim("C5", "the minimum is at most the maximum", limit_working_set(50, 45) == bad_limit);
  claim("C5", "no more can be guaranteed than there is",
        limit_working_set(0x40000, 0x50000) == no_resources);
  char* region = commit(160);
  const bool plentiful = touch(region, 160);
  claim("C3", "while memory is plentiful a working set outgrows its maximum",
        plentiful && native::vm_counters().working_set > 150 * page);
  claim("C5", "beyond the minimum nothing is locked",
        !VirtualLock(region, 41 * page) && GetLastError() == working_set_quota);
  claim("C5", "as much as the minimum is", VirtualLock(region, 40 * page) != 0);
  claim("C5", "the minimum can't be less than what is locked",
        limit_working_set(30, 90) == bad_limit);
  const SIZE_T before = native::vm_counters().working_set;
  claim("C5", "an emptied working set has what is locked",
        native::set_quota_limits({0, 0, no_limit, no_limit, 0, {}}) == 0 &&
            native::vm_counters().working_set >= 40 * page &&
            native::vm_counters().working_set <= before);
  release(region);
}

DWORD limit_pool(SIZE_T paged, SIZE_T nonpaged) {
  return native::set_quota_limits({paged, nonpaged, 0, 0, 0, {}});
}
SIZE_T paged_pool() { return native::vm_counters().pool[1]; }
SIZE_T nonpaged_pool() { return native::vm_counters().pool[3]; }
bool refused_for_pool(const void* result) {
  constexpr DWORD not_enough_quota = 1816;
  return result == nullptr && GetLastError() == not_enough_quota;
}

/// Events until one is refused, or all of them.
struct Events {
  static constexpr DWORD most = 100;
  HANDLE handles[most];
  DWORD count = 0;
  bool refused = false;
  Events() {
    while (count < most && !refused) {
      handles[count] = CreateEventA(nullptr, TRUE, FALSE, nullptr);
      if (handles[count] != nullptr) {
        ++count;
      } else {
        refused = true;
      }
    }
  }
  void close() {
    while (count != 0) CloseHandle(handles[--count]);
  }
};

/// A process pays for its objects and regions with nonpaged pool, for its handles with paged pool.
void claim_pool_quota(crt::Claims& claim) {
  const SIZE_T before = nonpaged_pool();
  claim("E3", "a process pays for pool", before != 0 && paged_pool() != 0);
  claim("E3", "a quota of nonpaged pool can be set",
        limit_pool(0, before + 1000) == 0 && native::quota_limits().nonpaged_pool == before + 1000);
  Events events;
  claim("E3", "an object more is refused", events.refused && refused_for_pool(nullptr));
  claim("E3", "the others are charged",
        events.count != 0 && nonpaged_pool() > before && nonpaged_pool() <= before + 1000);
  void* regions[64];
  DWORD count = 0;
  while (count < 64 && (regions[count] = VirtualAlloc(nullptr, 1, MEM_RESERVE, PAGE_NOACCESS))) {
    ++count;
  }
  claim("E3", "so is a region", count < 64 && refused_for_pool(nullptr));
  while (count != 0) release(regions[--count]);
  events.close();
  claim("E3", "what was charged is given back", nonpaged_pool() == before);
  claim("E3", "a quota of paged pool can be set", limit_pool(paged_pool(), no_limit) == 0);
  Events handles;
  claim("E3", "more handles than the table has are refused",
        handles.refused && refused_for_pool(nullptr));
  handles.close();
  claim("E3", "both quotas can be lifted",
        limit_pool(no_limit, no_limit) == 0 && native::quota_limits().paged_pool == no_limit);
  Events all;
  claim("E3", "then there are as many as one likes", !all.refused);
  all.close();
}

/// Last: the stack has no guard any more.
void claim_stack(crt::Claims& claim) {
  DWORD limit;
  asm volatile("movl %%fs:8, %0" : "=r"(limit));
  limit_paging(usage());
  const DWORD code = crt::write_byte(reinterpret_cast<void*>(limit - page)).code;
  limit_paging(no_limit);
  claim("C4", "a stack that can't grow is STATUS_STACK_OVERFLOW",
        code == static_cast<DWORD>(STATUS_STACK_OVERFLOW));
}

}  // namespace

extern "C" int main(int argc, char**) {
  if (argc == 2) return 42;
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  page = system.dwPageSize;
  crt::Claims claim("quota");
  claim_paging_quota(claim);
  claim_pool_quota(claim);
  claim_working_set_quota(claim);
  claim_stack(claim);
  return claim.finish();
}
