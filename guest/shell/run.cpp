// run: starts a program, waits for its end, and says how it ended if not with 0.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/shell/command.hpp"

namespace shell {

namespace {

struct StatusName {
  DWORD status;
  const char* name;
};

constexpr StatusName status_names[] = {
    {0x80000001, "STATUS_GUARD_PAGE_VIOLATION"},  {0x80000003, "STATUS_BREAKPOINT"},
    {0x80000004, "STATUS_SINGLE_STEP"},           {0xC0000005, "STATUS_ACCESS_VIOLATION"},
    {0xC0000006, "STATUS_IN_PAGE_ERROR"},         {0xC0000017, "STATUS_NO_MEMORY"},
    {0xC000001D, "STATUS_ILLEGAL_INSTRUCTION"},   {0xC0000025, "STATUS_NONCONTINUABLE_EXCEPTION"},
    {0xC0000026, "STATUS_INVALID_DISPOSITION"},   {0xC000007B, "STATUS_INVALID_IMAGE_FORMAT"},
    {0xC000008C, "STATUS_ARRAY_BOUNDS_EXCEEDED"}, {0xC0000094, "STATUS_INTEGER_DIVIDE_BY_ZERO"},
    {0xC0000095, "STATUS_INTEGER_OVERFLOW"},      {0xC0000096, "STATUS_PRIVILEGED_INSTRUCTION"},
    {0xC00000FD, "STATUS_STACK_OVERFLOW"},        {0xC0000135, "STATUS_DLL_NOT_FOUND"},
    {0xC0000138, "STATUS_ORDINAL_NOT_FOUND"},     {0xC0000139, "STATUS_ENTRYPOINT_NOT_FOUND"},
    {0xC0000142, "STATUS_DLL_INIT_FAILED"},
};

/// The program's name in capitals, with its suffix: what the shell calls it.
void program_name(const char* command_line, char* name, unsigned capacity) {
  unsigned length = 0;
  bool suffix = false;
  const bool quoted = *command_line == '"';
  for (const char* at = command_line + quoted; *at != '\0'; ++at) {
    if (quoted ? *at == '"' : *at == ' ' || *at == '\t') break;
    if (length + sizeof ".EXE" == capacity) break;
    suffix |= *at == '.';
    name[length++] = *at >= 'a' && *at <= 'z' ? static_cast<char>(*at - 'a' + 'A') : *at;
  }
  lstrcpyA(name + length, suffix ? "" : ".EXE");
}

void report_end(const char* name, DWORD code) {
  if (code == 0) return;
  for (const StatusName& known : status_names) {
    if (known.status != code) continue;
    crt::print(name, ": ended by ", known.name, " (", crt::hex(code), ")\n");
    return;
  }
  crt::print(name, ": exit code ", code);
  if (code >= 0x80000000) crt::print(" (", crt::hex(code), ")");
  crt::print("\n");
}

}  // namespace

void run(char* command_line) {
  char name[64];
  program_name(command_line, name, sizeof name);
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  if (!CreateProcessA(nullptr, command_line, nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup,
                      &process)) {
    const DWORD error = GetLastError();
    if (error == ERROR_FILE_NOT_FOUND) {
      crt::print(name, ": no such command or program; try help\n");
    } else {
      crt::print(name, ": ", describe(error), " (error ", error, ")\n");
    }
    return;
  }
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD code = 0;
  GetExitCodeProcess(process.hProcess, &code);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  report_end(name, code);
}

}  // namespace shell
