// The table of system services: the kernel dispatches by it and ntdll generates its stubs from it.
// A service's number is its place in the list; the figure is the size of its arguments in bytes.
#pragma once

#include "kernel/nt.hpp"

// clang-format off
#define NT_SYSTEM_SERVICES(SERVICE)           \
  SERVICE(NtAllocateVirtualMemory, 24)         \
  SERVICE(NtCancelTimer, 8)                    \
  SERVICE(NtClearEvent, 4)                     \
  SERVICE(NtClose, 4)                          \
  SERVICE(NtContinue, 8)                       \
  SERVICE(NtCreateDirectoryObject, 12)         \
  SERVICE(NtCreateEvent, 20)                   \
  SERVICE(NtCreateFile, 44)                    \
  SERVICE(NtCreateMutant, 16)                  \
  SERVICE(NtCreatePagingFile, 16)              \
  SERVICE(NtCreateSection, 28)                 \
  SERVICE(NtCreateSemaphore, 20)               \
  SERVICE(NtCreateThread, 32)                  \
  SERVICE(NtCreateTimer, 16)                   \
  SERVICE(NtCreateUserProcess, 44)             \
  SERVICE(NtDelayExecution, 8)                 \
  SERVICE(NtDisplayString, 4)                  \
  SERVICE(NtDuplicateObject, 28)               \
  SERVICE(NtFlushBuffersFile, 8)               \
  SERVICE(NtFlushInstructionCache, 12)         \
  SERVICE(NtFlushVirtualMemory, 16)            \
  SERVICE(NtFreeVirtualMemory, 16)             \
  SERVICE(NtGetContextThread, 8)               \
  SERVICE(NtGetTickCount, 0)                   \
  SERVICE(NtLockVirtualMemory, 16)             \
  SERVICE(NtMapViewOfSection, 40)              \
  SERVICE(NtOpenDirectoryObject, 12)           \
  SERVICE(NtOpenEvent, 12)                     \
  SERVICE(NtOpenFile, 24)                      \
  SERVICE(NtOpenMutant, 12)                    \
  SERVICE(NtOpenProcess, 16)                   \
  SERVICE(NtOpenProcessToken, 12)              \
  SERVICE(NtOpenSection, 12)                   \
  SERVICE(NtOpenSemaphore, 12)                 \
  SERVICE(NtOpenThread, 16)                    \
  SERVICE(NtOpenTimer, 12)                     \
  SERVICE(NtProtectVirtualMemory, 20)          \
  SERVICE(NtPulseEvent, 8)                     \
  SERVICE(NtQueryAttributesFile, 8)            \
  SERVICE(NtQueryDirectoryFile, 44)            \
  SERVICE(NtQueryEvent, 20)                    \
  SERVICE(NtQueryInformationFile, 20)          \
  SERVICE(NtQueryInformationProcess, 20)       \
  SERVICE(NtQueryInformationThread, 20)        \
  SERVICE(NtQueryInformationToken, 20)         \
  SERVICE(NtQueryObject, 20)                   \
  SERVICE(NtQueryPerformanceCounter, 8)        \
  SERVICE(NtQuerySection, 20)                  \
  SERVICE(NtQuerySecurityObject, 20)           \
  SERVICE(NtQuerySystemInformation, 16)        \
  SERVICE(NtQuerySystemTime, 4)                \
  SERVICE(NtQueryTimer, 20)                    \
  SERVICE(NtQueryVirtualMemory, 24)            \
  SERVICE(NtQueryVolumeInformationFile, 20)    \
  SERVICE(NtQueueApcThread, 20)                \
  SERVICE(NtRaiseException, 12)                \
  SERVICE(NtReadFile, 36)                      \
  SERVICE(NtReadVirtualMemory, 20)             \
  SERVICE(NtReleaseMutant, 8)                  \
  SERVICE(NtReleaseSemaphore, 12)              \
  SERVICE(NtResetEvent, 8)                     \
  SERVICE(NtResumeThread, 8)                   \
  SERVICE(NtSetContextThread, 8)               \
  SERVICE(NtSetEvent, 8)                       \
  SERVICE(NtSetInformationFile, 20)            \
  SERVICE(NtSetInformationObject, 16)          \
  SERVICE(NtSetInformationProcess, 16)         \
  SERVICE(NtSetInformationThread, 16)          \
  SERVICE(NtSetSecurityObject, 12)             \
  SERVICE(NtSetTimer, 28)                      \
  SERVICE(NtShutdownSystem, 4)                 \
  SERVICE(NtSignalAndWaitForSingleObject, 16)  \
  SERVICE(NtSuspendThread, 8)                  \
  SERVICE(NtTerminateProcess, 8)               \
  SERVICE(NtTerminateThread, 8)                \
  SERVICE(NtTestAlert, 0)                      \
  SERVICE(NtUnlockVirtualMemory, 16)           \
  SERVICE(NtUnmapViewOfSection, 8)             \
  SERVICE(NtUserCreateWindow, 16)              \
  SERVICE(NtUserDestroyWindow, 4)              \
  SERVICE(NtUserFindWindow, 16)                \
  SERVICE(NtUserGetMessage, 28)                \
  SERVICE(NtUserGetMessageData, 12)            \
  SERVICE(NtUserGetWindowText, 20)             \
  SERVICE(NtUserPostMessage, 20)               \
  SERVICE(NtUserPostQuitMessage, 4)            \
  SERVICE(NtUserQueryWindow, 8)                \
  SERVICE(NtUserReplyMessage, 16)              \
  SERVICE(NtUserSendMessage, 28)               \
  SERVICE(NtUserSetWindowText, 8)              \
  SERVICE(NtWaitForMultipleObjects, 20)        \
  SERVICE(NtWaitForSingleObject, 12)           \
  SERVICE(NtWriteFile, 36)                     \
  SERVICE(NtWriteVirtualMemory, 20)            \
  SERVICE(NtYieldExecution, 0)
