// Processes as objects: the active list, ids, the idle and system processes.
#include "kernel/ps/process.hpp"

#include "kernel/ke/clock.hpp"
#include "kernel/ke/internal.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/ps/internal.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/se/token.hpp"

extern "C" {
constinit LIST_ENTRY PsActiveProcessHead = {&PsActiveProcessHead, &PsActiveProcessHead};
EPROCESS* PsInitialSystemProcess = nullptr;
EPROCESS* PsIdleProcess = nullptr;
extern UCHAR KiIdleStackLimit[], KiIdleStackTop[];
}
constinit FAST_MUTEX PsActiveProcessMutex = {};

namespace {

constinit EPROCESS KiIdleProcess = {};
constinit ETHREAD KiIdleThread = {};
constinit ULONG PspNextId = 4;  // process and thread ids come from one sequence

void delete_process(PVOID body) {
  auto* process = static_cast<EPROCESS*>(body);
  if (process->Pcb.DirectoryTableBase != 0) MmDeleteProcessAddressSpace(process);
  PsDereferenceQuotaBlock(process->QuotaBlock);
}

void delete_thread(PVOID body) {
  auto* thread = static_cast<ETHREAD*>(body);
  if (thread->StartContext != nullptr) ExFreePool(thread->StartContext);
  ObDereferenceObject(thread->ThreadsProcess);
}

DISPATCHER_HEADER* wait_header(PVOID body) { return static_cast<DISPATCHER_HEADER*>(body); }

void set_name(EPROCESS* process, const char* name) {
  for (unsigned i = 0; i + 1 < sizeof process->ImageFileName && name[i] != '\0'; ++i) {
    process->ImageFileName[i] = name[i];
  }
}

}  // namespace

extern "C" {
constinit OBJECT_TYPE PsProcessType = {
    .Name = "Process",
    .ValidAccessMask = PROCESS_ALL_ACCESS,
    .GenericRead = READ_CONTROL | PROCESS_VM_READ | PROCESS_QUERY_INFORMATION,
    .GenericWrite = READ_CONTROL | PROCESS_CREATE_THREAD | PROCESS_VM_OPERATION | PROCESS_VM_WRITE |
                    PROCESS_DUP_HANDLE | PROCESS_TERMINATE,
    .GenericExecute = READ_CONTROL | SYNCHRONIZE,
    .DeleteProcedure = delete_process,
    .CloseProcedure = nullptr,
    .WaitObject = wait_header,
};
constinit OBJECT_TYPE PsThreadType = {
    .Name = "Thread",
    .ValidAccessMask = THREAD_ALL_ACCESS,
    .GenericRead = READ_CONTROL | THREAD_GET_CONTEXT | THREAD_QUERY_INFORMATION,
    .GenericWrite = READ_CONTROL | THREAD_TERMINATE | THREAD_SUSPEND_RESUME | THREAD_SET_CONTEXT |
                    THREAD_SET_INFORMATION,
    .GenericExecute = READ_CONTROL | SYNCHRONIZE,
    .DeleteProcedure = delete_thread,
    .CloseProcedure = nullptr,
    .WaitObject = wait_header,
};

EPROCESS* PsGetCurrentProcess() {
  return reinterpret_cast<EPROCESS*>(KeGetCurrentThread()->AttachedProcess);
}
}

const char* PsGetProcessImageFileName(const KPROCESS* process) {
  return reinterpret_cast<const EPROCESS*>(process)->ImageFileName;
}

HANDLE PspAllocateId() {
  const KDispatchGuard guard;
  const ULONG id = PspNextId;
  PspNextId += 4;
  return reinterpret_cast<HANDLE>(id);
}

