// errno: what Win32's errors mean in C, and what its values mean in words.
#include "guest/msvcrt/msvcrt.hpp"
#include "guest/msvcrt/streams.hpp"

extern "C" {

const char* _sys_errlist[] = {
    "No error",
    "Operation not permitted",
    "No such file or directory",
    "No such process",
    "Interrupted function call",
    "Input/output error",
    "No such device or address",
    "Arg list too long",
    "Exec format error",
    "Bad file descriptor",
    "No child processes",
    "Resource temporarily unavailable",
    "Not enough space",
    "Permission denied",
    "Bad address",
    "Unknown error",
    "Resource device",
    "File exists",
    "Improper link",
    "No such device",
    "Not a directory",
    "Is a directory",
    "Invalid argument",
    "Too many open files in system",
    "Too many open files",
    "Inappropriate I/O control operation",
    "Unknown error",
    "File too large",
    "No space left on device",
    "Invalid seek",
    "Read-only file system",
    "Too many links",
    "Broken pipe",
    "Domain error",
    "Result too large",
    "Unknown error",
    "Resource deadlock avoided",
    "Unknown error",
    "Filename too long",
    "No locks available",
    "Function not implemented",
    "Directory not empty",
    "Illegal byte sequence",
};
int _sys_nerr = sizeof _sys_errlist / sizeof _sys_errlist[0];

}  // extern "C"

namespace {

struct Meaning {
  DWORD win32;
  int error;
};
constexpr Meaning meanings[] = {
    {2, ENOENT},   {3, ENOENT},   {4, EMFILE},   {5, EACCES},      {6, EBADF},     {7, ENOMEM},
    {8, ENOMEM},   {9, ENOMEM},   {10, E2BIG},   {11, ENOEXEC},    {14, ENOMEM},   {15, ENOENT},
    {16, EACCES},  {17, EXDEV},   {18, ENOENT},  {19, EACCES},     {20, ENODEV},   {32, EACCES},
    {33, EACCES},  {53, ENOENT},  {65, EACCES},  {67, ENOENT},     {80, EEXIST},   {82, EACCES},
    {83, EACCES},  {89, EAGAIN},  {108, EACCES}, {109, EPIPE},     {112, ENOSPC},  {128, ECHILD},
    {129, ECHILD}, {131, EINVAL}, {132, EACCES}, {145, ENOTEMPTY}, {158, EACCES},  {161, ENOENT},
    {164, EAGAIN}, {167, EACCES}, {170, EBUSY},  {183, EEXIST},    {193, ENOEXEC}, {206, ENOENT},
    {232, EPIPE},  {267, ENOENT}, {1117, EIO},   {1816, ENOMEM},
};

const char* text_of(int error) {
  return error >= 0 && error < _sys_nerr ? _sys_errlist[error] : "Unknown error";
}

}  // namespace

int c::fail(int error) {
  *_errno() = error;
  return -1;
}

int c::fail() {
  const DWORD error = GetLastError();
  *__doserrno() = error;
  for (const Meaning& meaning : meanings) {
    if (meaning.win32 == error) return fail(meaning.error);
  }
  return fail(EINVAL);
}

extern "C" {

/// The caller may write on it.
char* strerror(int error) { return strcpy(c::thread_data().error_text, text_of(error)); }

WCHAR* _wcserror(int error) {
  static WCHAR text[64];
  c::widen(text, text_of(error));
  return text;
}

/// "WHAT: what errno says\n"
char* _strerror(const char* what) {
  char* text = c::thread_data().error_text;
  *text = '\0';
  if (what != nullptr && *what != '\0') {
    constexpr size_t longest = 94;
    const size_t length = strlen(what) < longest ? strlen(what) : longest;
    memcpy(text, what, length);
    strcpy(text + length, ": ");
  }
  return strcat(strcat(text, text_of(*_errno())), "\n");
}

void perror(const char* what) {
  const char* text = text_of(*_errno());
  FILE* error = &_iob[2];
  const c::StreamGuard guard(error);
  if (what != nullptr && *what != '\0') {
    c::put_text(error, what);
    c::put_text(error, ": ");
  }
  c::put_text(error, text);
  c::put_text(error, "\n");
}

void _wperror(const WCHAR* what) { perror(c::Narrow(what).get()); }

}  // extern "C"
