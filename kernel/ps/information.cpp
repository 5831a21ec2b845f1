// The process and thread information services.
#include "kernel/io/volume.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/query.hpp"
#include "kernel/system_services.hpp"

namespace {

template <class T>
NTSTATUS reply(PVOID information, ULONG length, PULONG return_length, const T& value) {
  if (length != sizeof value) return STATUS_INFO_LENGTH_MISMATCH;
  const NTSTATUS status = MmWriteUser(static_cast<T*>(information), value);
  if (!NT_SUCCESS(status)) return status;
  return MmWriteUserOptional(return_length, ULONG{sizeof value});
}

PROCESS_BASIC_INFORMATION basic_information(const EPROCESS* process) {
  return {process->Pcb.Header.SignalState != 0 ? process->ExitStatus : STATUS_PENDING,
          process->Peb,
          1,
          process->Pcb.BasePriority,
          reinterpret_cast<ULONG>(process->UniqueProcessId),
          reinterpret_cast<ULONG>(process->InheritedFromUniqueProcessId)};
}

QUOTA_LIMITS quota_limits(const EPROCESS* process) {
  constexpr SIZE_T none = ~SIZE_T{0};
  QUOTA_LIMITS limits = {none, none, 0, 0, none, {}};
  if (process->Vm.PagefileLimit != MM_NO_QUOTA) {
    limits.PagefileLimit = process->Vm.PagefileLimit << PAGE_SHIFT;
  }
  if (const EPROCESS_QUOTA_BLOCK* block = process->QuotaBlock; block != nullptr) {
    limits.PagedPoolLimit = block->Pool[PagedPool].Limit;
    limits.NonPagedPoolLimit = block->Pool[NonPagedPool].Limit;
  }
  limits.MinimumWorkingSetSize = process->Vm.MinimumWorkingSetSize << PAGE_SHIFT;
  limits.MaximumWorkingSetSize = process->Vm.MaximumWorkingSetSize << PAGE_SHIFT;
  limits.TimeLimit.QuadPart = -1;
  return limits;
}

EXCEPTION_RECORD termination_exception(const EPROCESS* process) {
  EXCEPTION_RECORD record = process->TerminationException;
  if (!process->EndedByException) record.ExceptionCode = STATUS_UNSUCCESSFUL;
  return record;
}

/// All drives are partitions of fixed disks.
PROCESS_DEVICEMAP_INFORMATION device_map() {
  PROCESS_DEVICEMAP_INFORMATION info = {};
  info.DriveMap = IoDriveMap();
  for (unsigned i = 0; i < 32; ++i) {
    if ((info.DriveMap >> i & 1) != 0) info.DriveType[i] = DOSDEVICE_DRIVE_FIXED;
  }
  return info;
}

}  // namespace

NTSTATUS NTAPI NtQueryInformationProcess(HANDLE handle, PROCESSINFOCLASS which, PVOID information,
                                         ULONG length, PULONG return_length) {
  ObjectReference<EPROCESS> process;
  const NTSTATUS status =
      ObReferenceByHandle(handle, PROCESS_QUERY_INFORMATION, PsProcessType, process);
  if (!NT_SUCCESS(status)) return status;
  switch (which) {
    case ProcessBasicInformation:
      return reply(information, length, return_length, basic_information(process.get()));
    case ProcessQuotaLimits:
      return reply(information, length, return_length, quota_limits(process.get()));
    case ProcessVmCounters:
      return reply(information, length, return_length, PsVmCounters(process.get()));
    case ProcessTimes: {
      KERNEL_USER_TIMES times = {};
      times.CreateTime.QuadPart = process->CreateTime;
      times.ExitTime.QuadPart = process->ExitTime;
      times.KernelTime = PsTicksToTime(process->Pcb.KernelTime);
      times.UserTime = PsTicksToTime(process->Pcb.UserTime);
      return reply(information, length, return_length, times);
    }
    case ProcessDeviceMap:
      return reply(information, length, return_length, device_map());
    case ProcessTerminationException:
      return reply(information, length, return_length, termination_exception(process.get()));
    default:
      return STATUS_INVALID_INFO_CLASS;
  }
}

