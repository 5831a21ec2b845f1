// NtQuerySystemInformation: the figures behind GlobalMemoryStatus, mem and ps.
#include "kernel/io/statistics.hpp"
#include "kernel/ke/clock.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/fault.hpp"
#include "kernel/mm/paged_pool.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/paging_file_query.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/query.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/system_services.hpp"

namespace {

template <class T>
NTSTATUS reply(PVOID information, ULONG length, const T& value, ULONG& needed) {
  needed = sizeof value;
  if (length < sizeof value) return STATUS_INFO_LENGTH_MISMATCH;
  return MmWriteUser(static_cast<T*>(information), value);
}

SYSTEM_BASIC_INFORMATION basic_information() {
  SYSTEM_BASIC_INFORMATION info = {};
  info.TimerResolution = KeTimeIncrement;
  info.PageSize = PAGE_SIZE;
  info.NumberOfPhysicalPages = MmNumberOfPhysicalPages;
  info.LowestPhysicalPageNumber = MmLowestPhysicalPage;
  info.HighestPhysicalPageNumber = MmHighestPhysicalPage;
  info.AllocationGranularity = MM_ALLOCATION_GRANULARITY;
  info.MinimumUserModeAddress = MM_LOWEST_USER_ADDRESS;
  info.MaximumUserModeAddress = MM_HIGHEST_USER_ADDRESS;
  info.ActiveProcessorsAffinityMask = 1;
  info.NumberOfProcessors = 1;
  return info;
}

SYSTEM_PERFORMANCE_INFORMATION performance_information() {
  SYSTEM_PERFORMANCE_INFORMATION info = {};
  const PoolStatistics pool = ExQueryPool(NonPagedPool), paged = ExQueryPool(PagedPool);
  const KDispatchGuard guard;  // all figures of one moment
  info.IdleProcessTime.QuadPart =
      LONGLONG{PsIdleProcess->Pcb.KernelTime} * LONGLONG{KeTimeIncrement};
  info.IoReadTransferCount.QuadPart = static_cast<LONGLONG>(IoCounts.bytes_read);
  info.IoWriteTransferCount.QuadPart = static_cast<LONGLONG>(IoCounts.bytes_written);
  info.IoReadOperationCount = IoCounts.read_operations;
  info.IoWriteOperationCount = IoCounts.write_operations;
  info.IoOtherOperationCount = IoCounts.other_operations;
  info.AvailablePages = MmAvailablePages();
  info.CommittedPages = MmTotalCommittedPages;
  info.CommitLimit = MmTotalCommitLimit;
  info.PeakCommitment = MmPeakCommitment;
  info.PageFaultCount = MmPageFaultCount;
  info.CopyOnWriteCount = MmCopyOnWriteCount;
  info.TransitionCount = MmTransitionCount;
  info.DemandZeroCount = MmDemandZeroCount;
  info.PageReadCount = MmPageReadCount;
  info.PageReadIoCount = MmPageReadIoCount;
  info.DirtyPagesWriteCount = MmDirtyPagesWriteCount;
  info.DirtyWriteIoCount = MmDirtyWriteIoCount;
  info.MappedPagesWriteCount = MmMappedPagesWriteCount;
  info.MappedWriteIoCount = MmMappedWriteIoCount;
  info.NonPagedPoolPages = pool.pages;
  info.NonPagedPoolAllocs = pool.allocations;
  info.NonPagedPoolFrees = pool.frees;
  info.PagedPoolPages = paged.pages;
  info.PagedPoolAllocs = paged.allocations;
  info.PagedPoolFrees = paged.frees;
  info.AvailablePagedPoolPages = MM_PAGED_POOL_SIZE / PAGE_SIZE - paged.pages;
  info.ResidentPagedPoolPage = MmSystemWorkingSet.WorkingSetSize;
  return info;
}

SYSTEM_TIMEOFDAY_INFORMATION time_information() {
  SYSTEM_TIMEOFDAY_INFORMATION info = {};
  info.BootTime.QuadPart = KeBootTime();
  info.CurrentTime.QuadPart = KeQuerySystemTime();
  return info;
}

}  // namespace

NTSTATUS NTAPI NtQuerySystemInformation(SYSTEM_INFORMATION_CLASS which, PVOID information,
                                        ULONG length, PULONG return_length) {
  ULONG needed = 0;
  NTSTATUS status;
  switch (which) {
    case SystemBasicInformation:
      status = reply(information, length, basic_information(), needed);
      break;
    case SystemPerformanceInformation:
      status = reply(information, length, performance_information(), needed);
      break;
    case SystemTimeOfDayInformation:
      status = reply(information, length, time_information(), needed);
      break;
    case SystemProcessInformation:
      status = PsQueryProcesses(reinterpret_cast<ULONG>(information), length, needed);
      break;
    case SystemPageFileInformation:
      status = MmQueryPagingFiles(reinterpret_cast<ULONG>(information), length, needed);
      break;
    case SystemPoolTagInformation:
      status = ExQueryPoolTags(reinterpret_cast<ULONG>(information), length, needed);
      break;
    default:
      return STATUS_INVALID_INFO_CLASS;
  }
  const NTSTATUS written = MmWriteUserOptional(return_length, needed);
  return NT_SUCCESS(written) ? status : written;
}
