// Other processes: _spawn in its forms, _cwait, system. A new process has our console, current
// directory and standard handles.
#include "guest/msvcrt/streams.hpp"

extern "C" {
BOOL WINAPI CreateProcessA(LPCSTR, LPSTR, const SECURITY_ATTRIBUTES*, const SECURITY_ATTRIBUTES*,
                           BOOL, DWORD, PVOID, LPCSTR, const STARTUPINFOA*, PROCESS_INFORMATION*);
BOOL WINAPI GetExitCodeProcess(HANDLE Process, DWORD* Code);
DWORD WINAPI GetCurrentProcessId();
DWORD WINAPI WaitForSingleObject(HANDLE Object, DWORD Milliseconds);
char* getenv(const char* name);
}

namespace {

constexpr int wait = 0, no_wait = 1, overlay = 2, no_wait_other = 3, detach = 4;
constexpr DWORD no_attributes = ~DWORD{0};
constexpr int longest_path = 260;

/// Words with blanks between them, or strings one behind the other with an empty one at the end.
char* join(const char* const* words, char separator) {
  size_t size = 2;
  for (size_t i = 0; words[i] != nullptr; ++i) size += strlen(words[i]) + 1;
  auto* line = static_cast<char*>(malloc(size));
  if (line == nullptr) return nullptr;
  char* at = line;
  for (size_t i = 0; words[i] != nullptr; ++i) {
    strcpy(at, words[i]);
    at += strlen(at);
    *at++ = separator;
  }
  if (separator != '\0' && at != line) --at;
  at[0] = at[1] = '\0';
  return line;
}

bool is_file(const char* path) {
  const DWORD attributes = GetFileAttributesA(path);
  return attributes != no_attributes && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
}

bool has_suffix(const char* path) {
  const char* dot = nullptr;
  for (; *path != '\0'; ++path) {
    if (*path == '.') dot = path;
    if (*path == '\\' || *path == '/') dot = nullptr;
  }
  return dot != nullptr;
}

bool with_suffix(const char* name, char* path) {
  if (strlen(name) + 5 > longest_path) return false;
  if (is_file(strcpy(path, name))) return true;
  return !has_suffix(name) && is_file(strcat(path, ".exe"));
}

/// The program as named, or, if it may, in a directory that PATH lists.
bool find_program(const char* name, bool search, char* path) {
  if (with_suffix(name, path)) return true;
  const char* at = search && strchr(name, '\\') == nullptr ? getenv("PATH") : nullptr;
  while (at != nullptr && *at != '\0') {
    const char* end = strchr(at, ';');
    if (end == nullptr) end = at + strlen(at);
    const auto length = static_cast<size_t>(end - at);
    char whole[longest_path];
    if (length != 0 && length + strlen(name) + 2 < sizeof whole) {
      memcpy(whole, at, length);
      whole[length] = '\0';
      if (whole[length - 1] != '\\') strcat(whole, "\\");
      if (with_suffix(strcat(whole, name), path)) return true;
    }
    at = *end == ';' ? end + 1 : end;
  }
  return false;
}

LONG exit_code_of(HANDLE process) {
  DWORD code = 0;
  WaitForSingleObject(process, INFINITE);
  if (!GetExitCodeProcess(process, &code)) return c::fail();
  CloseHandle(process);
  return static_cast<LONG>(code);
}

/// Takes the command line, which is malloc's.
LONG start(int mode, const char* program, char* line, const char* const* environment) {
  char* block = environment == nullptr ? nullptr : join(environment, '\0');
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  c::flush_all();
  const BOOL started =
      CreateProcessA(program, line, nullptr, nullptr, 1, 0, block, nullptr, &startup, &process);
  free(line);
  free(block);
  if (!started) return c::fail();
  CloseHandle(process.hThread);
  if (mode == no_wait || mode == no_wait_other) return reinterpret_cast<LONG>(process.hProcess);
  if (mode == detach) {
    CloseHandle(process.hProcess);
    return 0;
  }
  const LONG code = exit_code_of(process.hProcess);
  if (mode == overlay) ExitProcess(static_cast<UINT>(code));
  return code;
}

/// An overlay stays in memory until what took its place has ended, and ends with its code.
LONG spawn(int mode, const char* name, const char* const* arguments, const char* const* environment,
           bool search) {
  char path[longest_path + 8];
  if (mode < wait || mode > detach) return c::fail(EINVAL);
  if (!find_program(name, search, path)) return c::fail(ENOENT);
  char* line = join(arguments, ' ');
  return line == nullptr ? -1 : start(mode, path, line, environment);
}

}  // namespace

