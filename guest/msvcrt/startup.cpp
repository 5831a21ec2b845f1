// From the program's entry to main and back: arguments, initialisers, exit, signals.
#include "guest/crt/text.hpp"
#include "guest/msvcrt/msvcrt.hpp"

namespace {

using Handler = void(__cdecl*)(int);
using Procedure = void(__cdecl*)();
using OnExit = int(__cdecl*)();

constexpr unsigned exit_capacity = 256, signal_count = 23;
constexpr int SIGABRT = 22;
const Handler signal_default = nullptr, signal_ignored = reinterpret_cast<Handler>(1);

Procedure at_exit[exit_capacity];
unsigned at_exit_count;
Handler handlers[signal_count];
int application_type;
char* command_line;
char** arguments;
char** environment;
int argument_count;

/// "A=1\0B=2\0\0" as pointers.
char** split_environment() {
  char* block = GetEnvironmentStringsA();
  unsigned count = 0;
  for (char* at = block; at != nullptr && *at != '\0'; at += strlen(at) + 1) ++count;
  auto** list = static_cast<char**>(calloc(count + 1, sizeof(char*)));
  if (list == nullptr) return nullptr;
  unsigned i = 0;
  for (char* at = block; i < count; at += strlen(at) + 1) list[i++] = at;
  return list;
}

void split_arguments() {
  const int capacity = static_cast<int>(strlen(command_line) / 2 + 3);
  arguments = static_cast<char**>(calloc(static_cast<size_t>(capacity), sizeof(char*)));
  auto* storage = static_cast<char*>(malloc(strlen(command_line) + static_cast<size_t>(capacity)));
  if (arguments == nullptr || storage == nullptr) ExitProcess(255);
  argument_count = crt::split_command_line(command_line, arguments, capacity, storage);
}

void run_exit_procedures() {
  while (at_exit_count != 0) at_exit[--at_exit_count]();
}

}  // namespace

extern "C" {

char* _acmdln;
char** __initenv;
char** _environ;
int _fmode, _commode, __mb_cur_max = 1;

/// `expand` is not heeded: the shell of this system has no wildcards to expand for programs.
int __getmainargs(int* argc, char*** argv, char*** env, int, int*) {
  *argc = argument_count;
  *argv = arguments;
  *env = environment;
  return 0;
}

char** __p__acmdln() { return &_acmdln; }
int* __p__fmode() { return &_fmode; }
int* __p__commode() { return &_commode; }
char*** __p__environ() { return &_environ; }
char*** __p___initenv() { return &__initenv; }
int* __p___argc() { return &argument_count; }
char*** __p___argv() { return &arguments; }
void __set_app_type(int type) { application_type = type; }
void __setusermatherr(int(__cdecl*)(void*)) {}  // our functions tell errors by errno

void _initterm(Procedure* first, Procedure* end) {
  for (; first < end; ++first) {
    if (*first != nullptr) (*first)();
  }
}

OnExit _onexit(OnExit procedure) {
  if (at_exit_count == exit_capacity) return nullptr;
  at_exit[at_exit_count++] = reinterpret_cast<Procedure>(procedure);
  return procedure;
}
int atexit(Procedure procedure) {
  return _onexit(reinterpret_cast<OnExit>(procedure)) == nullptr ? -1 : 0;
}

void _cexit() {
  run_exit_procedures();
  c::flush_all();
}
void _c_exit() {}
[[noreturn]] void _exit(int code) { ExitProcess(static_cast<UINT>(code)); }
[[noreturn]] void exit(int code) {
  _cexit();
  _exit(code);
}
[[noreturn]] void _amsg_exit(int) { _exit(255); }

Handler signal(int number, Handler handler) {
  if (number < 0 || number >= static_cast<int>(signal_count)) {
    *_errno() = EINVAL;
    return reinterpret_cast<Handler>(-1);
  }
  const Handler old = handlers[number];
  handlers[number] = handler;
  return old;
}

int raise(int number) {
  if (number < 0 || number >= static_cast<int>(signal_count)) return -1;
  const Handler handler = handlers[number];
  if (handler == signal_ignored) return 0;
  if (handler == signal_default) _exit(3);
  handlers[number] = signal_default;
  handler(number);
  return 0;
}

[[noreturn]] void abort() {
  if (handlers[SIGABRT] != signal_default && handlers[SIGABRT] != signal_ignored) raise(SIGABRT);
  constexpr char text[] =
      "\nThis application has requested the Runtime to terminate it in an unusual way.\nPlease "
      "contact the application's support team for more information.\n";
  fwrite(text, 1, sizeof text - 1, &_iob[2]);
  _exit(3);
}

char* getenv(const char* name) {
  const size_t length = strlen(name);
  for (char** entry = environment; entry != nullptr && *entry != nullptr; ++entry) {
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') return *entry + length + 1;
  }
  return nullptr;
}

void _lock(int) { RtlAcquirePebLock(); }
void _unlock(int) { RtlReleasePebLock(); }

BOOL WINAPI DllEntry(PVOID, ULONG reason, PVOID) {
  if (reason == DLL_PROCESS_ATTACH) {
    _acmdln = command_line = GetCommandLineA();
    environment = __initenv = _environ = split_environment();
    split_arguments();
    c::open_standard_descriptors();
    c::open_standard_streams();
  } else if (reason == DLL_PROCESS_DETACH) {
    c::flush_all();
  }
  return 1;
}

}  // extern "C"