// clang-format on

enum class SystemServiceNumber : ULONG {
#define SERVICE(name, bytes) name,
  NT_SYSTEM_SERVICES(SERVICE)
#undef SERVICE
      Count
};

extern "C" {
NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE Process, PVOID* BaseAddress, ULONG ZeroBits,
                                       PSIZE_T RegionSize, ULONG AllocationType, ULONG Protect);
NTSTATUS NTAPI NtCancelTimer(HANDLE Timer, BOOLEAN* CurrentState);
NTSTATUS NTAPI NtClearEvent(HANDLE Event);
NTSTATUS NTAPI NtClose(HANDLE Handle);
NTSTATUS NTAPI NtContinue(PCONTEXT Context, BOOLEAN TestAlert);
NTSTATUS NTAPI NtCreateDirectoryObject(PHANDLE Directory, ACCESS_MASK Access,
                                       POBJECT_ATTRIBUTES Attributes);
NTSTATUS NTAPI NtCreateEvent(PHANDLE Event, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                             EVENT_TYPE Type, BOOLEAN InitialState);
NTSTATUS NTAPI NtCreateFile(PHANDLE File, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                            PIO_STATUS_BLOCK IoStatus, PLARGE_INTEGER AllocationSize,
                            ULONG FileAttributes, ULONG ShareAccess, ULONG Disposition,
                            ULONG Options, PVOID EaBuffer, ULONG EaLength);
NTSTATUS NTAPI NtCreateMutant(PHANDLE Mutant, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                              BOOLEAN InitialOwner);
/// Sizes are in bytes. A name that is a paging file already gets larger sizes. Priority is ignored.
NTSTATUS NTAPI NtCreatePagingFile(PUNICODE_STRING Name, PLARGE_INTEGER MinimumSize,
                                  PLARGE_INTEGER MaximumSize, ULONG Priority);
