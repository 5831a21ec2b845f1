// What the system tells of a process's memory, and the quotas it can be given: the services of
// ntdll, found by name.
#pragma once

#include "guest/crt/paging_files.hpp"

namespace native {

struct QuotaLimits {
  SIZE_T paged_pool, nonpaged_pool, minimum_working_set, maximum_working_set, pagefile;
  LARGE_INTEGER time;
};

struct VmCounters {
  SIZE_T peak_virtual_size, virtual_size;
  ULONG page_faults;
  SIZE_T peak_working_set, working_set, pool[4], pagefile_usage, peak_pagefile_usage;
};

namespace detail {
template <class T>
T query(HANDLE process, ULONG which) {
  using Query = NTSTATUS(NTAPI*)(HANDLE, ULONG, void*, ULONG, ULONG*);
  static const auto service = crt::nt_service<Query>("NtQueryInformationProcess");
  T result = {};
  service(process, which, &result, sizeof result, nullptr);
  return result;
}
}  // namespace detail

inline QuotaLimits quota_limits(HANDLE process = GetCurrentProcess()) {
  return detail::query<QuotaLimits>(process, 1);
}
inline VmCounters vm_counters(HANDLE process = GetCurrentProcess()) {
  return detail::query<VmCounters>(process, 3);
}

/// 0 leaves a limit as it is; of the working set both or none.
inline DWORD set_quota_limits(const QuotaLimits& limits) {
  using Set = DWORD(NTAPI*)(HANDLE, ULONG, const void*, ULONG);
  static const auto service = crt::nt_service<Set>("NtSetInformationProcess");
  return service(GetCurrentProcess(), 1, &limits, sizeof limits);
}

}  // namespace native
