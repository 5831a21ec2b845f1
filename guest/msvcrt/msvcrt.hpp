// What the parts of msvcrt share: C's types as mingw's headers lay them out, the services of
// kernel32 and ntdll they stand on.
#pragma once

#include <cstdarg>
#include <cstddef>

#include "guest/kernel32/win32.hpp"

inline constexpr int EPERM = 1, ENOENT = 2, EIO = 5, E2BIG = 7, ENOEXEC = 8, EBADF = 9, ECHILD = 10,
                     EAGAIN = 11, ENOMEM = 12, EACCES = 13, EBUSY = 16, EEXIST = 17, EXDEV = 18,
                     ENODEV = 19, EINVAL = 22, EMFILE = 24, ENOSPC = 28, ESPIPE = 29, EPIPE = 32,
                     EDOM = 33, ERANGE = 34, EDEADLK = 36, ENOTEMPTY = 41, EILSEQ = 42;
inline constexpr int EOF = -1, SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2;
inline constexpr int _O_RDONLY = 0, _O_WRONLY = 1, _O_RDWR = 2, _O_APPEND = 8, _O_RANDOM = 0x10,
                     _O_SEQUENTIAL = 0x20, _O_TEMPORARY = 0x40, _O_NOINHERIT = 0x80,
                     _O_CREAT = 0x100, _O_TRUNC = 0x200, _O_EXCL = 0x400, _O_SHORT_LIVED = 0x1000,
                     _O_TEXT = 0x4000, _O_BINARY = 0x8000;
inline constexpr wint_t WEOF = 0xFFFF;

/// Flags of a stream.
inline constexpr int _IOREAD = 1, _IOWRT = 2, _IOFBF = 0, _IOMYBUF = 8, _IOEOF = 0x10,
                     _IOERR = 0x20, _IOLBF = 0x40, _IOSTRG = 0x40, _IORW = 0x80, _IONBF = 4;

/// At most so many streams at once.
inline constexpr int open_streams = 128;
struct FILE {
  char* _ptr;
  int _cnt;  // bytes left in the buffer, to read or to fill
  char* _base;
  int _flag;
  int _file;     // the descriptor
  int _charbuf;  // the buffer of a stream without one
  int _bufsiz;
  char* _tmpfname;
};
static_assert(sizeof(FILE) == 32);

struct tm {
  int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
};
using clock_t = LONG;

extern "C" {

BOOL WINAPI CloseHandle(HANDLE Object);
HANDLE WINAPI CreateFileA(LPCSTR Name, DWORD Access, DWORD Share, const SECURITY_ATTRIBUTES*,
                          DWORD Disposition, DWORD Attributes, HANDLE Template);
BOOL WINAPI DeleteFileA(LPCSTR Name);
[[noreturn]] void WINAPI ExitProcess(UINT Code);
DWORD WINAPI GetFileAttributesA(LPCSTR Name);
DWORD WINAPI GetFileType(HANDLE File);
DWORD WINAPI GetLastError();
void WINAPI GetSystemTimeAsFileTime(FILETIME* Time);
BOOL WINAPI MoveFileA(LPCSTR From, LPCSTR To);
BOOL WINAPI ReadFile(HANDLE File, PVOID Buffer, DWORD Length, DWORD* Read, OVERLAPPED* Overlapped);
DWORD WINAPI SetFilePointer(HANDLE File, LONG Low, LONG* High, DWORD From);
BOOL WINAPI WriteFile(HANDLE File, const void* Buffer, DWORD Length, DWORD* Written,
                      OVERLAPPED* Overlapped);

void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void* realloc(void* block, size_t size);
void free(void* block);
[[noreturn]] void exit(int code);
[[noreturn]] void abort();
int isspace(int c);
int isdigit(int c);
int tolower(int c);
int toupper(int c);
int* _errno();
ULONG* __doserrno();
extern FILE _iob[open_streams];
extern int _fmode;
extern char **_environ, **__initenv;
extern WCHAR **_wenviron, **__winitenv;
extern int __argc;
extern char **__argv, *_acmdln, *_pgmptr;
extern WCHAR** __wargv;
extern unsigned _osver, _winver, _winmajor, _winminor;
}

namespace c {

/// errno becomes what the last error of Win32 means; gives -1.
int fail();
int fail(int error);
/// The same for functions that give a pointer.
inline std::nullptr_t no_pointer(int error) {
  fail(error);
  return nullptr;
}

/// What each thread has of its own (thread_data.cpp).
struct ThreadData {
  int error;
  ULONG os_error, seed;
  char* strtok_rest;
  WCHAR* wcstok_rest;
  tm time;
  char time_text[26], error_text[160], conversion[352], temporary_name[20];
  WCHAR wide_time_text[26];
  HANDLE begun;  // by _beginthread: its handle
};
ThreadData& thread_data();
void forget_thread_data();

/// A critical section for its scope (lock.cpp). `number` as _lock takes it.
class Guard {
 public:
  explicit Guard(int number);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  RTL_CRITICAL_SECTION& section_;
};
inline constexpr int exit_lock = 0, streams_lock = 1, names_lock = 2, descriptors_lock = 3,
                     environment_lock = 7;
RTL_CRITICAL_SECTION& numbered_section(int number);

// The environment (environment.cpp).
void make_environment();
void make_wide_environment();

/// Wildcards of the command line become names of files (expand.cpp).
void expand_arguments();
bool signal_is_handled(int number);  // signal.cpp

/// A wide string as bytes, freed at the end of its scope: each character of one byte as itself.
class Narrow {
 public:
  explicit Narrow(const WCHAR* text);
  ~Narrow() { free(text_); }
  Narrow(const Narrow&) = delete;
  Narrow& operator=(const Narrow&) = delete;
  const char* get() const { return text_; }
  char* get() { return text_; }

 private:
  char* text_ = nullptr;
};
void widen(WCHAR* to, const char* from);
WCHAR* widened(const char* text);  // malloc's

}  // namespace c
