// The standard handles, and the console as a device to read lines from and write text to.
#include "guest/kernel32/win32.hpp"

namespace {

/// The place of a standard handle, named -10, -11 or -12.
HANDLE* standard_handle(DWORD which) {
  auto* parameters = NtCurrentPeb()->ProcessParameters;
  switch (static_cast<LONG>(which)) {
    case -10:
      return &parameters->StandardInput;
    case -11:
      return &parameters->StandardOutput;
    case -12:
      return &parameters->StandardError;
    default:
      return nullptr;
  }
}

}  // namespace

extern "C" {

BOOL WINAPI ReadFile(HANDLE File, PVOID Buffer, DWORD Bytes, DWORD* Read, OVERLAPPED* Overlapped);
BOOL WINAPI WriteFile(HANDLE File, const void* Buffer, DWORD Bytes, DWORD* Written,
                      OVERLAPPED* Overlapped);

HANDLE WINAPI GetStdHandle(DWORD Which) {
  const HANDLE* handle = standard_handle(Which);
  if (handle != nullptr) return *handle;
  base::fail(ERROR_INVALID_HANDLE);
  return INVALID_HANDLE_VALUE;
}

BOOL WINAPI SetStdHandle(DWORD Which, HANDLE Handle) {
  HANDLE* handle = standard_handle(Which);
  if (handle == nullptr) return base::fail(ERROR_INVALID_HANDLE);
  *handle = Handle;
  return 1;
}

BOOL WINAPI WriteConsoleA(HANDLE Console, const void* Text, DWORD Length, DWORD* Written, PVOID) {
  return WriteFile(Console, Text, Length, Written, nullptr);
}

BOOL WINAPI ReadConsoleA(HANDLE Console, PVOID Buffer, DWORD Length, DWORD* Read, PVOID) {
  return ReadFile(Console, Buffer, Length, Read, nullptr);
}

/// A debugger would be told by an exception; without one NT shows the text to nobody either.
void WINAPI OutputDebugStringA(LPCSTR Text) {
  static constexpr NTSTATUS debug_print = 0x40010006;  // DBG_PRINTEXCEPTION_C
  if (!NtCurrentPeb()->BeingDebugged) return;
  EXCEPTION_RECORD record = {};
  record.ExceptionCode = debug_print;
  record.NumberParameters = 2;
  record.ExceptionInformation[0] = strlen(Text) + 1;
  record.ExceptionInformation[1] = reinterpret_cast<ULONG>(Text);
  RtlRaiseException(&record);
}

}  // extern "C"
