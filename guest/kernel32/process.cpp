// Processes: their end, their identity, their command line; CreateProcess is in create_process.cpp.
#include "guest/kernel32/win32.hpp"

namespace {

ANSI_STRING command_line;

}  // namespace

bool base::initialize_command_line() {
  return NT_SUCCESS(RtlUnicodeStringToAnsiString(
      &command_line, &NtCurrentPeb()->ProcessParameters->CommandLine, TRUE));
}

extern "C" {

LPSTR WINAPI GetCommandLineA() { return command_line.Buffer; }

[[noreturn]] void WINAPI ExitProcess(UINT Code) { RtlExitUserProcess(static_cast<NTSTATUS>(Code)); }

BOOL WINAPI TerminateProcess(HANDLE Process, UINT Code) {
  return base::succeed(NtTerminateProcess(Process, static_cast<NTSTATUS>(Code)));
}

BOOL WINAPI GetExitCodeProcess(HANDLE Process, DWORD* Code) {
  PROCESS_BASIC_INFORMATION basic;
  const NTSTATUS status =
      NtQueryInformationProcess(Process, ProcessBasicInformation, &basic, sizeof basic, nullptr);
  if (!base::succeed(status)) return 0;
  *Code = static_cast<DWORD>(basic.ExitStatus);
  return 1;
}

HANDLE WINAPI OpenProcess(DWORD Access, BOOL Inherit, DWORD ProcessId) {
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, nullptr, Inherit != 0 ? OBJ_INHERIT : 0, nullptr);
  CLIENT_ID id = {reinterpret_cast<HANDLE>(ProcessId), nullptr};
  HANDLE process = nullptr;
  return base::succeed(NtOpenProcess(&process, Access, &attributes, &id)) ? process : nullptr;
}

HANDLE WINAPI GetCurrentProcess() { return NtCurrentProcess(); }
DWORD WINAPI GetCurrentProcessId() {
  return reinterpret_cast<DWORD>(NtCurrentTeb()->ClientId.UniqueProcess);
}

BOOL WINAPI GetProcessTimes(HANDLE Process, FILETIME* Creation, FILETIME* Exit, FILETIME* Kernel,
                            FILETIME* User) {
  KERNEL_USER_TIMES times;
  if (!base::succeed(
          NtQueryInformationProcess(Process, ProcessTimes, &times, sizeof times, nullptr))) {
    return 0;
  }
  base::tell_times(times, Creation, Exit, Kernel, User);
  return 1;
}

DWORD WINAPI GetProcessId(HANDLE Process) {
  PROCESS_BASIC_INFORMATION basic;
  const NTSTATUS status =
      NtQueryInformationProcess(Process, ProcessBasicInformation, &basic, sizeof basic, nullptr);
  return base::succeed(status) ? basic.UniqueProcessId : 0;
}

BOOL WINAPI FlushInstructionCache(HANDLE Process, const void* Base, SIZE_T Size) {
  return base::succeed(NtFlushInstructionCache(Process, const_cast<PVOID>(Base), Size));
}

void WINAPI GetStartupInfoA(STARTUPINFOA* Info) {
  const auto* parameters = NtCurrentPeb()->ProcessParameters;
  static char nothing[1];
  *Info = {};
  Info->cb = sizeof *Info;
  Info->lpDesktop = Info->lpTitle = nothing;
  Info->dwFlags = parameters->WindowFlags;
  Info->wShowWindow = static_cast<WORD>(parameters->ShowWindowFlags);
  Info->hStdInput = parameters->StandardInput;
  Info->hStdOutput = parameters->StandardOutput;
  Info->hStdError = parameters->StandardError;
}

}  // extern "C"
