// Win32's types and constants, as far as kernel32 needs more than NT's; and what its parts share.
#pragma once

#include "guest/ntdll/ntdll.hpp"

using BOOL = LONG;
using DWORD = ULONG;
using WORD = USHORT;
using UINT = ULONG;
using LPCSTR = const char*;
using LPSTR = char*;
using HMODULE = PVOID;

#define WINAPI NTAPI

inline const HANDLE INVALID_HANDLE_VALUE = reinterpret_cast<HANDLE>(-1);
inline constexpr DWORD INFINITE = 0xFFFFFFFF;
inline constexpr DWORD WAIT_FAILED = 0xFFFFFFFF, WAIT_IO_COMPLETION = 0xC0;

inline constexpr DWORD ERROR_SUCCESS = 0, ERROR_INVALID_FUNCTION = 1, ERROR_FILE_NOT_FOUND = 2,
                       ERROR_PATH_NOT_FOUND = 3, ERROR_INVALID_HANDLE = 6,
                       ERROR_NOT_ENOUGH_MEMORY = 8, ERROR_NO_MORE_FILES = 18,
                       ERROR_FILE_EXISTS = 80, ERROR_INVALID_PARAMETER = 87,
                       ERROR_INSUFFICIENT_BUFFER = 122, ERROR_NEGATIVE_SEEK = 131,
                       ERROR_ALREADY_EXISTS = 183, ERROR_NO_MORE_ITEMS = 259,
                       ERROR_DISCARDED = 157, ERROR_NOT_LOCKED = 158,
                       ERROR_MOD_NOT_FOUND = 126, ERROR_FILENAME_EXCED_RANGE = 206,
                       ERROR_DIRECTORY = 267, ERROR_NOT_SAME_DEVICE = 17,
                       ERROR_ENVVAR_NOT_FOUND = 203, ERROR_BUFFER_OVERFLOW = 111,
                       ERROR_INVALID_NAME = 123;

struct SECURITY_ATTRIBUTES {
  DWORD nLength;
  PVOID lpSecurityDescriptor;
  BOOL bInheritHandle;
};

struct OVERLAPPED {
  ULONG Internal, InternalHigh, Offset, OffsetHigh;
  HANDLE hEvent;
};

struct FILETIME {
  DWORD dwLowDateTime, dwHighDateTime;
};

struct WIN32_FIND_DATAA {
  DWORD dwFileAttributes;
  FILETIME ftCreationTime, ftLastAccessTime, ftLastWriteTime;
  DWORD nFileSizeHigh, nFileSizeLow, dwReserved0, dwReserved1;
  char cFileName[260];
  char cAlternateFileName[14];
};
static_assert(sizeof(WIN32_FIND_DATAA) == 320);

struct SYSTEM_INFO {
  WORD wProcessorArchitecture, wReserved;
  DWORD dwPageSize;
  PVOID lpMinimumApplicationAddress, lpMaximumApplicationAddress;
  DWORD dwActiveProcessorMask, dwNumberOfProcessors, dwProcessorType, dwAllocationGranularity;
  WORD wProcessorLevel, wProcessorRevision;
};
static_assert(sizeof(SYSTEM_INFO) == 36);

struct MEMORYSTATUS {
  DWORD dwLength, dwMemoryLoad;
  SIZE_T dwTotalPhys, dwAvailPhys, dwTotalPageFile, dwAvailPageFile, dwTotalVirtual, dwAvailVirtual;
};
static_assert(sizeof(MEMORYSTATUS) == 32);

struct STARTUPINFOA {
  DWORD cb;
  LPSTR lpReserved, lpDesktop, lpTitle;
  DWORD dwX, dwY, dwXSize, dwYSize, dwXCountChars, dwYCountChars, dwFillAttribute, dwFlags;
  WORD wShowWindow, cbReserved2;
  UCHAR* lpReserved2;
  HANDLE hStdInput, hStdOutput, hStdError;
};
static_assert(sizeof(STARTUPINFOA) == 68);
inline constexpr DWORD STARTF_USESTDHANDLES = 0x100;
inline constexpr DWORD CREATE_SUSPENDED = 4, CREATE_UNICODE_ENVIRONMENT = 0x400;

