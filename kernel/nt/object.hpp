// Objects as user mode names them: attributes, access rights, waits, handle options.
#pragma once

#include "kernel/nt/types.hpp"
#include "kernel/nt/wait.hpp"

struct OBJECT_ATTRIBUTES {
  ULONG Length;
  HANDLE RootDirectory;
  PUNICODE_STRING ObjectName;
  ULONG Attributes;
  PVOID SecurityDescriptor;
  PVOID SecurityQualityOfService;
};
using POBJECT_ATTRIBUTES = OBJECT_ATTRIBUTES*;
static_assert(sizeof(OBJECT_ATTRIBUTES) == 24);

inline constexpr ULONG OBJ_PROTECT_CLOSE = 0x01, OBJ_INHERIT = 0x02, OBJ_PERMANENT = 0x10,
                       OBJ_CASE_INSENSITIVE = 0x40, OBJ_OPENIF = 0x80, OBJ_OPENLINK = 0x100;

constexpr void InitializeObjectAttributes(POBJECT_ATTRIBUTES attributes, PUNICODE_STRING name,
                                          ULONG flags, HANDLE root) {
  *attributes = {sizeof(OBJECT_ATTRIBUTES), root, name, flags, nullptr, nullptr};
}

inline constexpr ACCESS_MASK DELETE_ACCESS = 0x00010000, READ_CONTROL = 0x00020000,
                             WRITE_DAC = 0x00040000, WRITE_OWNER = 0x00080000,
                             SYNCHRONIZE = 0x00100000, ACCESS_SYSTEM_SECURITY = 0x01000000,
                             MAXIMUM_ALLOWED = 0x02000000, GENERIC_ALL = 0x10000000,
                             GENERIC_EXECUTE = 0x20000000, GENERIC_WRITE = 0x40000000,
                             GENERIC_READ = 0x80000000;

inline constexpr ACCESS_MASK DIRECTORY_QUERY = 0x0001, DIRECTORY_TRAVERSE = 0x0002,
                             DIRECTORY_CREATE_OBJECT = 0x0004, DIRECTORY_CREATE_SUBDIRECTORY = 8,
                             DIRECTORY_ALL_ACCESS = 0x000F000F;
inline constexpr ACCESS_MASK MUTANT_QUERY_STATE = 0x0001, MUTANT_ALL_ACCESS = 0x001F0001;
inline constexpr ACCESS_MASK SEMAPHORE_QUERY_STATE = 0x0001, SEMAPHORE_MODIFY_STATE = 0x0002,
                             SEMAPHORE_ALL_ACCESS = 0x001F0003;
inline constexpr ACCESS_MASK TIMER_QUERY_STATE = 0x0001, TIMER_MODIFY_STATE = 0x0002,
                             TIMER_ALL_ACCESS = 0x001F0003;
inline constexpr ACCESS_MASK TOKEN_QUERY = 0x0008, TOKEN_ALL_ACCESS = 0x000F01FF;
inline constexpr ACCESS_MASK EVENT_QUERY_STATE = 0x0001, EVENT_MODIFY_STATE = 0x0002,
                             EVENT_ALL_ACCESS = 0x001F0003;
inline constexpr ACCESS_MASK PROCESS_TERMINATE = 0x0001, PROCESS_CREATE_THREAD = 0x0002,
                             PROCESS_VM_OPERATION = 0x0008, PROCESS_VM_READ = 0x0010,
                             PROCESS_VM_WRITE = 0x0020, PROCESS_DUP_HANDLE = 0x0040,
                             PROCESS_SET_QUOTA = 0x0100, PROCESS_QUERY_INFORMATION = 0x0400,
                             PROCESS_ALL_ACCESS = 0x001F0FFF;
inline constexpr ACCESS_MASK THREAD_TERMINATE = 0x0001, THREAD_SUSPEND_RESUME = 0x0002,
                             THREAD_GET_CONTEXT = 0x0008, THREAD_SET_CONTEXT = 0x0010,
                             THREAD_SET_INFORMATION = 0x0020, THREAD_QUERY_INFORMATION = 0x0040,
                             THREAD_ALL_ACCESS = 0x001F03FF;

inline constexpr ULONG DUPLICATE_CLOSE_SOURCE = 1, DUPLICATE_SAME_ACCESS = 2,
                       DUPLICATE_SAME_ATTRIBUTES = 4;

enum OBJECT_INFORMATION_CLASS : LONG {
  ObjectBasicInformation = 0,
  ObjectHandleFlagInformation = 4,
};
struct OBJECT_BASIC_INFORMATION {
  ULONG Attributes;
  ACCESS_MASK GrantedAccess;
  ULONG HandleCount, PointerCount, PagedPoolUsage, NonPagedPoolUsage, Reserved[3],
      NameInformationLength, TypeInformationLength, SecurityDescriptorLength;
  LARGE_INTEGER CreateTime;
};
struct OBJECT_HANDLE_FLAG_INFORMATION {
  BOOLEAN Inherit, ProtectFromClose;
};

enum EVENT_INFORMATION_CLASS : LONG { EventBasicInformation = 0 };
struct EVENT_BASIC_INFORMATION {
  EVENT_TYPE EventType;
  LONG EventState;
};

enum TIMER_INFORMATION_CLASS : LONG { TimerBasicInformation = 0 };
struct TIMER_BASIC_INFORMATION {
  LARGE_INTEGER RemainingTime;  // negative: it was due so long ago
  BOOLEAN TimerState;
};
static_assert(sizeof(TIMER_BASIC_INFORMATION) == 16);
using PTIMER_APC_ROUTINE = void(NTAPI*)(PVOID Context, ULONG TimeLow, LONG TimeHigh);
using PPS_APC_ROUTINE = void(NTAPI*)(PVOID Context, PVOID Argument1, PVOID Argument2);

inline HANDLE NtCurrentProcess() { return reinterpret_cast<HANDLE>(-1); }
inline HANDLE NtCurrentThread() { return reinterpret_cast<HANDLE>(-2); }
