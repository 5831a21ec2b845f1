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

BOOL WINAPI DuplicateHandle(HANDLE SourceProcess, HANDLE Source, HANDLE TargetProcess,
                            PHANDLE Target, DWORD Access, BOOL Inherit, DWORD Options) {
  return base::succeed(NtDuplicateObject(SourceProcess, Source, TargetProcess, Target, Access,
                                         Inherit != 0 ? OBJ_INHERIT : 0, Options));
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
