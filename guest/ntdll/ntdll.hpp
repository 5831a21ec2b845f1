// What ntdll exports besides the system services: the run-time library and the loader.
#pragma once

#include "kernel/nt.hpp"
#include "kernel/system_services.hpp"

/// NT's layout. LockCount is -1 when free, otherwise the number of threads waiting.
struct RTL_CRITICAL_SECTION {
  PVOID DebugInfo;
  volatile LONG LockCount;
  LONG RecursionCount;
  HANDLE OwningThread;
  HANDLE LockSemaphore;
  ULONG_PTR SpinCount;
};
using PRTL_CRITICAL_SECTION = RTL_CRITICAL_SECTION*;
static_assert(sizeof(RTL_CRITICAL_SECTION) == 24);

inline constexpr ULONG HEAP_NO_SERIALIZE = 0x01, HEAP_GROWABLE = 0x02,
                       HEAP_GENERATE_EXCEPTIONS = 0x04, HEAP_ZERO_MEMORY = 0x08,
                       HEAP_REALLOC_IN_PLACE_ONLY = 0x10;

inline constexpr ULONG DLL_PROCESS_DETACH = 0, DLL_PROCESS_ATTACH = 1, DLL_THREAD_ATTACH = 2,
                       DLL_THREAD_DETACH = 3;

inline constexpr LONG EXCEPTION_EXECUTE_HANDLER = 1, EXCEPTION_CONTINUE_SEARCH = 0,
                      EXCEPTION_CONTINUE_EXECUTION = -1;

/// What a critical section's DebugInfo leads to. [SDK]
struct RTL_CRITICAL_SECTION_DEBUG {
  USHORT Type, CreatorBackTraceIndex;
  PRTL_CRITICAL_SECTION CriticalSection;
  LIST_ENTRY ProcessLocksList;
  ULONG EntryCount, ContentionCount, Spare[2];
};
static_assert(sizeof(RTL_CRITICAL_SECTION_DEBUG) == 32);

/// What RtlWalkHeap meets; all zeros begin a walk.
struct RTL_HEAP_WALK_ENTRY {
  PVOID DataAddress;
  SIZE_T DataSize;
  UCHAR OverheadBytes, SegmentIndex;
  USHORT Flags;
  struct {
    ULONG CommittedSize, UnCommittedSize;
    PVOID FirstEntry, LastEntry;
  } Segment;
};
static_assert(sizeof(RTL_HEAP_WALK_ENTRY) == 28);
inline constexpr USHORT RTL_HEAP_BUSY = 0x0001, RTL_HEAP_SEGMENT = 0x0002,
                        RTL_HEAP_UNCOMMITTED_RANGE = 0x0100;

struct EXCEPTION_POINTERS {
  PEXCEPTION_RECORD ExceptionRecord;
  PCONTEXT ContextRecord;
};
using PEXCEPTION_POINTERS = EXCEPTION_POINTERS*;
using PTOP_LEVEL_EXCEPTION_FILTER = LONG(NTAPI*)(PEXCEPTION_POINTERS);
using PVECTORED_EXCEPTION_HANDLER = LONG(NTAPI*)(PEXCEPTION_POINTERS);
using PTHREAD_START_ROUTINE = ULONG(NTAPI*)(PVOID);

inline PTEB NtCurrentTeb() {
  PTEB teb;
  asm("movl %%fs:0x18, %0" : "=r"(teb));
  return teb;
}
inline PPEB NtCurrentPeb() { return NtCurrentTeb()->ProcessEnvironmentBlock; }

extern "C" {

// Strings.
void NTAPI RtlInitUnicodeString(PUNICODE_STRING Destination, PCWSTR Source);
void NTAPI RtlInitAnsiString(PANSI_STRING Destination, const char* Source);
NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING Destination, const ANSI_STRING* Source,
                                            BOOLEAN AllocateDestination);
NTSTATUS NTAPI RtlUnicodeStringToAnsiString(PANSI_STRING Destination, const UNICODE_STRING* Source,
                                            BOOLEAN AllocateDestination);
BOOLEAN NTAPI RtlCreateUnicodeStringFromAsciiz(PUNICODE_STRING Destination, const char* Source);
void NTAPI RtlFreeUnicodeString(PUNICODE_STRING String);
void NTAPI RtlFreeAnsiString(PANSI_STRING String);
WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR Character);
LONG NTAPI RtlCompareUnicodeString(const UNICODE_STRING* First, const UNICODE_STRING* Second,
                                   BOOLEAN CaseInSensitive);
BOOLEAN NTAPI RtlEqualUnicodeString(const UNICODE_STRING* First, const UNICODE_STRING* Second,
                                    BOOLEAN CaseInSensitive);

