// The process list that NtQuerySystemInformation gives.
#include "kernel/ps/query.hpp"

#include "kernel/ke/clock.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

constexpr ULONG query_tag = PoolTag("PsQu");
constexpr ULONG name_room = sizeof(EPROCESS::ImageFileName) * sizeof(WCHAR);

ULONG record_size(ULONG threads) {
  const ULONG size = offsetof(SYSTEM_PROCESS_INFORMATION, Threads) +
                     threads * sizeof(SYSTEM_THREAD_INFORMATION) + name_room;
  return (size + 7) & ~7u;
}

ULONG count_threads(const EPROCESS* process) {
  ULONG count = 0;
  const LIST_ENTRY* head = &process->Pcb.ThreadListHead;
  for (const LIST_ENTRY* entry = head->Flink; entry != head; entry = entry->Flink) ++count;
  return count;
}

void describe_thread(const ETHREAD* thread, SYSTEM_THREAD_INFORMATION& info) {
  const KTHREAD& tcb = thread->Tcb;
  info.KernelTime = PsTicksToTime(tcb.KernelTime);
  info.UserTime = PsTicksToTime(tcb.UserTime);
  info.CreateTime.QuadPart = thread->CreateTime;
  info.WaitTime = tcb.WaitTime;
  info.StartAddress = reinterpret_cast<PVOID>(thread->StartAddress);
  info.ClientId = thread->Cid;
  info.Priority = tcb.Priority;
  info.BasePriority = tcb.BasePriority;
  info.ContextSwitchCount = tcb.ContextSwitches;
  info.ThreadState = tcb.State;
  info.WaitReason = tcb.WaitReason;
}

/// At DISPATCH_LEVEL: no thread comes or goes. `user_name` is where the name will lie.
void describe_process(const EPROCESS* process, UCHAR* record, ULONG user_record, ULONG threads) {
  auto& info = *reinterpret_cast<SYSTEM_PROCESS_INFORMATION*>(record);
  info.NumberOfThreads = threads;
  info.CreateTime.QuadPart = process->CreateTime;
  info.KernelTime = PsTicksToTime(process->Pcb.KernelTime);
  info.UserTime = PsTicksToTime(process->Pcb.UserTime);
  info.BasePriority = process->Pcb.BasePriority;
  info.UniqueProcessId = process->UniqueProcessId;
  info.InheritedFromUniqueProcessId = process->InheritedFromUniqueProcessId;
  info.HandleCount = process->ObjectTable.HandleCount;
  info.VirtualMemoryCounters = PsVmCounters(process);
  info.PrivatePageCount = process->Vm.CommitCharge;
  ULONG index = 0;
  const LIST_ENTRY* head = &process->Pcb.ThreadListHead;
  for (const LIST_ENTRY* entry = head->Flink; entry != head && index < threads;
       entry = entry->Flink) {
    describe_thread(
        reinterpret_cast<const ETHREAD*>(CONTAINING_RECORD(entry, KTHREAD, ThreadListEntry)),
        info.Threads[index++]);
  }
  const ULONG name_offset =
      offsetof(SYSTEM_PROCESS_INFORMATION, Threads) + threads * sizeof(SYSTEM_THREAD_INFORMATION);
  const ULONG length = strlen(process->ImageFileName);
  auto* name = reinterpret_cast<WCHAR*>(record + name_offset);
  for (ULONG i = 0; i < length; ++i) name[i] = static_cast<UCHAR>(process->ImageFileName[i]);
  info.ImageName = {static_cast<USHORT>(length * sizeof(WCHAR)), static_cast<USHORT>(name_room),
                    reinterpret_cast<PWSTR>(user_record + name_offset)};
}

/// The idle process, then the active ones. At DISPATCH_LEVEL.
template <class Visit>
void for_each_process(Visit visit) {
  visit(PsIdleProcess);
  for (PLIST_ENTRY entry = PsActiveProcessHead.Flink; entry != &PsActiveProcessHead;
       entry = entry->Flink) {
    visit(CONTAINING_RECORD(entry, EPROCESS, ActiveProcessLinks));
  }
}

}  // namespace

VM_COUNTERS PsVmCounters(const EPROCESS* process) {
  const MMSUPPORT& vm = process->Vm;
  VM_COUNTERS counters = {};
  counters.PeakVirtualSize = vm.PeakVirtualSize;
  counters.VirtualSize = vm.VirtualSize;
  counters.PageFaultCount = vm.PageFaultCount;
  counters.PeakWorkingSetSize = vm.PeakWorkingSetSize << PAGE_SHIFT;
  counters.WorkingSetSize = vm.WorkingSetSize << PAGE_SHIFT;
  if (const EPROCESS_QUOTA_BLOCK* block = process->QuotaBlock; block != nullptr) {
    counters.QuotaPagedPoolUsage = block->Pool[PagedPool].Usage;
    counters.QuotaPeakPagedPoolUsage = block->Pool[PagedPool].Peak;
    counters.QuotaNonPagedPoolUsage = block->Pool[NonPagedPool].Usage;
    counters.QuotaPeakNonPagedPoolUsage = block->Pool[NonPagedPool].Peak;
  }
  counters.PagefileUsage = vm.CommitCharge << PAGE_SHIFT;
  counters.PeakPagefileUsage = vm.PeakCommitCharge << PAGE_SHIFT;
  return counters;
}

NTSTATUS PsQueryProcesses(ULONG user_buffer, ULONG length, ULONG& needed) {
  needed = 0;
  const auto measure = [&] {
    needed = 0;
    for_each_process(
        [&](const EPROCESS* process) { needed += record_size(count_threads(process)); });
  };
  {
    const KDispatchGuard guard;
    measure();
  }
  if (length < needed) return STATUS_INFO_LENGTH_MISMATCH;
  const ULONG capacity = needed;
  auto* buffer = static_cast<UCHAR*>(ExAllocatePoolWithTag(NonPagedPool, capacity, query_tag));
  if (buffer == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  RtlZeroMemory(buffer, capacity);
  {
    const KDispatchGuard guard;
    measure();
    if (needed <= capacity) {
      ULONG offset = 0;
      SYSTEM_PROCESS_INFORMATION* last = nullptr;
      for_each_process([&](const EPROCESS* process) {
        const ULONG threads = count_threads(process);
        describe_process(process, buffer + offset, user_buffer + offset, threads);
        last = reinterpret_cast<SYSTEM_PROCESS_INFORMATION*>(buffer + offset);
        last->NextEntryOffset = record_size(threads);
        offset += last->NextEntryOffset;
      });
      last->NextEntryOffset = 0;
    }
  }
  NTSTATUS status = STATUS_INFO_LENGTH_MISMATCH;  // processes came meanwhile: the caller asks again
  if (needed <= capacity) status = MmCopyToUser(user_buffer, buffer, needed);
  ExFreePool(buffer);
  return status;
}
