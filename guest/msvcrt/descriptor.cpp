// Descriptors: small numbers for handles, text and binary mode.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

constexpr int descriptors = 64;
struct Descriptor {
  HANDLE handle;
  bool open, text, append, end;
};
Descriptor table[descriptors];

Descriptor* find(int number) {
  const bool good = number >= 0 && number < descriptors && table[number].open;
  if (!good) c::fail(EBADF);
  return good ? &table[number] : nullptr;
}

int read_raw(Descriptor& d, char* to, unsigned count) {
  DWORD done = 0;
  if (!ReadFile(d.handle, to, count, &done, nullptr)) {
    constexpr DWORD end_of_file = 38, broken_pipe = 109;
    const DWORD error = GetLastError();
    return error == end_of_file || error == broken_pipe ? 0 : c::fail();
  }
  return static_cast<int>(done);
}

int write_raw(Descriptor& d, const char* from, unsigned count) {
  unsigned written = 0;
  while (written < count) {
    DWORD done = 0;
    if (!WriteFile(d.handle, from + written, count - written, &done, nullptr)) return c::fail();
    if (done == 0) return c::fail(ENOSPC);
    written += done;
  }
  return static_cast<int>(count);
}

/// CR LF becomes LF in place; a CR at the end waits for what follows it.
int to_text(Descriptor& d, char* text, int count) {
  int out = 0;
  for (int i = 0; i < count; ++i) {
    if (text[i] == 0x1A && GetFileType(d.handle) == 1) {
      d.end = true;
      break;
    }
    if (text[i] == '\r') {
      char next = i + 1 < count ? text[i + 1] : '\0';
      if (i + 1 == count && read_raw(d, &next, 1) == 1 && next != '\n') {
        SetFilePointer(d.handle, -1, nullptr, SEEK_CUR);
        next = '\0';
      }
      if (next == '\n') {
        text[out++] = '\n';
        ++i;
        continue;
      }
    }
    text[out++] = text[i];
  }
  return out;
}

int write_text(Descriptor& d, const char* from, unsigned count) {
  char block[512];
  unsigned used = 0;
  for (unsigned i = 0; i < count; ++i) {
    if (used + 2 > sizeof block) {
      if (write_raw(d, block, used) < 0) return -1;
      used = 0;
    }
    if (from[i] == '\n') block[used++] = '\r';
    block[used++] = from[i];
  }
  return write_raw(d, block, used) < 0 ? -1 : static_cast<int>(count);
}

int enter(HANDLE handle, bool text, bool append) {
  for (int i = 0; i < descriptors; ++i) {
    if (table[i].open) continue;
    table[i] = {handle, true, text, append, false};
    return i;
  }
  CloseHandle(handle);
  return c::fail(EMFILE);
}

}  // namespace

void c::open_standard_descriptors() {
  constexpr DWORD which[] = {static_cast<DWORD>(-10), static_cast<DWORD>(-11),
                             static_cast<DWORD>(-12)};
  for (int i = 0; i < 3; ++i) table[i] = {GetStdHandle(which[i]), true, true, false, false};
}