// Paths and status codes.
BOOLEAN NTAPI RtlDosPathNameToNtPathName_U(PCWSTR DosName, PUNICODE_STRING NtName, PWSTR* FilePart,
                                           PVOID Reserved);
ULONG NTAPI RtlGetFullPathName_U(PCWSTR Name, ULONG BufferBytes, PWSTR Buffer, PWSTR* FilePart);
ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status);
ULONG NTAPI RtlGetLastWin32Error();
void NTAPI RtlSetLastWin32Error(ULONG Error);
void NTAPI RtlSetLastWin32ErrorAndNtStatusFromNtStatus(NTSTATUS Status);

// Memory.
PVOID NTAPI RtlCreateHeap(ULONG Flags, PVOID Base, SIZE_T Reserve, SIZE_T Commit, PVOID Lock,
                          PVOID Parameters);
PVOID NTAPI RtlDestroyHeap(PVOID Heap);
PVOID NTAPI RtlAllocateHeap(PVOID Heap, ULONG Flags, SIZE_T Size);
BOOLEAN NTAPI RtlFreeHeap(PVOID Heap, ULONG Flags, PVOID Block);
PVOID NTAPI RtlReAllocateHeap(PVOID Heap, ULONG Flags, PVOID Block, SIZE_T Size);
SIZE_T NTAPI RtlSizeHeap(PVOID Heap, ULONG Flags, const void* Block);
BOOLEAN NTAPI RtlValidateHeap(PVOID Heap, ULONG Flags, const void* Block);
NTSTATUS NTAPI RtlWalkHeap(PVOID Heap, RTL_HEAP_WALK_ENTRY* Entry);
SIZE_T NTAPI RtlCompactHeap(PVOID Heap, ULONG Flags);
BOOLEAN NTAPI RtlLockHeap(PVOID Heap);
BOOLEAN NTAPI RtlUnlockHeap(PVOID Heap);
ULONG NTAPI RtlGetProcessHeaps(ULONG Count, PVOID* Heaps);
void NTAPI RtlMoveMemory(PVOID Destination, const void* Source, SIZE_T Length);
void NTAPI RtlFillMemory(PVOID Destination, SIZE_T Length, UCHAR Fill);
void NTAPI RtlZeroMemory(PVOID Destination, SIZE_T Length);

// Locks.
extern RTL_CRITICAL_SECTION RtlpPebLock;  // PEB.FastPebLock; not exported
NTSTATUS NTAPI RtlInitializeCriticalSection(PRTL_CRITICAL_SECTION Section);
NTSTATUS NTAPI RtlInitializeCriticalSectionAndSpinCount(PRTL_CRITICAL_SECTION Section, ULONG Spin);
NTSTATUS NTAPI RtlEnterCriticalSection(PRTL_CRITICAL_SECTION Section);
BOOLEAN NTAPI RtlTryEnterCriticalSection(PRTL_CRITICAL_SECTION Section);
NTSTATUS NTAPI RtlLeaveCriticalSection(PRTL_CRITICAL_SECTION Section);
NTSTATUS NTAPI RtlDeleteCriticalSection(PRTL_CRITICAL_SECTION Section);
void NTAPI RtlAcquirePebLock();
void NTAPI RtlReleasePebLock();

// Exceptions and threads.
void NTAPI RtlRaiseException(PEXCEPTION_RECORD Record);
void NTAPI RtlRaiseStatus(NTSTATUS Status);
void NTAPI RtlCaptureContext(PCONTEXT Context);
BOOLEAN NTAPI RtlDispatchException(PEXCEPTION_RECORD Record, PCONTEXT Context);
PVOID NTAPI RtlUnwind(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD Record,
                      PVOID ReturnValue);
/// First is not 0: before those that are there. Returns what takes the handler off the list again.
PVOID NTAPI RtlAddVectoredExceptionHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler);
ULONG NTAPI RtlRemoveVectoredExceptionHandler(PVOID Handle);
PVOID NTAPI RtlAddVectoredContinueHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler);
ULONG NTAPI RtlRemoveVectoredContinueHandler(PVOID Handle);
void NTAPI DbgBreakPoint();
/// kernel32 registers the filter that decides what an unhandled exception does.
void NTAPI RtlSetUnhandledExceptionFilter(PTOP_LEVEL_EXCEPTION_FILTER Filter);
[[noreturn]] void NTAPI RtlExitUserThread(NTSTATUS Status);
[[noreturn]] void NTAPI RtlExitUserProcess(NTSTATUS Status);
NTSTATUS NTAPI RtlCreateUserThread(HANDLE Process, PVOID SecurityDescriptor,
                                   BOOLEAN CreateSuspended, ULONG ZeroBits, SIZE_T StackReserve,
                                   SIZE_T StackCommit, PTHREAD_START_ROUTINE Start, PVOID Parameter,
                                   PHANDLE Thread, PCLIENT_ID ClientId);