struct PROCESS_INFORMATION {
  HANDLE hProcess, hThread;
  DWORD dwProcessId, dwThreadId;
};

namespace base {

/// Sets the last error from `status` unless it is a success; returns whether it is.
inline BOOL succeed(NTSTATUS status) {
  if (NT_SUCCESS(status)) return 1;
  RtlSetLastWin32ErrorAndNtStatusFromNtStatus(status);
  return 0;
}

/// Sets the last error; for `return base::fail(...)`.
inline BOOL fail(DWORD error) {
  RtlSetLastWin32Error(error);
  return 0;
}

/// A timeout in milliseconds as NT wants it: relative times are negative, in 100 ns; INFINITE is
/// a null pointer.
class Timeout {
 public:
  explicit Timeout(DWORD milliseconds) : infinite_(milliseconds == INFINITE) {
    interval_.QuadPart = -static_cast<LONGLONG>(milliseconds) * 10000;
  }
  PLARGE_INTEGER get() { return infinite_ ? nullptr : &interval_; }

 private:
  LARGE_INTEGER interval_;
  bool infinite_;
};

/// A C string as a counted Unicode string, freed at the end of its scope.
class Unicode {
 public:
  explicit Unicode(LPCSTR text) {
    if (!RtlCreateUnicodeStringFromAsciiz(&string_, text)) string_ = {};
  }
  ~Unicode() {
    if (string_.Buffer != nullptr) RtlFreeUnicodeString(&string_);
  }
  Unicode(const Unicode&) = delete;
  Unicode& operator=(const Unicode&) = delete;
  PUNICODE_STRING get() const { return const_cast<PUNICODE_STRING>(&string_); }
  PCWSTR text() const { return string_.Buffer; }
  bool valid() const { return string_.Buffer != nullptr; }

 private:
  UNICODE_STRING string_ = {};
};

/// A DOS path as NT's name for it, freed at the end of its scope.
class NtPath {
 public:
  explicit NtPath(LPCSTR dos_path) {
    const Unicode name(dos_path);
    if (name.valid() && !RtlDosPathNameToNtPathName_U(name.text(), &path_, nullptr, nullptr)) {
      path_ = {};
    }
  }
  ~NtPath() {
    if (path_.Buffer != nullptr) RtlFreeUnicodeString(&path_);
  }
  NtPath(const NtPath&) = delete;
  NtPath& operator=(const NtPath&) = delete;
  PUNICODE_STRING get() const { return const_cast<PUNICODE_STRING>(&path_); }
  bool valid() const { return path_.Buffer != nullptr; }

 private:
  UNICODE_STRING path_ = {};
};

inline void tell_times(const KERNEL_USER_TIMES& times, FILETIME* creation, FILETIME* exit,
                       FILETIME* kernel, FILETIME* user) {
  const auto tell = [](const LARGE_INTEGER& time, FILETIME* to) {
    *to = {time.LowPart, static_cast<DWORD>(time.HighPart)};
  };
  tell(times.CreateTime, creation);
  tell(times.ExitTime, exit);
  tell(times.KernelTime, kernel);
  tell(times.UserTime, user);
}

/// Copies a Unicode string to a buffer of bytes, cut and terminated; returns the characters copied.
DWORD copy_ansi(const UNICODE_STRING& from, LPSTR to, DWORD capacity);

/// The handle whose block this is, or null; `shared` tells of GMEM_DDESHARE.
HANDLE find_moveable(const void* block, bool& shared);

// What DllEntry calls.
bool initialize_command_line();
void attach_thread_tls();
void detach_thread_tls();

}  // namespace base