int c::open(const char* path, int flags) {
  constexpr DWORD read_access = 0x80000000, write_access = 0x40000000;
  constexpr DWORD create_new = 1, create_always = 2, open_existing = 3, open_always = 4,
                  truncate_existing = 5, share_read_write = 3, normal = 0x80;
  const int way = flags & 3;
  const DWORD access = way == _O_RDONLY   ? read_access
                       : way == _O_WRONLY ? write_access
                                          : read_access | write_access;
  DWORD disposition = open_existing;
  if ((flags & _O_CREAT) != 0) {
    disposition = (flags & _O_EXCL) != 0    ? create_new
                  : (flags & _O_TRUNC) != 0 ? create_always
                                            : open_always;
  } else if ((flags & _O_TRUNC) != 0) {
    disposition = truncate_existing;
  }
  const HANDLE handle =
      CreateFileA(path, access, share_read_write, nullptr, disposition, normal, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return fail();
  return enter(handle, (flags & _O_BINARY) == 0, (flags & _O_APPEND) != 0);
}

int c::close(int number) {
  Descriptor* d = find(number);
  if (d == nullptr) return -1;
  d->open = false;
  return CloseHandle(d->handle) ? 0 : fail();
}

int c::read(int number, char* to, unsigned count) {
  Descriptor* d = find(number);
  if (d == nullptr) return -1;
  if (d->end || count == 0) return 0;
  int got = read_raw(*d, to, count);
  if (!d->text) return got;
  while (got > 0) {
    const int left = to_text(*d, to, got);
    if (left != 0 || d->end) return left;
    got = read_raw(*d, to, count);
  }
  return got;
}

int c::write(int number, const char* from, unsigned count) {
  Descriptor* d = find(number);
  if (d == nullptr) return -1;
  if (d->append) SetFilePointer(d->handle, 0, nullptr, SEEK_END);
  return d->text ? write_text(*d, from, count) : write_raw(*d, from, count);
}

LONGLONG c::seek(int number, LONGLONG to, int from) {
  Descriptor* d = find(number);
  if (d == nullptr) return -1;
  d->end = false;
  LONG high = static_cast<LONG>(to >> 32);
  RtlSetLastWin32Error(0);
  const DWORD low =
      SetFilePointer(d->handle, static_cast<LONG>(to), &high, static_cast<DWORD>(from));
  if (low == 0xFFFFFFFF && GetLastError() != 0) return fail();
  return static_cast<LONGLONG>(high) << 32 | low;
}

bool c::is_console(int number) {
  Descriptor* d = find(number);
  return d != nullptr && GetFileType(d->handle) == 2;
}

bool c::is_text(int number) {
  Descriptor* d = find(number);
  return d != nullptr && d->text;
}

extern "C" {

int _open(const char* path, int flags, ...) { return c::open(path, flags); }
int _close(int number) { return c::close(number); }
int _read(int number, void* to, unsigned count) {
  return c::read(number, static_cast<char*>(to), count);
}
int _write(int number, const void* from, unsigned count) {
  return c::write(number, static_cast<const char*>(from), count);
}
LONG _lseek(int number, LONG to, int from) { return static_cast<LONG>(c::seek(number, to, from)); }
LONGLONG _lseeki64(int number, LONGLONG to, int from) { return c::seek(number, to, from); }
LONGLONG _telli64(int number) { return c::seek(number, 0, SEEK_CUR); }

LONGLONG _filelengthi64(int number) {
  const LONGLONG here = c::seek(number, 0, SEEK_CUR);
  if (here < 0) return -1;
  const LONGLONG length = c::seek(number, 0, SEEK_END);
  c::seek(number, here, SEEK_SET);
  return length;
}

int _isatty(int number) { return c::is_console(number) ? 0x40 : 0; }

int _setmode(int number, int mode) {
  Descriptor* d = find(number);
  if (d == nullptr) return -1;
  if (mode != _O_TEXT && mode != _O_BINARY) return c::fail(EINVAL);
  const int old = d->text ? _O_TEXT : _O_BINARY;
  d->text = mode == _O_TEXT;
  return old;
}

/// What libstdc++ asks for: the kind of file and its size.
struct _stat64 {
  ULONG st_dev;
  USHORT st_ino, st_mode;
  SHORT st_nlink, st_uid, st_gid;
  ULONG st_rdev;
  alignas(8) LONGLONG st_size;
  LONGLONG st_atime_, st_mtime_, st_ctime_;
};

int _fstat64(int number, _stat64* result) {
  Descriptor* d = find(number);
  if (d == nullptr) return -1;
  *result = {};
  const bool disk = GetFileType(d->handle) == 1;
  result->st_mode = disk ? 0x81B6 : 0x2000;  // a regular file, or a character device
  result->st_nlink = 1;
  if (disk) result->st_size = _filelengthi64(number);
  return 0;
}

int remove(const char* path) { return DeleteFileA(path) ? 0 : c::fail(); }
int _unlink(const char* path) { return remove(path); }
int rename(const char* from, const char* to) { return MoveFileA(from, to) ? 0 : c::fail(); }

}  // extern "C"
