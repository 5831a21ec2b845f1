// NtQuerySystemInformation's classes, at NT's offsets.
#pragma once

#include "kernel/nt/process.hpp"
#include "kernel/nt/types.hpp"

enum SYSTEM_INFORMATION_CLASS : LONG {
  SystemBasicInformation = 0,
  SystemPerformanceInformation = 2,
  SystemTimeOfDayInformation = 3,
  SystemProcessInformation = 5,
  SystemPageFileInformation = 18,
  SystemPoolTagInformation = 22,
};

struct SYSTEM_BASIC_INFORMATION {
  ULONG Reserved, TimerResolution, PageSize, NumberOfPhysicalPages, LowestPhysicalPageNumber,
      HighestPhysicalPageNumber, AllocationGranularity, MinimumUserModeAddress,
      MaximumUserModeAddress, ActiveProcessorsAffinityMask;
  CCHAR NumberOfProcessors;
};
static_assert(sizeof(SYSTEM_BASIC_INFORMATION) == 44);

/// Memory figures count pages.
struct SYSTEM_PERFORMANCE_INFORMATION {
  LARGE_INTEGER IdleProcessTime, IoReadTransferCount, IoWriteTransferCount, IoOtherTransferCount;
  ULONG IoReadOperationCount, IoWriteOperationCount, IoOtherOperationCount;
  ULONG AvailablePages, CommittedPages, CommitLimit, PeakCommitment;
  ULONG PageFaultCount, CopyOnWriteCount, TransitionCount, CacheTransitionCount, DemandZeroCount,
      PageReadCount, PageReadIoCount, CacheReadCount, CacheIoCount, DirtyPagesWriteCount,
      DirtyWriteIoCount, MappedPagesWriteCount, MappedWriteIoCount;
  ULONG PagedPoolPages, NonPagedPoolPages, PagedPoolAllocs, PagedPoolFrees, NonPagedPoolAllocs,
      NonPagedPoolFrees, FreeSystemPtes, ResidentSystemCodePage, TotalSystemDriverPages,
      TotalSystemCodePages, NonPagedPoolLookasideHits, PagedPoolLookasideHits,
      AvailablePagedPoolPages, ResidentSystemCachePage, ResidentPagedPoolPage,
      ResidentSystemDriverPage;
  ULONG CacheManagerCounts[34];
};
static_assert(sizeof(SYSTEM_PERFORMANCE_INFORMATION) == 312);

struct SYSTEM_TIMEOFDAY_INFORMATION {
  LARGE_INTEGER BootTime, CurrentTime, TimeZoneBias;
  ULONG TimeZoneId, Reserved;
};

struct SYSTEM_THREAD_INFORMATION {
  LARGE_INTEGER KernelTime, UserTime, CreateTime;
  ULONG WaitTime;
  PVOID StartAddress;
  CLIENT_ID ClientId;
  KPRIORITY Priority, BasePriority;
  ULONG ContextSwitchCount, ThreadState, WaitReason;
};
static_assert(sizeof(SYSTEM_THREAD_INFORMATION) == 0x40);

/// A chain through NextEntryOffset (0 in the last); each is followed by its threads.
struct SYSTEM_PROCESS_INFORMATION {
  ULONG NextEntryOffset, NumberOfThreads;
  LARGE_INTEGER Spare[3];
  LARGE_INTEGER CreateTime, UserTime, KernelTime;  // times in 100 ns
  UNICODE_STRING ImageName;                        // Buffer null for the idle process
  KPRIORITY BasePriority;
  HANDLE UniqueProcessId, InheritedFromUniqueProcessId;
  ULONG HandleCount, SpareUl2, SpareUl3;
  VM_COUNTERS VirtualMemoryCounters;
  SIZE_T PrivatePageCount;
  SYSTEM_THREAD_INFORMATION Threads[1];
};
static_assert(offsetof(SYSTEM_PROCESS_INFORMATION, ImageName) == 0x38);
static_assert(offsetof(SYSTEM_PROCESS_INFORMATION, VirtualMemoryCounters) == 0x58);
static_assert(offsetof(SYSTEM_PROCESS_INFORMATION, Threads) == 0x88);

/// A chain through NextEntryOffset (0 in the last), one for each paging file. Figures count pages.
struct SYSTEM_PAGEFILE_INFORMATION {
  ULONG NextEntryOffset, TotalSize, TotalInUse, PeakUsage;
  UNICODE_STRING PageFileName;
};
static_assert(sizeof(SYSTEM_PAGEFILE_INFORMATION) == 24);

struct SYSTEM_POOLTAG {
  ULONG TagUlong;  // four characters
  ULONG PagedAllocs, PagedFrees;
  SIZE_T PagedUsed;
  ULONG NonPagedAllocs, NonPagedFrees;
  SIZE_T NonPagedUsed;
};
static_assert(sizeof(SYSTEM_POOLTAG) == 28);

struct SYSTEM_POOLTAG_INFORMATION {
  ULONG Count;
  SYSTEM_POOLTAG TagInfo[1];
};

enum SHUTDOWN_ACTION : LONG { ShutdownNoReboot, ShutdownReboot, ShutdownPowerOff };