/// MaximumSize in bytes. AllocationAttributes: one of SEC_COMMIT, SEC_RESERVE, SEC_IMAGE.
NTSTATUS NTAPI NtCreateSection(PHANDLE Section, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                               PLARGE_INTEGER MaximumSize, ULONG PageProtection,
                               ULONG AllocationAttributes, HANDLE File);
NTSTATUS NTAPI NtCreateSemaphore(PHANDLE Semaphore, ACCESS_MASK Access,
                                 POBJECT_ATTRIBUTES Attributes, LONG InitialCount, LONG MaximumCount);
NTSTATUS NTAPI NtCreateThread(PHANDLE Thread, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                              HANDLE Process, PCLIENT_ID ClientId, PCONTEXT Context,
                              PINITIAL_TEB InitialTeb, BOOLEAN CreateSuspended);
NTSTATUS NTAPI NtCreateTimer(PHANDLE Timer, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                             TIMER_TYPE Type);
/// The program is Parameters->ImagePathName; without Parameters it is a clone of the caller, whose
/// thread returns from this service with STATUS_PROCESS_CLONED. Reserved1, Reserved2 must be null.
/// ProcessFlags:
/// PROCESS_CREATE_FLAGS_INHERIT_HANDLES; ThreadFlags: THREAD_CREATE_FLAGS_CREATE_SUSPENDED.
NTSTATUS NTAPI NtCreateUserProcess(PHANDLE Process, PHANDLE Thread, ACCESS_MASK ProcessAccess,
                                   ACCESS_MASK ThreadAccess, POBJECT_ATTRIBUTES ProcessAttributes,
                                   POBJECT_ATTRIBUTES ThreadAttributes, ULONG ProcessFlags,
                                   ULONG ThreadFlags, PRTL_USER_PROCESS_PARAMETERS Parameters,
                                   PVOID Reserved1, PVOID Reserved2);
NTSTATUS NTAPI NtDelayExecution(BOOLEAN Alertable, PLARGE_INTEGER Interval);
NTSTATUS NTAPI NtDisplayString(PUNICODE_STRING String);
NTSTATUS NTAPI NtDuplicateObject(HANDLE SourceProcess, HANDLE Source, HANDLE TargetProcess,
                                 PHANDLE Target, ACCESS_MASK Access, ULONG Attributes,
                                 ULONG Options);
NTSTATUS NTAPI NtFlushBuffersFile(HANDLE File, PIO_STATUS_BLOCK IoStatus);
NTSTATUS NTAPI NtFlushInstructionCache(HANDLE Process, PVOID BaseAddress, SIZE_T Length);
/// Writes the dirty pages of a file's view to the disk. BaseAddress and RegionSize come back rounded
/// to pages; RegionSize 0 is the rest of the view.
NTSTATUS NTAPI NtFlushVirtualMemory(HANDLE Process, PVOID* BaseAddress, PSIZE_T RegionSize,
                                    PIO_STATUS_BLOCK IoStatus);
NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE Process, PVOID* BaseAddress, PSIZE_T RegionSize,
                                   ULONG FreeType);
NTSTATUS NTAPI NtGetContextThread(HANDLE Thread, PCONTEXT Context);
/// Milliseconds since boot.
ULONG NTAPI NtGetTickCount();
NTSTATUS NTAPI NtMapViewOfSection(HANDLE Section, HANDLE Process, PVOID* BaseAddress,
                                  ULONG ZeroBits, SIZE_T CommitSize, PLARGE_INTEGER SectionOffset,
                                  PSIZE_T ViewSize, SECTION_INHERIT Inherit, ULONG AllocationType,
                                  ULONG Protect);
/// MapType: MAP_PROCESS. MAP_SYSTEM needs a privilege that no process has.
NTSTATUS NTAPI NtLockVirtualMemory(HANDLE Process, PVOID* BaseAddress, PSIZE_T RegionSize,
                                   ULONG MapType);
NTSTATUS NTAPI NtOpenDirectoryObject(PHANDLE Directory, ACCESS_MASK Access,
                                     POBJECT_ATTRIBUTES Attributes);