/// The name is the last component of the path.
void PspInitializeProcess(EPROCESS* process, const char* path, ULONG directory) {
  const char* name = path;
  for (const char* at = path; *at != '\0'; ++at) {
    if (*at == '\\' || *at == '/') name = at + 1;
  }
  set_name(process, name);
  process->ExitStatus = STATUS_PENDING;
  process->CreateTime = KeQuerySystemTime();
  KeInitializeProcess(&process->Pcb, NORMAL_BASE_PRIORITY, directory);
  MmInitializeProcessAddressSpace(process);
  ObInitializeHandleTable(process->ObjectTable);
}

void PsInitializeFirstThread() {
  KPRCB* prcb = KeGetCurrentPrcb();
  InitializeListHead(&prcb->DpcListHead);
  KiInitializeScheduler();
  ExInitializeFastMutex(&PsActiveProcessMutex);
  PspInitializeProcess(&KiIdleProcess, "Idle", KeReadCr3());
  KiIdleProcess.Pcb.BasePriority = LOW_PRIORITY;
  PsIdleProcess = &KiIdleProcess;

  KTHREAD* thread = &KiIdleThread.Tcb;
  KiIdleThread.ThreadsProcess = &KiIdleProcess;
  thread->Header.Type = ThreadObject;
  InitializeListHead(&thread->Header.WaitListHead);
  KeInitializeTimer(&thread->Timer);
  KeInitializeEvent(&thread->SuspendEvent, NotificationEvent, true);
  thread->InitialStack = reinterpret_cast<ULONG>(KiIdleStackTop);
  thread->StackLimit = reinterpret_cast<ULONG>(KiIdleStackLimit);
  thread->Process = thread->AttachedProcess = &KiIdleProcess.Pcb;
  thread->State = Running;
  InsertTailList(&KiIdleProcess.Pcb.ThreadListHead, &thread->ThreadListEntry);
  prcb->CurrentThread = prcb->IdleThread = thread;
}

void PspInsertProcess(EPROCESS* process) {
  const FastMutexGuard lock(PsActiveProcessMutex);
  InsertTailList(&PsActiveProcessHead, &process->ActiveProcessLinks);
}

/// The system process runs the kernel's own threads in the first address space.
void PsInitSystem() {
  auto* system = static_cast<EPROCESS*>(ObCreateObject(PsProcessType, sizeof(EPROCESS)));
  PspInitializeProcess(system, "System", KeReadCr3());
  system->UniqueProcessId = PspAllocateId();
  ObjectToHeader(system)->SecurityDescriptor =  // which has no end, as the process has none
      const_cast<SECURITY_DESCRIPTOR_RELATIVE*>(&SeSystemDescriptor);
  PsInitialSystemProcess = system;
  PspInsertProcess(system);
  PspStartReaper();
}

EPROCESS* PsLookupProcessByProcessId(HANDLE id) {
  const FastMutexGuard lock(PsActiveProcessMutex);
  for (PLIST_ENTRY entry = PsActiveProcessHead.Flink; entry != &PsActiveProcessHead;
       entry = entry->Flink) {
    EPROCESS* process = CONTAINING_RECORD(entry, EPROCESS, ActiveProcessLinks);
    if (process->UniqueProcessId != id) continue;
    ObReferenceObject(process);
    return process;
  }
  return nullptr;
}

ETHREAD* PsLookupThreadByThreadId(HANDLE id) {
  const FastMutexGuard lock(PsActiveProcessMutex);
  const KDispatchGuard guard;
  for (PLIST_ENTRY at = PsActiveProcessHead.Flink; at != &PsActiveProcessHead; at = at->Flink) {
    LIST_ENTRY* threads = &CONTAINING_RECORD(at, EPROCESS, ActiveProcessLinks)->Pcb.ThreadListHead;
    for (PLIST_ENTRY entry = threads->Flink; entry != threads; entry = entry->Flink) {
      auto* thread = reinterpret_cast<ETHREAD*>(CONTAINING_RECORD(entry, KTHREAD, ThreadListEntry));
      if (thread->Cid.UniqueThread != id) continue;
      ObReferenceObject(thread);
      return thread;
    }
  }
  return nullptr;
}
