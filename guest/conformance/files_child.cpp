// What a child finds around it: environment, current directory. And the console.
#include "guest/conformance/files.hpp"

namespace {

/// The exit code of this program as a child.
DWORD child(ktap::Test& t, void* environment, const char* directory) {
  char program[MAX_PATH], line[] = "files child";
  GetModuleFileNameA(nullptr, program, MAX_PATH);
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process = {};
  t.succeeds("CreateProcess", CreateProcessA(program, line, nullptr, nullptr, FALSE, 0, environment,
                                             directory, &startup, &process));
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD code = 77;
  GetExitCodeProcess(process.hProcess, &code);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  return code;
}

bool has(const char* name, const char* wanted) {
  char value[32];
  const DWORD length = GetEnvironmentVariableA(name, value, sizeof value);
  return length != 0 && length < sizeof value && lstrcmpA(value, wanted) == 0;
}

}  // namespace

int files::tell_surroundings() {
  char path[1];
  return (has("COLOUR", "green") ? 1 : 0) | (has("SIZE", "10") ? 2 : 0) |
         (GetEnvironmentVariableA("PATH", path, 1) != 0 ? 4 : 0) |
         (GetFileAttributesA("HERE.BIN") != INVALID_FILE_ATTRIBUTES ? 8 : 0);
}

void files::inherited_environment(ktap::Test& t) {
  SetEnvironmentVariableA("COLOUR", "green");
  t.equal("the child has what was set, and the rest", child(t, nullptr, nullptr), 1 + 4);
  SetEnvironmentVariableA("COLOUR", nullptr);
}

void files::given_environment(ktap::Test& t) {
  char block[] = "COLOUR=green\0SIZE=10\0";
  t.equal("the child has what it was given", child(t, block, nullptr) & 3, 3);
  t.fails("its parent doesn't", GetEnvironmentVariableA("SIZE", block, 1), ERROR_ENVVAR_NOT_FOUND);
}

void files::inherited_directory(ktap::Test& t) {
  make("HERE.BIN", "1", 1);
  t.equal("the parent's directory", child(t, nullptr, nullptr) & 8, 8);
  CreateDirectoryA("CHILD", nullptr);
  t.equal("another one", child(t, nullptr, "CHILD") & 8, 0);
  RemoveDirectoryA("CHILD");
  DeleteFileA("HERE.BIN");
}

void files::console(ktap::Test& t) {
  make("A.BIN", "1", 1);
  const HANDLE file = CreateFileA("A.BIN", GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
  DWORD mode = 0, count = 77;
  t.fails("GetConsoleMode of a file", GetConsoleMode(file, &mode), ERROR_INVALID_HANDLE);
  t.fails("WriteConsole to one", WriteConsoleA(file, "x", 1, &count, nullptr),
          ERROR_INVALID_HANDLE);
  CloseHandle(file);
  DeleteFileA("A.BIN");
  const HANDLE input = GetStdHandle(STD_INPUT_HANDLE), output = GetStdHandle(STD_OUTPUT_HANDLE);
  if (!GetConsoleMode(input, &mode) || !GetConsoleMode(output, &mode)) {
    t.skip("there is no console");
    return;
  }
  SetLastError(ktap::Test::untouched);
  constexpr DWORD lines = ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT;
  GetConsoleMode(input, &mode);
  t.equal("lines with an echo come in", mode & lines, lines);
  t.succeeds("SetConsoleMode of what it is", SetConsoleMode(input, mode));
  GetConsoleMode(output, &mode);
  constexpr DWORD text = ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT;
  t.equal("text goes out", mode & text, text);
  t.equal("GetFileType", GetFileType(output), FILE_TYPE_CHAR);
  t.succeeds("WriteConsole of nothing", WriteConsoleA(output, "", 0, &count, nullptr));
  t.equal("is nothing", count, 0);
}