NTSTATUS NTAPI NtOpenEvent(PHANDLE Event, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
NTSTATUS NTAPI NtOpenFile(PHANDLE File, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                          PIO_STATUS_BLOCK IoStatus, ULONG ShareAccess, ULONG Options);
NTSTATUS NTAPI NtOpenMutant(PHANDLE Mutant, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
NTSTATUS NTAPI NtOpenProcess(PHANDLE Process, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                             PCLIENT_ID ClientId);
NTSTATUS NTAPI NtOpenProcessToken(HANDLE Process, ACCESS_MASK Access, PHANDLE Token);
NTSTATUS NTAPI NtOpenSection(PHANDLE Section, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
NTSTATUS NTAPI NtOpenSemaphore(PHANDLE Semaphore, ACCESS_MASK Access,
                               POBJECT_ATTRIBUTES Attributes);
NTSTATUS NTAPI NtOpenThread(PHANDLE Thread, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                            PCLIENT_ID ClientId);
NTSTATUS NTAPI NtOpenTimer(PHANDLE Timer, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE Process, PVOID* BaseAddress, PSIZE_T RegionSize,
                                      ULONG NewProtect, PULONG OldProtect);
NTSTATUS NTAPI NtPulseEvent(HANDLE Event, LONG* PreviousState);
NTSTATUS NTAPI NtQueryAttributesFile(POBJECT_ATTRIBUTES Attributes,
                                     FILE_BASIC_INFORMATION* Information);
NTSTATUS NTAPI NtQueryDirectoryFile(HANDLE File, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                    PVOID ApcContext, PIO_STATUS_BLOCK IoStatus, PVOID Information,
                                    ULONG Length, FILE_INFORMATION_CLASS Class,
                                    BOOLEAN ReturnSingleEntry, PUNICODE_STRING FileName,
                                    BOOLEAN RestartScan);
NTSTATUS NTAPI NtQueryEvent(HANDLE Event, EVENT_INFORMATION_CLASS Class, PVOID Information,
                            ULONG Length, PULONG ReturnLength);
NTSTATUS NTAPI NtQueryInformationFile(HANDLE File, PIO_STATUS_BLOCK IoStatus, PVOID Information,
                                      ULONG Length, FILE_INFORMATION_CLASS Class);
NTSTATUS NTAPI NtQueryInformationProcess(HANDLE Process, PROCESSINFOCLASS Class, PVOID Information,
                                         ULONG Length, PULONG ReturnLength);
NTSTATUS NTAPI NtQueryInformationThread(HANDLE Thread, THREADINFOCLASS Class, PVOID Information,
                                        ULONG Length, PULONG ReturnLength);
NTSTATUS NTAPI NtQueryInformationToken(HANDLE Token, TOKEN_INFORMATION_CLASS Class,
                                       PVOID Information, ULONG Length, PULONG ReturnLength);
NTSTATUS NTAPI NtQueryObject(HANDLE Handle, OBJECT_INFORMATION_CLASS Class, PVOID Information,
                             ULONG Length, PULONG ReturnLength);
NTSTATUS NTAPI NtQueryPerformanceCounter(PLARGE_INTEGER Counter, PLARGE_INTEGER Frequency);
NTSTATUS NTAPI NtQuerySection(HANDLE Section, SECTION_INFORMATION_CLASS Class, PVOID Information,
                              SIZE_T Length, PSIZE_T ReturnLength);
NTSTATUS NTAPI NtQuerySecurityObject(HANDLE Handle, SECURITY_INFORMATION Which,
                                     PVOID Descriptor, ULONG Length, PULONG ReturnLength);
NTSTATUS NTAPI NtQuerySystemInformation(SYSTEM_INFORMATION_CLASS Class, PVOID Information,
                                        ULONG Length, PULONG ReturnLength);
NTSTATUS NTAPI NtQuerySystemTime(PLARGE_INTEGER Time);
NTSTATUS NTAPI NtQueryTimer(HANDLE Timer, TIMER_INFORMATION_CLASS Class, PVOID Information,
                            ULONG Length, PULONG ReturnLength);
NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE Process, PVOID Address, MEMORY_INFORMATION_CLASS Class,
                                    PVOID Information, SIZE_T Length, PSIZE_T ReturnLength);
NTSTATUS NTAPI NtQueryVolumeInformationFile(HANDLE File, PIO_STATUS_BLOCK IoStatus,
                                            PVOID Information, ULONG Length,
                                            FS_INFORMATION_CLASS Class);
/// The thread calls Routine when it next waits alertably.
NTSTATUS NTAPI NtQueueApcThread(HANDLE Thread, PPS_APC_ROUTINE Routine, PVOID Context,
                                PVOID Argument1, PVOID Argument2);
NTSTATUS NTAPI NtRaiseException(PEXCEPTION_RECORD Record, PCONTEXT Context, BOOLEAN FirstChance);
NTSTATUS NTAPI NtReadFile(HANDLE File, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                          PIO_STATUS_BLOCK IoStatus, PVOID Buffer, ULONG Length,
                          PLARGE_INTEGER ByteOffset, PULONG Key);
NTSTATUS NTAPI NtReadVirtualMemory(HANDLE Process, PVOID BaseAddress, PVOID Buffer, SIZE_T Size,
                                   PSIZE_T BytesRead);
NTSTATUS NTAPI NtReleaseMutant(HANDLE Mutant, LONG* PreviousState);
NTSTATUS NTAPI NtReleaseSemaphore(HANDLE Semaphore, LONG ReleaseCount, LONG* PreviousCount);
NTSTATUS NTAPI NtResetEvent(HANDLE Event, LONG* PreviousState);
NTSTATUS NTAPI NtResumeThread(HANDLE Thread, PULONG PreviousSuspendCount);
NTSTATUS NTAPI NtSetContextThread(HANDLE Thread, PCONTEXT Context);
NTSTATUS NTAPI NtSetEvent(HANDLE Event, LONG* PreviousState);
NTSTATUS NTAPI NtSetInformationFile(HANDLE File, PIO_STATUS_BLOCK IoStatus, PVOID Information,
                                    ULONG Length, FILE_INFORMATION_CLASS Class);
NTSTATUS NTAPI NtSetInformationObject(HANDLE Handle, OBJECT_INFORMATION_CLASS Class,
                                      PVOID Information, ULONG Length);
NTSTATUS NTAPI NtSetInformationProcess(HANDLE Process, PROCESSINFOCLASS Class, PVOID Information,
                                       ULONG Length);
NTSTATUS NTAPI NtSetInformationThread(HANDLE Thread, THREADINFOCLASS Class, PVOID Information,
                                      ULONG Length);
NTSTATUS NTAPI NtSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION Which, PVOID Descriptor);
/// DueTime: negative is from now on, positive a system time. Period in milliseconds; 0: once.
NTSTATUS NTAPI NtSetTimer(HANDLE Timer, PLARGE_INTEGER DueTime, PTIMER_APC_ROUTINE Routine,
                          PVOID Context, BOOLEAN Resume, LONG Period, BOOLEAN* PreviousState);
/// Ends the emulation with exit code 0.
NTSTATUS NTAPI NtShutdownSystem(SHUTDOWN_ACTION Action);
NTSTATUS NTAPI NtSignalAndWaitForSingleObject(HANDLE Signal, HANDLE Wait, BOOLEAN Alertable,
                                              PLARGE_INTEGER Timeout);
NTSTATUS NTAPI NtSuspendThread(HANDLE Thread, PULONG PreviousSuspendCount);
NTSTATUS NTAPI NtTerminateProcess(HANDLE Process, NTSTATUS ExitStatus);
NTSTATUS NTAPI NtTerminateThread(HANDLE Thread, NTSTATUS ExitStatus);
/// Has the APCs that wait for the calling thread delivered.
NTSTATUS NTAPI NtTestAlert();
NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE Process, PVOID BaseAddress);
NTSTATUS NTAPI NtUnlockVirtualMemory(HANDLE Process, PVOID* BaseAddress, PSIZE_T RegionSize,
                                     ULONG MapType);
