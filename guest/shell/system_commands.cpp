// mem and ps.
#include <windows.h>
#include <winternl.h>

#include "guest/crt/paging_files.hpp"
#include "guest/crt/pool_tags.hpp"
#include "guest/crt/print.hpp"
#include "guest/shell/command.hpp"

namespace shell {

namespace {

/// SYSTEM_PROCESS_INFORMATION with the counters the SDK's declaration leaves out.
struct ProcessEntry {
  ULONG next_offset, threads;
  LARGE_INTEGER spare[3], create_time, user_time, kernel_time;
  UNICODE_STRING image_name;
  LONG base_priority;
  ULONG_PTR id, parent_id;
  ULONG handles, spare2[2];
  ULONG peak_virtual_size, virtual_size, page_faults, peak_working_set, working_set;
};

using QuerySystemInformation = NTSTATUS(NTAPI*)(ULONG information_class, void* information,
                                                ULONG length, ULONG* returned);

void print_process(const ProcessEntry& process) {
  crt::print(crt::column(static_cast<unsigned>(process.id), 6), "  ");
  char name[17] = "Idle";
  if (process.image_name.Buffer != nullptr) {
    unsigned length = 0;
    for (; length < 16 && length < process.image_name.Length / sizeof(WCHAR); ++length) {
      name[length] = static_cast<char>(process.image_name.Buffer[length]);
    }
    name[length] = '\0';
  }
  crt::print(crt::column(name, 16), crt::column(process.threads, 7),
             crt::column(process.working_set / 1024, 11), crt::column(process.page_faults, 10),
             "\n");
}

void print_pool() {
  static crt::PoolTags pool;
  if (!crt::query_pool_tags(pool)) {
    crt::print("mem: cannot list the pool\n");
    return;
  }
  crt::print("  tag   allocations     frees  bytes in use\n");
  for (ULONG i = 0; i < pool.count; ++i) {
    const crt::PoolTag& entry = pool.tags[i];
    char name[5] = {};
    for (unsigned c = 0; c < 4; ++c) name[c] = entry.tag[c] < ' ' ? ' ' : entry.tag[c];
    crt::print("  ", crt::column(name, 4),
               crt::column(entry.nonpaged_allocations + entry.paged_allocations, 13),
               crt::column(entry.nonpaged_frees + entry.paged_frees, 10),
               crt::column(entry.nonpaged_used + entry.paged_used, 14), "\n");
  }
}

}  // namespace

void mem(char* arguments) {
  if (lstrcmpiA(arguments, "/pool") == 0) return print_pool();
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  MEMORYSTATUS memory;
  memory.dwLength = sizeof memory;
  GlobalMemoryStatus(&memory);
  const auto kilobytes = [](SIZE_T bytes) {
    return crt::column(static_cast<unsigned>(bytes / 1024), 8);
  };
  crt::print("  page size        ", crt::column(system.dwPageSize, 8), " bytes\n");
  crt::print("  physical memory  ", kilobytes(memory.dwTotalPhys), " KB\n");
  crt::print("  available        ", kilobytes(memory.dwAvailPhys), " KB\n");
  crt::print("  committed        ", kilobytes(memory.dwTotalPageFile - memory.dwAvailPageFile),
             " KB\n");
  crt::print("  commit limit     ", kilobytes(memory.dwTotalPageFile), " KB\n");
  crt::for_each_paging_file([&](const crt::PagingFile& file, const char* name) {
    crt::print("  paging file      ", kilobytes(file.total_size * system.dwPageSize), " KB, ",
               file.in_use * system.dwPageSize / 1024, " KB in use, ", name, "\n");
  });
}

void ps(char*) {
  static constexpr ULONG system_process_information = 5;
  static constexpr DWORD buffer_size = 0x10000;
  const auto query = crt::nt_service<QuerySystemInformation>("NtQuerySystemInformation");
  auto* buffer = static_cast<unsigned char*>(
      VirtualAlloc(nullptr, buffer_size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  if (buffer == nullptr || query(system_process_information, buffer, buffer_size, nullptr) < 0) {
    crt::print("ps: cannot list the processes\n");
  } else {
    crt::print("    id  image           threads  set in KB    faults\n");
    for (ULONG offset = 0;;) {
      const auto* process = reinterpret_cast<const ProcessEntry*>(buffer + offset);
      print_process(*process);
      if (process->next_offset == 0) break;
      offset += process->next_offset;
    }
  }
  VirtualFree(buffer, 0, MEM_RELEASE);
}

}  // namespace shell
