// The kernel's pool by tag, as NtQuerySystemInformation lists it.
#pragma once

#include "guest/crt/paging_files.hpp"

namespace crt {

/// SYSTEM_POOLTAG; allocations and frees count since start-up, used is in bytes.
struct PoolTag {
  char tag[4];
  ULONG paged_allocations, paged_frees, paged_used;
  ULONG nonpaged_allocations, nonpaged_frees, nonpaged_used;
};

struct PoolTags {
  static constexpr ULONG capacity = 128;
  ULONG count;
  PoolTag tags[capacity];
};

inline bool query_pool_tags(PoolTags& into) {
  using Query = NTSTATUS(NTAPI*)(ULONG, void*, ULONG, ULONG*);
  static constexpr ULONG system_pool_tag_information = 22;
  const auto query = nt_service<Query>("NtQuerySystemInformation");
  return query(system_pool_tag_information, &into, sizeof into, nullptr) >= 0;
}

}  // namespace crt
