// TEB, PEB and process parameters, at NT's offsets; process and thread information classes.
#pragma once

#include "kernel/nt/exception.hpp"
#include "kernel/nt/types.hpp"

struct CURDIR {
  UNICODE_STRING DosPath;
  HANDLE Handle;
};

struct RTL_DRIVE_LETTER_CURDIR {
  USHORT Flags, Length;
  ULONG TimeStamp;
  STRING DosPath;
};

inline constexpr ULONG RTL_USER_PROC_PARAMS_NORMALIZED = 1;  // buffers are pointers, not offsets

/// Handed to NtCreateUserProcess normalized; the child finds its copy normalized as well.
struct RTL_USER_PROCESS_PARAMETERS {
  ULONG MaximumLength, Length, Flags, DebugFlags;
  HANDLE ConsoleHandle;
  ULONG ConsoleFlags;
  HANDLE StandardInput, StandardOutput, StandardError;
  CURDIR CurrentDirectory;
  UNICODE_STRING DllPath, ImagePathName, CommandLine;
  PVOID Environment;  // L"A=1\0B=2\0\0"
  ULONG StartingX, StartingY, CountX, CountY, CountCharsX, CountCharsY, FillAttribute, WindowFlags,
      ShowWindowFlags;
  UNICODE_STRING WindowTitle, DesktopInfo, ShellInfo, RuntimeData;
  RTL_DRIVE_LETTER_CURDIR CurrentDirectories[32];
};
using PRTL_USER_PROCESS_PARAMETERS = RTL_USER_PROCESS_PARAMETERS*;
static_assert(offsetof(RTL_USER_PROCESS_PARAMETERS, StandardInput) == 0x18);
static_assert(offsetof(RTL_USER_PROCESS_PARAMETERS, CommandLine) == 0x40);
static_assert(offsetof(RTL_USER_PROCESS_PARAMETERS, CurrentDirectories) == 0x90);

struct PEB_LDR_DATA {
  ULONG Length;
  BOOLEAN Initialized;
  PVOID SsHandle;
  LIST_ENTRY InLoadOrderModuleList, InMemoryOrderModuleList, InInitializationOrderModuleList;
};
static_assert(offsetof(PEB_LDR_DATA, InLoadOrderModuleList) == 0x0C);

struct LDR_DATA_TABLE_ENTRY {
  LIST_ENTRY InLoadOrderLinks, InMemoryOrderLinks, InInitializationOrderLinks;
  PVOID DllBase, EntryPoint;
  ULONG SizeOfImage;
  UNICODE_STRING FullDllName, BaseDllName;
  ULONG Flags;
  USHORT LoadCount, TlsIndex;
};
static_assert(offsetof(LDR_DATA_TABLE_ENTRY, DllBase) == 0x18);

struct RTL_CRITICAL_SECTION;

/// The kernel fills what is marked (K); the rest is zero and ntdll's to fill.
struct PEB {
  BOOLEAN InheritedAddressSpace, ReadImageFileExecOptions, BeingDebugged, SpareBool;
  HANDLE Mutant;
  PVOID ImageBaseAddress;                          // (K)
  PEB_LDR_DATA* Ldr;                               // null in a new process
  PRTL_USER_PROCESS_PARAMETERS ProcessParameters;  // (K)
  PVOID SubSystemData;
  PVOID ProcessHeap;
  RTL_CRITICAL_SECTION* FastPebLock;
  PVOID FastPebLockRoutine, FastPebUnlockRoutine;
  ULONG EnvironmentUpdateCount;
  PVOID KernelCallbackTable, EventLogSection, EventLog, FreeList;
  ULONG TlsExpansionCounter;
  PVOID TlsBitmap;  // +40
  ULONG TlsBitmapBits[2];
  PVOID ReadOnlySharedMemoryBase, ReadOnlySharedMemoryHeap, ReadOnlyStaticServerData,
      AnsiCodePageData, OemCodePageData, UnicodeCaseTableData;
  ULONG NumberOfProcessors;  // (K) +64
  ULONG NtGlobalFlag;
  LARGE_INTEGER CriticalSectionTimeout;
  ULONG HeapSegmentReserve;                                              // (K) +78
  ULONG HeapSegmentCommit;                                               // (K)
  ULONG HeapDeCommitTotalFreeThreshold, HeapDeCommitFreeBlockThreshold;  // (K)
  ULONG NumberOfHeaps;                                                   // +88
  ULONG MaximumNumberOfHeaps;                                            // (K)
  PVOID* ProcessHeaps;  // (K) points behind the PEB, in the same page
  PVOID GdiSharedHandleTable, ProcessStarterHelper, GdiDCAttributeList;
  PVOID LoaderLock;                                                              // +A0
  ULONG OSMajorVersion, OSMinorVersion;                                          // (K)
  USHORT OSBuildNumber, OSCSDVersion;                                            // (K)
  ULONG OSPlatformId;                                                            // (K)
  ULONG ImageSubsystem, ImageSubsystemMajorVersion, ImageSubsystemMinorVersion;  // (K)
};
using PPEB = PEB*;
static_assert(offsetof(PEB, ImageBaseAddress) == 0x08 && offsetof(PEB, ProcessHeap) == 0x18);
static_assert(offsetof(PEB, TlsBitmap) == 0x40 && offsetof(PEB, NumberOfProcessors) == 0x64);
static_assert(offsetof(PEB, HeapSegmentReserve) == 0x78 && offsetof(PEB, LoaderLock) == 0xA0);
static_assert(offsetof(PEB, OSMajorVersion) == 0xA4 && offsetof(PEB, ImageSubsystem) == 0xB4);