extern "C" {

int _getpid() { return static_cast<int>(GetCurrentProcessId()); }

LONG _spawnv(int mode, const char* name, const char* const* arguments) {
  return spawn(mode, name, arguments, nullptr, false);
}
LONG _spawnvp(int mode, const char* name, const char* const* arguments) {
  return spawn(mode, name, arguments, nullptr, true);
}
LONG _spawnve(int mode, const char* name, const char* const* arguments,
              const char* const* environment) {
  return spawn(mode, name, arguments, environment, false);
}
LONG _spawnvpe(int mode, const char* name, const char* const* arguments,
               const char* const* environment) {
  return spawn(mode, name, arguments, environment, true);
}
LONG _execv(const char* name, const char* const* arguments) {
  return spawn(overlay, name, arguments, nullptr, false);
}
LONG _execvp(const char* name, const char* const* arguments) {
  return spawn(overlay, name, arguments, nullptr, true);
}
LONG _execve(const char* name, const char* const* arguments, const char* const* environment) {
  return spawn(overlay, name, arguments, environment, false);
}
LONG _execvpe(const char* name, const char* const* arguments, const char* const* environment) {
  return spawn(overlay, name, arguments, environment, true);
}

// The arguments of the l forms lie on the stack as an array does; the environment is behind its
// end.
namespace {
const char* const* behind(const char* const* arguments) {
  while (*arguments != nullptr) ++arguments;
  return reinterpret_cast<const char* const*>(arguments[1]);
}
}  // namespace

LONG _spawnl(int mode, const char* name, const char* first, ...) {
  return spawn(mode, name, &first, nullptr, false);
}
LONG _spawnlp(int mode, const char* name, const char* first, ...) {
  return spawn(mode, name, &first, nullptr, true);
}
LONG _spawnle(int mode, const char* name, const char* first, ...) {
  return spawn(mode, name, &first, behind(&first), false);
}
LONG _spawnlpe(int mode, const char* name, const char* first, ...) {
  return spawn(mode, name, &first, behind(&first), true);
}
LONG _execl(const char* name, const char* first, ...) {
  return spawn(overlay, name, &first, nullptr, false);
}
LONG _execlp(const char* name, const char* first, ...) {
  return spawn(overlay, name, &first, nullptr, true);
}
LONG _execle(const char* name, const char* first, ...) {
  return spawn(overlay, name, &first, behind(&first), false);
}
LONG _execlpe(const char* name, const char* first, ...) {
  return spawn(overlay, name, &first, behind(&first), true);
}

LONG _cwait(int* status, LONG process, int) {
  const auto handle = reinterpret_cast<HANDLE>(process);
  constexpr DWORD failed = ~DWORD{0};
  if (WaitForSingleObject(handle, INFINITE) == failed) return c::fail(ECHILD);
  const LONG code = exit_code_of(handle);
  if (status != nullptr) *status = static_cast<int>(code);
  return process;
}

/// The command interpreter is what COMSPEC names, called with /c.
int system(const char* command) {
  char path[longest_path + 8];
  const char* interpreter = getenv("COMSPEC");
  const bool there = interpreter != nullptr && find_program(interpreter, true, path);
  if (command == nullptr) return there ? 1 : 0;
  if (!there) return c::fail(ENOENT);
  const char* const words[] = {interpreter, "/c", command, nullptr};
  char* line = join(words, ' ');
  return line == nullptr ? -1 : static_cast<int>(start(wait, path, line, nullptr));
}

}  // extern "C"
