// From the program's entry to main: arguments, initialisers; the library's own beginning and end.
#include "guest/crt/text.hpp"
#include "guest/msvcrt/streams.hpp"

extern "C" {
LPSTR WINAPI GetCommandLineA();
DWORD WINAPI GetModuleFileNameA(HMODULE Module, LPSTR Name, DWORD Capacity);
DWORD WINAPI GetVersion();
}

namespace {

using Procedure = void(__cdecl*)();
using MathError = int(__cdecl*)(void*);

char program_name[260];
int application_type;

void split_arguments() {
  const int capacity = static_cast<int>(strlen(_acmdln) / 2 + 3);
  __argv = static_cast<char**>(calloc(static_cast<size_t>(capacity), sizeof(char*)));
  auto* storage = static_cast<char*>(malloc(strlen(_acmdln) + static_cast<size_t>(capacity)));
  if (__argv == nullptr || storage == nullptr) ExitProcess(255);
  __argc = crt::split_command_line(_acmdln, __argv, capacity, storage);
}

void widen_arguments() {
  __wargv = static_cast<WCHAR**>(calloc(static_cast<size_t>(__argc) + 1, sizeof(WCHAR*)));
  if (__wargv == nullptr) ExitProcess(255);
  for (int i = 0; i < __argc; ++i) __wargv[i] = c::widened(__argv[i]);
}

void find_program() {
  GetModuleFileNameA(nullptr, program_name, sizeof program_name);
  _pgmptr = program_name;
  const DWORD version = GetVersion();
  _winmajor = version & 0xFF;
  _winminor = version >> 8 & 0xFF;
  _winver = _winmajor << 8 | _winminor;
  _osver = version >> 16;
}

}  // namespace

extern "C" {

WCHAR* _wcmdln;
int _fmode, _commode, __mb_cur_max = 1;

/// `expand` is c::expand_arguments: wildcards of the command line become the names of files.
int __getmainargs(int* argc, char*** argv, char*** env, int expand, int*) {
  if (expand != 0) c::expand_arguments();
  *argc = __argc;
  *argv = __argv;
  *env = _environ;
  return 0;
}

int __wgetmainargs(int* argc, WCHAR*** argv, WCHAR*** env, int expand, int*) {
  if (expand != 0) c::expand_arguments();
  widen_arguments();
  if (_wenviron == nullptr) c::make_wide_environment();
  *argc = __argc;
  *argv = __wargv;
  *env = _wenviron;
  return 0;
}

char** __p__acmdln() { return &_acmdln; }
WCHAR** __p__wcmdln() { return &_wcmdln; }
char** __p__pgmptr() { return &_pgmptr; }
int* __p__fmode() { return &_fmode; }
int* __p__commode() { return &_commode; }
int* __p___argc() { return &__argc; }
char*** __p___argv() { return &__argv; }
WCHAR*** __p___wargv() { return &__wargv; }
unsigned* __p__osver() { return &_osver; }
unsigned* __p__winver() { return &_winver; }
unsigned* __p__winmajor() { return &_winmajor; }
unsigned* __p__winminor() { return &_winminor; }
void __set_app_type(int type) { application_type = type; }
void __setusermatherr(MathError) {}  // our functions tell errors by errno

void _initterm(Procedure* first, Procedure* end) {
  for (; first < end; ++first) {
    if (*first != nullptr) (*first)();
  }
}

BOOL WINAPI DllEntry(PVOID, ULONG reason, PVOID) {
  if (reason == DLL_PROCESS_ATTACH) {
    _acmdln = GetCommandLineA();
    _wcmdln = c::widened(_acmdln);
    find_program();
    c::make_environment();
    split_arguments();
    c::open_standard_descriptors();
    c::open_standard_streams();
  } else if (reason == DLL_THREAD_DETACH) {
    c::forget_thread_data();
  } else if (reason == DLL_PROCESS_DETACH) {
    c::flush_at_end();
  }
  return 1;
}

}  // extern "C"
