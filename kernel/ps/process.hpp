// EPROCESS and ETHREAD.
#pragma once

#include "kernel/ke/thread_object.hpp"
#include "kernel/mm/address_space.hpp"
#include "kernel/ob/handle_table.hpp"
#include "kernel/ps/quota.hpp"

struct USER_QUEUE;

struct EPROCESS {
  KPROCESS Pcb;
  NTSTATUS ExitStatus;  // STATUS_PENDING while it runs
  HANDLE UniqueProcessId, InheritedFromUniqueProcessId;
  LIST_ENTRY ActiveProcessLinks;
  MMSUPPORT Vm;
  HANDLE_TABLE ObjectTable;
  EPROCESS_QUOTA_BLOCK* QuotaBlock;  // null: the system's
  PEB* Peb;
  ULONG SectionBaseAddress;  // of the program's image
  ULONG NtdllBase, LdrInitializeThunk, RtlUserThreadStart, KiUserExceptionDispatcher,
      KiUserApcDispatcher;
  LONGLONG CreateTime, ExitTime;
  ULONG ActiveThreads;
  BOOLEAN Exiting;
  BOOLEAN EndedByException;
  EXCEPTION_RECORD TerminationException;
  CHAR ImageFileName[16];  // NUL-terminated, cut off if longer
};

struct ETHREAD {
  KTHREAD Tcb;
  CLIENT_ID Cid;
  EPROCESS* ThreadsProcess;
  NTSTATUS ExitStatus;
  ULONG StartAddress, Win32StartAddress;
  LONGLONG CreateTime, ExitTime;
  LIST_ENTRY ReaperListEntry;
  CONTEXT* StartContext;  // until the thread has entered user mode
  LIST_ENTRY ActiveTimerListHead;  // timers with an APC to it
  USER_QUEUE* Win32Thread;  // its messages; null until it has to do with windows
};

extern "C" {
extern LIST_ENTRY PsActiveProcessHead;
extern EPROCESS* PsInitialSystemProcess;
extern EPROCESS* PsIdleProcess;
EPROCESS* PsGetCurrentProcess();
}
inline ETHREAD* PsGetCurrentThread() { return reinterpret_cast<ETHREAD*>(KeGetCurrentThread()); }
const char* PsGetProcessImageFileName(const KPROCESS* process);

extern FAST_MUTEX PsActiveProcessMutex;

/// The idle and system processes and the thread that is running now.
void PsInitializeFirstThread();
void PsInitSystem();
NTSTATUS PsCreateSystemThread(PKSTART_ROUTINE start, PVOID context, KPRIORITY priority);

/// Created suspended, with one reference for the caller.
NTSTATUS PsCreateUserThread(EPROCESS* process, const CONTEXT& context, const INITIAL_TEB& stack,
                            ETHREAD*& result);

/// The current thread ends; the last one takes its process with it.
[[noreturn]] void PsExitThread(NTSTATUS status);
void PsTerminateThread(ETHREAD* thread, NTSTATUS status);
/// All threads of the process but the current one; the caller exits itself if it is its own.
void PsTerminateProcess(EPROCESS* process, NTSTATUS status);
[[noreturn]] void PsTerminateByException(const EXCEPTION_RECORD& record);

/// Referenced; null when no such process runs.
EPROCESS* PsLookupProcessByProcessId(HANDLE id);
ETHREAD* PsLookupThreadByThreadId(HANDLE id);
