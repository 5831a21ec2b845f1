// CONTEXT and EXCEPTION_RECORD: what the kernel hands to ntdll!KiUserExceptionDispatcher.
#pragma once

#include "kernel/nt/types.hpp"

inline constexpr ULONG CONTEXT_i386 = 0x00010000;
inline constexpr ULONG CONTEXT_CONTROL = CONTEXT_i386 | 0x01;   // SS:ESP, CS:EIP, EFLAGS, EBP
inline constexpr ULONG CONTEXT_INTEGER = CONTEXT_i386 | 0x02;   // EAX EBX ECX EDX ESI EDI
inline constexpr ULONG CONTEXT_SEGMENTS = CONTEXT_i386 | 0x04;  // DS ES FS GS
inline constexpr ULONG CONTEXT_FLOATING_POINT = CONTEXT_i386 | 0x08;
inline constexpr ULONG CONTEXT_DEBUG_REGISTERS = CONTEXT_i386 | 0x10;
/// The bits of a part, CONTEXT_i386 included, are all there.
constexpr bool ContextHas(ULONG flags, ULONG part) { return (flags & part) == part; }
inline constexpr ULONG CONTEXT_FULL = CONTEXT_CONTROL | CONTEXT_INTEGER | CONTEXT_SEGMENTS;

struct FLOATING_SAVE_AREA {
  ULONG ControlWord, StatusWord, TagWord, ErrorOffset, ErrorSelector, DataOffset, DataSelector;
  UCHAR RegisterArea[80];
  ULONG Cr0NpxState;
};

struct CONTEXT {
  ULONG ContextFlags;
  ULONG Dr0, Dr1, Dr2, Dr3, Dr6, Dr7;
  FLOATING_SAVE_AREA FloatSave;
  ULONG SegGs, SegFs, SegEs, SegDs;
  ULONG Edi, Esi, Ebx, Edx, Ecx, Eax;
  ULONG Ebp, Eip, SegCs, EFlags, Esp, SegSs;
  UCHAR ExtendedRegisters[512];
};
using PCONTEXT = CONTEXT*;
static_assert(offsetof(CONTEXT, FloatSave) == 0x1C && offsetof(CONTEXT, SegGs) == 0x8C);
static_assert(offsetof(CONTEXT, Edi) == 0x9C && offsetof(CONTEXT, Eip) == 0xB8);
static_assert(offsetof(CONTEXT, Esp) == 0xC4 && sizeof(CONTEXT) == 0x2CC);

inline constexpr ULONG EXCEPTION_NONCONTINUABLE = 1, EXCEPTION_UNWINDING = 2,
                       EXCEPTION_EXIT_UNWIND = 4, EXCEPTION_STACK_INVALID = 8,
                       EXCEPTION_NESTED_CALL = 16;
inline constexpr ULONG EXCEPTION_MAXIMUM_PARAMETERS = 15;

/// For STATUS_ACCESS_VIOLATION: [0] is 0 read or 1 write, [1] the address.
/// For STATUS_IN_PAGE_ERROR [2] is the status of the failed read as well.
struct EXCEPTION_RECORD {
  NTSTATUS ExceptionCode;
  ULONG ExceptionFlags;
  EXCEPTION_RECORD* ExceptionRecord;
  PVOID ExceptionAddress;
  ULONG NumberParameters;
  ULONG ExceptionInformation[EXCEPTION_MAXIMUM_PARAMETERS];
};
using PEXCEPTION_RECORD = EXCEPTION_RECORD*;
static_assert(sizeof(EXCEPTION_RECORD) == 0x50);

enum EXCEPTION_DISPOSITION : LONG {
  ExceptionContinueExecution,
  ExceptionContinueSearch,
  ExceptionNestedException,
  ExceptionCollidedUnwind,
};

struct EXCEPTION_REGISTRATION_RECORD;
using PEXCEPTION_ROUTINE = EXCEPTION_DISPOSITION(__attribute__((cdecl)) *)(
    PEXCEPTION_RECORD Record, EXCEPTION_REGISTRATION_RECORD* Frame, PCONTEXT Context,
    PVOID DispatcherContext);

/// One link of the chain at FS:[0]; the last one's Next is 0xFFFFFFFF.
struct EXCEPTION_REGISTRATION_RECORD {
  EXCEPTION_REGISTRATION_RECORD* Next;
  PEXCEPTION_ROUTINE Handler;
};