/// The windows and messages of user32; no interface of programs. A null Parent: a top-level window.
NTSTATUS NTAPI NtUserCreateWindow(PHANDLE Window, PUNICODE_STRING ClassName, PUNICODE_STRING Title,
                                  HANDLE Parent);
NTSTATUS NTAPI NtUserDestroyWindow(HANDLE Window);
/// The next after `After`; null strings match any.
NTSTATUS NTAPI NtUserFindWindow(PHANDLE Window, HANDLE After, PUNICODE_STRING ClassName,
                                PUNICODE_STRING Title);
/// Reply: 0, or the number of a message sent, whose answer is waited for.
NTSTATUS NTAPI NtUserGetMessage(USER_MESSAGE* Message, HANDLE Window, ULONG First, ULONG Last,
                                ULONG Flags, ULONG Reply, PLARGE_INTEGER Timeout);
NTSTATUS NTAPI NtUserGetMessageData(ULONG Number, PVOID Buffer, ULONG Size);
/// The title, or with ClassName the class. Size and Length in characters, without a terminator.
NTSTATUS NTAPI NtUserGetWindowText(HANDLE Window, BOOLEAN ClassName, PWSTR Buffer, ULONG Size,
                                   PULONG Length);
/// To a window, to all top-level ones (FFFFh), or to a thread when Window is null.
NTSTATUS NTAPI NtUserPostMessage(HANDLE Window, ULONG Thread, ULONG Message, ULONG wParam,
                                 ULONG lParam);
