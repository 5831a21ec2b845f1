// NT's basic types. The kernel's host tests read this one too, so sizes are asserted in nt.hpp.
#pragma once

#include "arch/integers.hpp"

using UCHAR = arch::u8;
using USHORT = arch::u16;
using ULONG = arch::u32;
using ULONGLONG = arch::u64;
using CHAR = char;
using CCHAR = char;
using SHORT = arch::s16;
using LONG = arch::s32;
using LONGLONG = arch::s64;
using BOOLEAN = arch::u8;
using ULONG_PTR = arch::u32;
using SIZE_T = arch::u32;
using WCHAR = wchar_t;
using PVOID = void*;
using HANDLE = void*;
using PHANDLE = HANDLE*;
using PULONG = ULONG*;
using PSIZE_T = SIZE_T*;
using PWSTR = WCHAR*;
using PCWSTR = const WCHAR*;
using NTSTATUS = LONG;
using ACCESS_MASK = ULONG;
using KPRIORITY = LONG;
using KAFFINITY = ULONG;

inline constexpr BOOLEAN FALSE = 0, TRUE = 1;

#define NTAPI __attribute__((stdcall))

union LARGE_INTEGER {
  struct {
    ULONG LowPart;
    LONG HighPart;
  };
  LONGLONG QuadPart;
};
using PLARGE_INTEGER = LARGE_INTEGER*;
static_assert(sizeof(LARGE_INTEGER) == 8);

struct LIST_ENTRY {
  LIST_ENTRY* Flink;
  LIST_ENTRY* Blink;
};
using PLIST_ENTRY = LIST_ENTRY*;

/// Lengths count bytes, without the terminator.
struct UNICODE_STRING {
  USHORT Length;
  USHORT MaximumLength;
  PWSTR Buffer;
};
using PUNICODE_STRING = UNICODE_STRING*;

struct STRING {
  USHORT Length;
  USHORT MaximumLength;
  char* Buffer;
};
using ANSI_STRING = STRING;
using PANSI_STRING = ANSI_STRING*;

struct CLIENT_ID {
  HANDLE UniqueProcess;
  HANDLE UniqueThread;
};
using PCLIENT_ID = CLIENT_ID*;