/// 0 leaves a limit as it is, and there is none of time. A quota below what is charged already
/// refuses all that would come.
NTSTATUS NTAPI NtSetInformationProcess(HANDLE handle, PROCESSINFOCLASS which, PVOID information,
                                       ULONG length) {
  if (which != ProcessQuotaLimits) return STATUS_INVALID_INFO_CLASS;
  QUOTA_LIMITS limits;
  if (length != sizeof limits) return STATUS_INFO_LENGTH_MISMATCH;
  NTSTATUS status = MmReadUser(static_cast<const QUOTA_LIMITS*>(information), limits);
  if (!NT_SUCCESS(status)) return status;
  ObjectReference<EPROCESS> process;
  status = ObReferenceByHandle(handle, PROCESS_SET_QUOTA, PsProcessType, process);
  if (!NT_SUCCESS(status)) return status;
  if (limits.PagefileLimit != 0) {
    const bool none = limits.PagefileLimit == ~SIZE_T{0};
    process->Vm.PagefileLimit = none ? MM_NO_QUOTA : limits.PagefileLimit >> PAGE_SHIFT;
  }
  if (EPROCESS_QUOTA_BLOCK* block = process->QuotaBlock; block != nullptr) {
    if (limits.PagedPoolLimit != 0) block->Pool[PagedPool].Limit = limits.PagedPoolLimit;
    if (limits.NonPagedPoolLimit != 0) block->Pool[NonPagedPool].Limit = limits.NonPagedPoolLimit;
  }
  if (limits.MinimumWorkingSetSize == 0 && limits.MaximumWorkingSetSize == 0) return status;
  return MmAdjustWorkingSetSize(process.get(), limits.MinimumWorkingSetSize,
                                limits.MaximumWorkingSetSize);
}

NTSTATUS NTAPI NtQueryInformationThread(HANDLE handle, THREADINFOCLASS which, PVOID information,
                                        ULONG length, PULONG return_length) {
  ObjectReference<ETHREAD> thread;
  const NTSTATUS status =
      ObReferenceByHandle(handle, THREAD_QUERY_INFORMATION, PsThreadType, thread);
  if (!NT_SUCCESS(status)) return status;
  switch (which) {
    case ThreadBasicInformation: {
      const bool ended = thread->Tcb.Header.SignalState != 0;
      const THREAD_BASIC_INFORMATION info = {ended ? thread->ExitStatus : STATUS_PENDING,
                                             thread->Tcb.Teb,
                                             thread->Cid,
                                             1,
                                             thread->Tcb.Priority,
                                             thread->Tcb.BasePriority};
      return reply(information, length, return_length, info);
    }
    case ThreadTimes: {
      KERNEL_USER_TIMES times = {};
      times.CreateTime.QuadPart = thread->CreateTime;
      times.ExitTime.QuadPart = thread->ExitTime;
      times.KernelTime = PsTicksToTime(thread->Tcb.KernelTime);
      times.UserTime = PsTicksToTime(thread->Tcb.UserTime);
      return reply(information, length, return_length, times);
    }
    case ThreadQuerySetWin32StartAddress:
      return reply(information, length, return_length, thread->Win32StartAddress);
    default:
      return STATUS_INVALID_INFO_CLASS;
  }
}

NTSTATUS NTAPI NtSetInformationThread(HANDLE handle, THREADINFOCLASS which, PVOID information,
                                      ULONG length) {
  ObjectReference<ETHREAD> thread;
  NTSTATUS status = ObReferenceByHandle(handle, THREAD_SET_INFORMATION, PsThreadType, thread);
  if (!NT_SUCCESS(status)) return status;
  if (which != ThreadPriority && which != ThreadBasePriority) return STATUS_INVALID_INFO_CLASS;
  LONG value;
  if (length != sizeof value) return STATUS_INFO_LENGTH_MISMATCH;
  status = MmReadUser(static_cast<const LONG*>(information), value);
  if (!NT_SUCCESS(status)) return status;
  // A base priority is an increment to the process's; neither reaches the real-time range.
  const KPRIORITY base = thread->ThreadsProcess->Pcb.BasePriority;
  const KPRIORITY priority = which == ThreadPriority ? value : base + value;
  if (priority <= LOW_PRIORITY || priority >= LOW_REALTIME_PRIORITY) {
    return STATUS_INVALID_PARAMETER;
  }
  if (which == ThreadBasePriority) thread->Tcb.BasePriority = priority;
  KeSetPriorityThread(&thread->Tcb, priority);
  return STATUS_SUCCESS;
}
