// errno, a value a thread, and what its values mean.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

DWORD slot = ~DWORD{0};
int without_memory;

struct Meaning {
  DWORD win32;
  int error;
};
constexpr Meaning meanings[] = {
    {2, ENOENT},   {3, ENOENT},   {4, EMFILE},   {5, EACCES},    {6, EBADF},    {8, ENOMEM},
    {15, ENOENT},  {18, ENOENT},  {19, EACCES},  {32, EACCES},   {33, EACCES},  {38, EIO},
    {80, EEXIST},  {87, EINVAL},  {112, ENOSPC}, {123, ENOENT},  {131, EINVAL}, {145, EEXIST},
    {161, ENOENT}, {183, EEXIST}, {206, ENOENT}, {1784, EINVAL},
};

constexpr const char* texts[] = {
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
};

}  // namespace

int c::fail(int error) {
  *_errno() = error;
  return -1;
}

int c::fail() {
  const DWORD error = GetLastError();
  for (const Meaning& meaning : meanings) {
    if (meaning.win32 == error) return fail(meaning.error);
  }
  return fail(EINVAL);
}

extern "C" {

int* _errno() {
  if (slot == ~DWORD{0}) slot = TlsAlloc();
  auto* value = static_cast<int*>(TlsGetValue(slot));
  if (value == nullptr) {
    value = static_cast<int*>(calloc(1, sizeof(int)));
    if (value == nullptr) return &without_memory;
    TlsSetValue(slot, value);
  }
  return value;
}

char* strerror(int error) {
  const bool known = error >= 0 && error < static_cast<int>(sizeof texts / sizeof texts[0]);
  return const_cast<char*>(known ? texts[error] : "Unknown error");
}

void perror(const char* what) {
  const char* text = strerror(*_errno());
  FILE* error = &_iob[2];
  if (what != nullptr && *what != '\0') {
    fwrite(what, 1, strlen(what), error);
    fwrite(": ", 1, 2, error);
  }
  fwrite(text, 1, strlen(text), error);
  fputc('\n', error);
}

}  // extern "C"
