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

constexpr UINT code_page = 437;

// The console is always in these modes: lines with an echo in, text with wrapped lines out.
constexpr DWORD input_mode = 0x0007, output_mode = 0x0003;
constexpr DWORD input_extras = 0x01F8;  // mouse, window and editing, which make no difference

bool is_console(HANDLE handle) {
  IO_STATUS_BLOCK io;
  FILE_FS_DEVICE_INFORMATION device;
  const NTSTATUS status =
      NtQueryVolumeInformationFile(handle, &io, &device, sizeof device, FileFsDeviceInformation);
  if (NT_SUCCESS(status) && device.DeviceType == FILE_DEVICE_CONSOLE) return true;
  return base::fail(ERROR_INVALID_HANDLE);
}

/// A handle that may be read from: reading nothing asks without waiting.
bool is_input(HANDLE console) {
  IO_STATUS_BLOCK io;
  return NT_SUCCESS(
      NtReadFile(console, nullptr, nullptr, nullptr, &io, nullptr, 0, nullptr, nullptr));
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
  return is_console(Console) && WriteFile(Console, Text, Length, Written, nullptr);
}

BOOL WINAPI ReadConsoleA(HANDLE Console, PVOID Buffer, DWORD Length, DWORD* Read, PVOID) {
  return is_console(Console) && ReadFile(Console, Buffer, Length, Read, nullptr);
}

BOOL WINAPI GetConsoleMode(HANDLE Console, DWORD* Mode) {
  if (!is_console(Console)) return 0;
  *Mode = is_input(Console) ? input_mode : output_mode;
  return 1;
}

/// Only what the console does anyway.
BOOL WINAPI SetConsoleMode(HANDLE Console, DWORD Mode) {
  if (!is_console(Console)) return 0;
  const bool same = is_input(Console) ? (Mode & ~input_extras) == input_mode : Mode == output_mode;
  return same ? 1 : base::fail(ERROR_INVALID_PARAMETER);
}

UINT WINAPI GetConsoleCP() { return code_page; }
UINT WINAPI GetConsoleOutputCP() { return code_page; }

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
