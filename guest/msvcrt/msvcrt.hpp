// What the parts of msvcrt share: C's types as mingw's headers lay them out, the services of
// kernel32 and ntdll they stand on.
#pragma once

#include <cstdarg>
#include <cstddef>

#include "guest/kernel32/win32.hpp"

inline constexpr int EPERM = 1, ENOENT = 2, EIO = 5, EBADF = 9, ENOMEM = 12, EACCES = 13,
                     EEXIST = 17, EINVAL = 22, EMFILE = 24, ENOSPC = 28, ESPIPE = 29, EDOM = 33,
                     ERANGE = 34, EILSEQ = 42;
inline constexpr int EOF = -1, SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2;
inline constexpr int _O_RDONLY = 0, _O_WRONLY = 1, _O_RDWR = 2, _O_APPEND = 8, _O_CREAT = 0x100,
                     _O_TRUNC = 0x200, _O_EXCL = 0x400, _O_TEXT = 0x4000, _O_BINARY = 0x8000;

/// Flags of a stream.
inline constexpr int _IOREAD = 1, _IOWRT = 2, _IOFBF = 0, _IOMYBUF = 8, _IOEOF = 0x10,
                     _IOERR = 0x20, _IOLBF = 0x40, _IOSTRG = 0x40, _IORW = 0x80, _IONBF = 4;

struct FILE {
  char* _ptr;
  int _cnt;  // bytes left in the buffer, to read or to fill
  char* _base;
  int _flag;
  int _file;     // the descriptor
  int _charbuf;  // a character pushed back, plus one; 0: none
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
HANDLE WINAPI CreateFileA(LPCSTR Name, DWORD Access, DWORD Share, PVOID Security, DWORD Disposition,
                          DWORD Attributes, HANDLE Template);
BOOL WINAPI DeleteFileA(LPCSTR Name);
[[noreturn]] void WINAPI ExitProcess(UINT Code);
BOOL WINAPI FlushFileBuffers(HANDLE File);
LPSTR WINAPI GetCommandLineA();
DWORD WINAPI GetEnvironmentVariableA(LPCSTR Name, LPSTR Value, DWORD Capacity);
LPSTR WINAPI GetEnvironmentStringsA();
DWORD WINAPI GetFileType(HANDLE File);
DWORD WINAPI GetLastError();
HANDLE WINAPI GetStdHandle(DWORD Which);
void WINAPI GetSystemTimeAsFileTime(FILETIME* Time);
DWORD WINAPI GetTickCount();
BOOL WINAPI MoveFileA(LPCSTR From, LPCSTR To);
BOOL WINAPI ReadFile(HANDLE File, PVOID Buffer, DWORD Length, DWORD* Read, OVERLAPPED* Overlapped);
BOOL WINAPI SetEndOfFile(HANDLE File);
DWORD WINAPI SetFilePointer(HANDLE File, LONG Low, LONG* High, DWORD From);
DWORD WINAPI TlsAlloc();
PVOID WINAPI TlsGetValue(DWORD Slot);
BOOL WINAPI TlsSetValue(DWORD Slot, PVOID Value);
BOOL WINAPI WriteFile(HANDLE File, const void* Buffer, DWORD Length, DWORD* Written,
                      OVERLAPPED* Overlapped);

void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void* realloc(void* block, size_t size);
void free(void* block);
[[noreturn]] void exit(int code);
[[noreturn]] void abort();
int fflush(FILE* file);
size_t fwrite(const void* from, size_t size, size_t count, FILE* file);
int fputc(int c, FILE* file);
int isspace(int c);
int isdigit(int c);
int tolower(int c);
extern FILE _iob[];
}

namespace c {

/// errno becomes what the last error of Win32 means; gives -1.
int fail();
int fail(int error);

// Descriptors (descriptor.cpp).
void open_standard_descriptors();
int open(const char* path, int flags);
int close(int descriptor);
/// Bytes moved, or -1. Text mode makes CR LF of LF and LF of CR LF; Ctrl-Z ends the text.
int read(int descriptor, char* to, unsigned count);
int write(int descriptor, const char* from, unsigned count);
LONGLONG seek(int descriptor, LONGLONG to, int from);
bool is_console(int descriptor);
bool is_text(int descriptor);

// Streams (stream.cpp).
inline constexpr int standard_streams = 3, streams = 64;
void open_standard_streams();
void flush_all();

/// Of a format and its arguments: calls put(context, character) and gives the count.
int format(void (*put)(void*, char), void* context, const char* format, std::va_list arguments);

}  // namespace c
