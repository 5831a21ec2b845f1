// Loads every C:\DMG*.DLL and starts every C:\DMG*.EXE, each in or as a process of its own, and
// says what became of it: "NAME error N", or "NAME exit N". `badimage load NAME` is such a process,
// its exit code the error; `badimage move NAME` gives the library another place than it wants.
#include <windows.h>

#include <initializer_list>

#include "guest/crt/print.hpp"

namespace {

constexpr DWORD patience = 2000;  // ms; a program that was damaged may run for ever

DWORD load(const char* name, bool move) {
  // Where the libraries want to be.
  constexpr DWORD base = 0x10000000, size = 0x1000000;
  if (move) VirtualAlloc(reinterpret_cast<void*>(base), size, MEM_RESERVE, PAGE_NOACCESS);
  HMODULE module = LoadLibraryA(name);
  if (module == nullptr) return GetLastError();
  // Damaged exports: found or not, nothing worse.
  for (DWORD ordinal = 1; ordinal < 20; ++ordinal)
    GetProcAddress(module, MAKEINTRESOURCEA(ordinal));
  for (const char* symbol : {"ls_storage", "ld_twice", "zzz"}) GetProcAddress(module, symbol);
  FreeLibrary(module);
  return 0;
}

/// The error that kept it from running, or else `ran` and its exit code.
DWORD run(char* line, bool& ran) {
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  ran = CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                       &process) != 0;
  if (!ran) return GetLastError();
  if (WaitForSingleObject(process.hProcess, patience) != WAIT_OBJECT_0) {
    TerminateProcess(process.hProcess, WAIT_TIMEOUT);
    WaitForSingleObject(process.hProcess, INFINITE);
  }
  DWORD code = 0;
  GetExitCodeProcess(process.hProcess, &code);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  return code;
}

/// `command` in front of the name of each file that matches.
void try_all(const char* pattern, const char* command, const char* error, const char* ran) {
  WIN32_FIND_DATAA found;
  HANDLE search = FindFirstFileA(pattern, &found);
  if (search == INVALID_HANDLE_VALUE) return;
  do {
    char line[MAX_PATH + 32];
    lstrcpyA(line, command);
    lstrcatA(line, found.cFileName);
    bool started;
    const DWORD result = run(line, started);
    crt::print(found.cFileName, started ? ran : error, crt::hex(result), "\n");
  } while (FindNextFileA(search, &found));
  FindClose(search);
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 3) return static_cast<int>(load(argv[2], argv[1][0] == 'm'));
  try_all("C:\\DMG*.EXE", "", " error ", " exit ");
  try_all("C:\\DMG*.DLL", "badimage.exe load ", " failed ", " error ");
  try_all("C:\\DMG*.DLL", "badimage.exe move ", " failed ", " moved ");
  return 0;
}
