// !vm, !memusage and !pool: what memory is used for.
#pragma once

#include "debugger/nt/json_hex.hpp"
#include "debugger/nt/nt_system.hpp"

namespace faultline::nt {

struct PagingFileUse {
  u32 number = 0, pages = 0, free = 0;
};

struct VmReport {
  u32 physical = 0;  // pages, as are all
  u32 zeroed = 0, free = 0, standby = 0, modified = 0, bad = 0;
  u32 available() const { return zeroed + free + standby; }
  u32 floor = 0;  // the last pages are the kernel's
  u32 resident_available = 0;
  u32 committed = 0, commit_limit = 0, peak_commitment = 0;
  u32 pool_pages[2] = {};  // nonpaged, paged
  std::vector<PagingFileUse> paging_files;
  struct Process {
    ProcessView process;
    u32 commit_charge = 0, working_set = 0;
  };
  std::vector<Process> processes;
};

/// What a frame is counted for.
struct MemoryUser {
  std::string name;  // a process, a file
  u32 valid = 0, standby = 0, modified = 0, page_tables = 0;
  u32 total() const { return valid + standby + modified + page_tables; }
};

struct MemusageReport {
  u32 by_location[8] = {};  // frames, by page_location
  u32 total = 0;
  std::vector<MemoryUser> processes;  // private pages
  std::vector<MemoryUser> sections;   // by their file
  u32 kernel = 0;                     // the rest of what is active
};

struct PoolReport {
  struct Tag {
    std::string tag;
    u32 allocations = 0, frees = 0, bytes = 0;
  };
  struct Pool {
    std::string_view name;
    u32 pages = 0, allocations = 0, frees = 0;
    std::vector<Tag> tags;  // by bytes in use, the most first
  };
  std::vector<Pool> pools;  // nonpaged, paged
};

VmReport report_vm(const NtSystem& system);
/// Throws NtError when the structures lead out of memory.
MemusageReport report_memusage(const NtSystem& system, u32 data_block);
PoolReport report_pool(const NtSystem& system);

std::string to_text(const VmReport& report);
std::string to_text(const MemusageReport& report);
std::string to_text(const PoolReport& report);
Json to_json(const VmReport& report);
Json to_json(const MemusageReport& report);
Json to_json(const PoolReport& report);

}  // namespace faultline::nt
