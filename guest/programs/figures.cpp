// Figures that add up: what NtQuerySystemInformation, NtQueryInformationProcess and
// GlobalMemoryStatus say agrees, before and after memory is reserved, committed, touched, shared,
// copied and given back.
#include <windows.h>

#include "guest/programs/claims.hpp"
#include "guest/programs/native_section.hpp"
#include "guest/programs/process_figures.hpp"

namespace {

constexpr const char* sums = "figures";
constexpr DWORD pages = 100, touched = 60, copied = 4;
/// Others have pages, too: the pool, page tables, a process that writes what is dirty.
constexpr DWORD little = 8;
DWORD page;  // bytes

struct Performance {
  LARGE_INTEGER idle_time, bytes[3];
  ULONG operations[3];
  ULONG available, committed, limit, peak;
  ULONG faults, copies_on_write, transitions, cache_transitions, demand_zero, rest[58];
};
static_assert(sizeof(Performance) == 312);

template <class T>
bool query(ULONG which, T& result, ULONG& size) {
  using Query = NTSTATUS(NTAPI*)(ULONG, void*, ULONG, ULONG*);
  static const auto service = crt::nt_service<Query>("NtQuerySystemInformation");
  return service(which, &result, sizeof result, &size) >= 0;
}

struct Moment {
  Performance system = {};
  native::VmCounters own = native::vm_counters();
  MEMORYSTATUS memory = {};
  Moment() {
    ULONG size;
    memory.dwLength = sizeof memory;
    GlobalMemoryStatus(&memory);
    query(2, system, size);
  }
};

/// Sums over all processes.
struct Processes {
  SIZE_T pagefile_usage = 0, private_pages = 0, working_set = 0, own = 0;
  bool told = false;
  Processes() {
    static DWORD list[0x2000];
    ULONG size = 0;
    told = query(5, list, size);
    const char* at = reinterpret_cast<const char*>(list);
    for (bool last = !told; !last;) {
      const auto* record = reinterpret_cast<const DWORD*>(at);
      native::VmCounters counters;
      const auto* from = reinterpret_cast<const DWORD*>(at + 0x58);
      auto* to = reinterpret_cast<DWORD*>(&counters);
      for (unsigned i = 0; i < sizeof counters / sizeof *to; ++i) to[i] = from[i];
      pagefile_usage += counters.pagefile_usage;
      working_set += counters.working_set;
      private_pages += record[0x84 / 4];
      if (record[0x44 / 4] == GetCurrentProcessId()) own = counters.pagefile_usage;
      last = record[0] == 0;
      at += record[0];
    }
  }
};

bool about(DWORD value, DWORD expected) {
  return value + little >= expected && value <= expected + little;
}

void claim_totals(crt::Claims& claim) {
  const Moment now;
  const Processes processes;
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  DWORD in_files = 0, free_in_files = 0;
  crt::for_each_paging_file([&](const crt::PagingFile& file, const char*) {
    in_files += file.total_size;
    free_in_files += file.total_size - file.in_use;
  });
  const Performance& system = now.system;
  claim(sums, "some memory is available, and not more than there is",
        system.available != 0 && system.available * page < now.memory.dwTotalPhys);
  claim(sums, "the limit is at most memory and paging files",
        system.limit <= now.memory.dwTotalPhys / page + in_files);
  claim(sums, "no more is committed than the limit",
        system.committed <= system.peak && system.peak <= system.limit);
  claim(sums, "GlobalMemoryStatus says the same",
        now.memory.dwTotalPageFile == system.limit * page &&
            about(now.memory.dwAvailPageFile / page, system.limit - system.committed) &&
            about(now.memory.dwAvailPhys / page, system.available));
  claim(sums, "what is uncommitted has room in memory and paging files",
        system.limit - system.committed <= now.memory.dwTotalPhys / page + free_in_files);
  claim(sums, "every process tells its figures", processes.told && processes.own != 0);
  claim(sums, "its list says of this process what it says itself",
        about(processes.own / page, now.own.pagefile_usage / page));
  claim(sums, "the processes' charges are part of the system's",
        processes.pagefile_usage / page <= system.committed &&
            processes.pagefile_usage == processes.private_pages * page);
  claim(sums, "working sets lie in memory that is not available",
        processes.working_set / page + little >= now.own.working_set / page &&
            now.own.working_set / page <= now.memory.dwTotalPhys / page - system.available);
  claim(sums, "kinds of faults are part of the faults",
        system.demand_zero + system.transitions + system.copies_on_write <= system.faults &&
            now.own.page_faults <= system.faults);
}

void claim_private_memory(crt::Claims& claim) {
  const Moment before;
  auto* region =
      static_cast<char*>(VirtualAlloc(nullptr, pages * page, MEM_RESERVE, PAGE_READWRITE));
  const Moment reserved;
  claim(sums, "reserved pages count as addresses only",
        reserved.own.virtual_size == before.own.virtual_size + pages * page &&
            reserved.memory.dwAvailVirtual == before.memory.dwAvailVirtual - pages * page &&
            reserved.system.committed == before.system.committed &&
            reserved.own.pagefile_usage == before.own.pagefile_usage);
  VirtualAlloc(region, pages * page, MEM_COMMIT, PAGE_READWRITE);
  const Moment committed;
  const DWORD charge = committed.system.committed - before.system.committed;
  claim(sums, "committed pages are charged, and page tables",
        charge >= pages && charge <= pages + 2 &&
            committed.own.pagefile_usage == before.own.pagefile_usage + charge * page);
  claim(sums, "but take no memory", about(committed.system.available, before.system.available));
  for (DWORD i = 0; i < touched; ++i) region[i * page] = 1;
  const Moment used;
  claim(sums, "each page touched is a demand-zero fault",
        used.own.page_faults - committed.own.page_faults >= touched &&
            about(used.system.demand_zero - committed.system.demand_zero, touched));
  claim(sums, "that takes a page of memory into the working set",
        about(committed.system.available - used.system.available, touched) &&
            about((used.own.working_set - committed.own.working_set) / page, touched));
  claim(sums, "and charges nothing more",
        about(used.system.committed, committed.system.committed) &&
            used.own.pagefile_usage == committed.own.pagefile_usage);
  VirtualFree(region, touched / 2 * page, MEM_DECOMMIT);
  const Moment half;
  claim(sums, "decommitted pages come back",
        about(half.system.committed, used.system.committed - touched / 2) &&
            about(half.system.available, used.system.available + touched / 2));
  VirtualFree(region, 0, MEM_RELEASE);
  const Moment after;
  claim(sums, "released, all is as it was",
        about(after.system.committed, before.system.committed) &&
            after.own.pagefile_usage == before.own.pagefile_usage &&
            after.own.virtual_size == before.own.virtual_size &&
            about(after.system.available, before.system.available));
}

void claim_sections(crt::Claims& claim) {
  const Moment before;
  {
    const native::Section section(pages * page, PAGE_READWRITE, native::SEC_COMMIT_);
    const Moment made;
    claim(sums, "a section is charged once, to no process",
          about(made.system.committed - before.system.committed, pages) &&
              made.own.pagefile_usage == before.own.pagefile_usage);
    const native::View view(section, PAGE_READWRITE), copy(section, PAGE_WRITECOPY);
    const Moment mapped;
    claim(sums, "a view that may be copied is charged to its process",
          mapped.own.pagefile_usage == made.own.pagefile_usage + pages * page &&
              about(mapped.system.committed - made.system.committed, pages));
    for (DWORD i = 0; i < copied; ++i) copy.words[i * page / 4] = i;
    const Moment written;
    claim(sums, "each copy is counted",
          written.system.copies_on_write == mapped.system.copies_on_write + copied);
    claim(sums, "and was charged beforehand",
          (written.own.pagefile_usage - mapped.own.pagefile_usage) / page <= 2);
  }
  const Moment after;
  claim(sums, "without sections all is as it was",
        about(after.system.committed, before.system.committed) &&
            after.own.pagefile_usage == before.own.pagefile_usage &&
            about(after.system.available, before.system.available));
}

}  // namespace

extern "C" int main() {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  page = system.dwPageSize;
  crt::Claims claim("figures");
  claim_totals(claim);
  claim_private_memory(claim);
  claim_sections(claim);
  claim_totals(claim);
  return claim.finish();
}
