// The server of the text's example: 8 KB of memory with a name, on the paging file. It leaves a
// question there, starts client.exe, and prints the answer.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

constexpr char memory_name[] = "shrmem";

int complain(const char* what) {
  crt::complain("server: ", what, " (error ", GetLastError(), ")\n");
  return 1;
}

/// client.exe's exit code.
DWORD run_client() {
  char line[] = "client.exe";
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  if (!CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                      &process)) {
    return GetLastError();
  }
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD code = 1;
  GetExitCodeProcess(process.hProcess, &code);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  return code;
}

}  // namespace

extern "C" int main(int, char**) {
  HANDLE mapping =
      CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 8192, memory_name);
  if (mapping == nullptr) return complain("no memory to share");
  if (GetLastError() == ERROR_ALREADY_EXISTS) return complain("there is a server already");
  auto* text = static_cast<char*>(MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0));
  if (text == nullptr) return complain("cannot map it");
  lstrcpyA(text, "What is seven times six?");
  crt::print("server: ", text, "\n");
  const DWORD code = run_client();
  if (code != 0) return complain("the client failed");
  crt::print("server: the client says ", text, "\n");
  const bool right = lstrcmpA(text, "42") == 0;
  UnmapViewOfFile(text);
  CloseHandle(mapping);
  return right ? 0 : 1;
}