// Security.
BOOLEAN NTAPI RtlValidSid(SID* Sid);
ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorities);
ULONG NTAPI RtlLengthSid(SID* Sid);
BOOLEAN NTAPI RtlEqualSid(SID* First, SID* Second);
NTSTATUS NTAPI RtlInitializeSid(SID* Sid, const SID_IDENTIFIER_AUTHORITY* Authority,
                                UCHAR SubAuthorities);
ULONG* NTAPI RtlSubAuthoritySid(SID* Sid, ULONG Index);
UCHAR* NTAPI RtlSubAuthorityCountSid(SID* Sid);
SID_IDENTIFIER_AUTHORITY* NTAPI RtlIdentifierAuthoritySid(SID* Sid);
NTSTATUS NTAPI RtlCopySid(ULONG Length, SID* To, SID* From);
NTSTATUS NTAPI RtlAllocateAndInitializeSid(const SID_IDENTIFIER_AUTHORITY* Authority,
                                           UCHAR SubAuthorities, ULONG First, ULONG Second,
                                           ULONG Third, ULONG Fourth, ULONG Fifth, ULONG Sixth,
                                           ULONG Seventh, ULONG Eighth, SID** Result);
PVOID NTAPI RtlFreeSid(SID* Sid);
NTSTATUS NTAPI RtlCreateAcl(ACL* Acl, ULONG Length, ULONG Revision);
BOOLEAN NTAPI RtlValidAcl(ACL* Acl);
NTSTATUS NTAPI RtlAddAccessAllowedAce(ACL* Acl, ULONG Revision, ACCESS_MASK Mask, SID* Sid);
NTSTATUS NTAPI RtlAddAccessDeniedAce(ACL* Acl, ULONG Revision, ACCESS_MASK Mask, SID* Sid);
NTSTATUS NTAPI RtlGetAce(ACL* Acl, ULONG Index, PVOID* Ace);
NTSTATUS NTAPI RtlDeleteAce(ACL* Acl, ULONG Index);
NTSTATUS NTAPI RtlCreateSecurityDescriptor(PVOID Descriptor, ULONG Revision);
BOOLEAN NTAPI RtlValidSecurityDescriptor(PVOID Descriptor);
ULONG NTAPI RtlLengthSecurityDescriptor(PVOID Descriptor);
NTSTATUS NTAPI RtlGetControlSecurityDescriptor(PVOID Descriptor, USHORT* Control, ULONG* Revision);
NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PVOID Descriptor, BOOLEAN Present, ACL* Dacl,
                                            BOOLEAN Defaulted);
NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PVOID Descriptor, BOOLEAN* Present, ACL** Dacl,
                                            BOOLEAN* Defaulted);
NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PVOID Descriptor, SID* Owner, BOOLEAN Defaulted);
NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PVOID Descriptor, SID** Owner, BOOLEAN* Defaulted);
NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PVOID Descriptor, SID* Group, BOOLEAN Defaulted);
NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PVOID Descriptor, SID** Group, BOOLEAN* Defaulted);
NTSTATUS NTAPI RtlMakeSelfRelativeSD(PVOID Absolute, PVOID Result, ULONG* Length);

// The loader.
NTSTATUS NTAPI LdrLoadDll(PCWSTR SearchPath, PULONG Flags, PUNICODE_STRING Name, PVOID* Base);
NTSTATUS NTAPI LdrUnloadDll(PVOID Base);
NTSTATUS NTAPI LdrGetDllHandle(PCWSTR SearchPath, PULONG Flags, PUNICODE_STRING Name, PVOID* Base);
NTSTATUS NTAPI LdrGetProcedureAddress(PVOID Base, PANSI_STRING Name, ULONG Ordinal, PVOID* Address);
NTSTATUS NTAPI LdrFindEntryForAddress(PVOID Address, LDR_DATA_TABLE_ENTRY** Entry);
NTSTATUS NTAPI LdrDisableThreadCalloutsForDll(PVOID Base);
void NTAPI LdrInitializeThunk(PCONTEXT Context, PVOID SystemDllBase, PVOID Reserved);
void NTAPI LdrShutdownProcess();
void NTAPI LdrShutdownThread();

// The C functions of ntdll.
void* memcpy(void* to, const void* from, std::size_t count);
void* memmove(void* to, const void* from, std::size_t count);
void* memset(void* to, int value, std::size_t count);
int memcmp(const void* a, const void* b, std::size_t count);
std::size_t strlen(const char* text);
int strcmp(const char* a, const char* b);
int strncmp(const char* a, const char* b, std::size_t count);
char* strcpy(char* to, const char* from);
char* strcat(char* to, const char* from);
char* strchr(const char* text, int character);
int _stricmp(const char* a, const char* b);
std::size_t wcslen(const WCHAR* text);
}