NTSTATUS NTAPI NtUserPostQuitMessage(ULONG ExitCode);
NTSTATUS NTAPI NtUserQueryWindow(HANDLE Window, USER_WINDOW_INFORMATION* Information);
NTSTATUS NTAPI NtUserReplyMessage(ULONG Number, ULONG Result, PVOID Data, ULONG Size);
NTSTATUS NTAPI NtUserSendMessage(HANDLE Window, ULONG Message, ULONG wParam, ULONG lParam,
                                 PVOID Data, ULONG Size, PULONG Number);
NTSTATUS NTAPI NtUserSetWindowText(HANDLE Window, PUNICODE_STRING Title);
NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG Count, PHANDLE Handles, WAIT_TYPE Type,
                                        BOOLEAN Alertable, PLARGE_INTEGER Timeout);
NTSTATUS NTAPI NtWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout);
NTSTATUS NTAPI NtWriteFile(HANDLE File, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                           PIO_STATUS_BLOCK IoStatus, PVOID Buffer, ULONG Length,
                           PLARGE_INTEGER ByteOffset, PULONG Key);
NTSTATUS NTAPI NtWriteVirtualMemory(HANDLE Process, PVOID BaseAddress, PVOID Buffer, SIZE_T Size,
                                    PSIZE_T BytesWritten);
NTSTATUS NTAPI NtYieldExecution();
}

inline constexpr ULONG PROCESS_CREATE_FLAGS_INHERIT_HANDLES = 4;
inline constexpr ULONG THREAD_CREATE_FLAGS_CREATE_SUSPENDED = 1;

/// Bytes of arguments a service takes, from its own declaration.
template <class Result, class... Arguments>
constexpr ULONG ServiceArgumentBytes(Result(NTAPI*)(Arguments...)) {
  return (0 + ... + ((sizeof(Arguments) + 3) & ~3u));
}
#define SERVICE(name, bytes) \
  static_assert(ServiceArgumentBytes(decltype(&name){}) == bytes, #name " takes other arguments");
NT_SYSTEM_SERVICES(SERVICE)
#undef SERVICE