struct NT_TIB {
  EXCEPTION_REGISTRATION_RECORD* ExceptionList;
  PVOID StackBase;   // highest address + 1
  PVOID StackLimit;  // lowest committed address above the guard page
  PVOID SubSystemTib, FiberData, ArbitraryUserPointer;
  NT_TIB* Self;
};

/// FS points here in user mode. The kernel fills Tib, ClientId, ProcessEnvironmentBlock and
/// DeallocationStack, and moves Tib.StackLimit as the stack grows.
struct TEB {
  NT_TIB Tib;
  PVOID EnvironmentPointer;
  CLIENT_ID ClientId;  // +20
  PVOID ActiveRpcHandle;
  PVOID ThreadLocalStoragePointer;  // +2C
  PPEB ProcessEnvironmentBlock;     // +30
  ULONG LastErrorValue;             // +34
  ULONG CountOfOwnedCriticalSections;
  PVOID CsrClientThread, Win32ThreadInfo;
  ULONG Win32ClientInfo[31];
  PVOID WOW32Reserved;
  ULONG CurrentLocale;  // +C4
  ULONG FpSoftwareStatusRegister;
  PVOID SystemReserved1[54];
  NTSTATUS ExceptionCode;  // +1A4
  UCHAR SystemReserved2[0xBF4 - 0x1A8];
  NTSTATUS LastStatusValue;  // +BF4
  UNICODE_STRING StaticUnicodeString;
  WCHAR StaticUnicodeBuffer[261];
  PVOID DeallocationStack;  // +E0C
  PVOID TlsSlots[64];       // +E10
  LIST_ENTRY TlsLinks;
  UCHAR SystemReserved3[0xF75 - 0xF18];
  BOOLEAN FreeStackOnTermination;  // +F75: the kernel releases the stack when the thread ends
};
using PTEB = TEB*;
static_assert(offsetof(TEB, ProcessEnvironmentBlock) == 0x30);
static_assert(offsetof(TEB, CurrentLocale) == 0xC4 && offsetof(TEB, ExceptionCode) == 0x1A4);
static_assert(offsetof(TEB, LastStatusValue) == 0xBF4 && offsetof(TEB, TlsSlots) == 0xE10);
static_assert(offsetof(TEB, DeallocationStack) == 0xE0C && offsetof(TEB, TlsLinks) == 0xF10);
static_assert(offsetof(TEB, FreeStackOnTermination) == 0xF75 && sizeof(TEB) <= 0x1000);

struct INITIAL_TEB {
  PVOID OldStackBase, OldStackLimit;
  PVOID StackBase, StackLimit, StackAllocationBase;
};
using PINITIAL_TEB = INITIAL_TEB*;

/// The drives: bit 0 of the map is A:.
struct PROCESS_DEVICEMAP_INFORMATION {
  ULONG DriveMap;
  UCHAR DriveType[32];  // GetDriveType's values
};
static_assert(sizeof(PROCESS_DEVICEMAP_INFORMATION) == 36);
inline constexpr UCHAR DOSDEVICE_DRIVE_FIXED = 3;

enum PROCESSINFOCLASS : LONG {
  ProcessBasicInformation = 0,
  ProcessQuotaLimits = 1,  // QUOTA_LIMITS
  ProcessVmCounters = 3,
  ProcessTimes = 4,
  ProcessDeviceMap = 23,  // PROCESS_DEVICEMAP_INFORMATION
  /// EXCEPTION_RECORD of the unhandled exception that ended the process; ours, not NT's.
  /// STATUS_UNSUCCESSFUL when it ended in another way.
  ProcessTerminationException = 0x1000,
};

struct PROCESS_BASIC_INFORMATION {
  NTSTATUS ExitStatus;  // STATUS_PENDING while it runs
  PPEB PebBaseAddress;
  KAFFINITY AffinityMask;
  KPRIORITY BasePriority;
  ULONG UniqueProcessId, InheritedFromUniqueProcessId;
};

struct KERNEL_USER_TIMES {
  LARGE_INTEGER CreateTime, ExitTime, KernelTime, UserTime;
};

/// Bytes. Limits of all ones are none.
struct QUOTA_LIMITS {
  SIZE_T PagedPoolLimit, NonPagedPoolLimit, MinimumWorkingSetSize, MaximumWorkingSetSize,
      PagefileLimit;
  LARGE_INTEGER TimeLimit;
};
static_assert(sizeof(QUOTA_LIMITS) == 32);

struct VM_COUNTERS {
  SIZE_T PeakVirtualSize, VirtualSize;
  ULONG PageFaultCount;
  SIZE_T PeakWorkingSetSize, WorkingSetSize, QuotaPeakPagedPoolUsage, QuotaPagedPoolUsage,
      QuotaPeakNonPagedPoolUsage, QuotaNonPagedPoolUsage, PagefileUsage, PeakPagefileUsage;
};
static_assert(sizeof(VM_COUNTERS) == 44);

enum THREADINFOCLASS : LONG {
  ThreadBasicInformation = 0,
  ThreadTimes = 1,
  ThreadPriority = 2,      // set only
  ThreadBasePriority = 3,  // set only
  ThreadQuerySetWin32StartAddress = 9,
};

struct THREAD_BASIC_INFORMATION {
  NTSTATUS ExitStatus;  // STATUS_PENDING while it runs
  PTEB TebBaseAddress;
  CLIENT_ID ClientId;
  KAFFINITY AffinityMask;
  KPRIORITY Priority, BasePriority;
};
static_assert(sizeof(THREAD_BASIC_INFORMATION) == 28);
