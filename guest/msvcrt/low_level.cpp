// Low-level input and output: what is done with a descriptor.
#include "guest/msvcrt/streams.hpp"

extern "C" {
BOOL WINAPI FlushFileBuffers(HANDLE File);
BOOL WINAPI DuplicateHandle(HANDLE, HANDLE, HANDLE, HANDLE*, DWORD, BOOL, DWORD);
BOOL WINAPI SetEndOfFile(HANDLE File);
BOOL WINAPI SetStdHandle(DWORD Which, HANDLE Handle);
}

namespace {

using c::Descriptor;
using c::find_descriptor;

HANDLE duplicate(HANDLE handle) {
  constexpr DWORD same_access = 2;
  const HANDLE process = NtCurrentProcess(), none = INVALID_HANDLE_VALUE;
  HANDLE copy = none;
  return DuplicateHandle(process, handle, process, &copy, 0, 1, same_access) ? copy : none;
}

/// Zeros from where the file ends.
bool extend(int number, LONGLONG by) {
  static const char zeros[512] = {};
  Descriptor* d = find_descriptor(number);
  for (DWORD done = 0; by > 0; by -= done) {
    const DWORD count = by < LONGLONG{sizeof zeros} ? static_cast<DWORD>(by) : sizeof zeros;
    if (!WriteFile(d->handle, zeros, count, &done, nullptr)) {
      c::fail();
      return false;
    }
    if (done == 0) {
      c::fail(ENOSPC);
      return false;
    }
  }
  return true;
}

LONGLONG length_of(int number) {
  const LONGLONG here = c::seek(number, 0, SEEK_CUR);
  if (here < 0) return -1;
  const LONGLONG length = c::seek(number, 0, SEEK_END);
  c::seek(number, here, SEEK_SET);
  return length;
}

}  // namespace

extern "C" {

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
LONG _tell(int number) { return _lseek(number, 0, SEEK_CUR); }
LONGLONG _filelengthi64(int number) { return length_of(number); }
LONG _filelength(int number) { return static_cast<LONG>(length_of(number)); }

int _eof(int number) {
  Descriptor* d = find_descriptor(number);
  if (d == nullptr) return -1;
  if (d->end) return 1;
  const LONGLONG here = c::seek(number, 0, SEEK_CUR);
  return here < 0 ? -1 : here == length_of(number);
}

int _isatty(int number) { return c::is_console(number) ? 0x40 : 0; }

int _setmode(int number, int mode) {
  Descriptor* d = find_descriptor(number);
  if (d == nullptr) return -1;
  if (mode != _O_TEXT && mode != _O_BINARY) return c::fail(EINVAL);
  const int old = d->text ? _O_TEXT : _O_BINARY;
  d->text = mode == _O_TEXT;
  return old;
}

int _dup(int number) {
  Descriptor* d = find_descriptor(number);
  if (d == nullptr) return -1;
  const HANDLE copy = duplicate(d->handle);
  return copy == INVALID_HANDLE_VALUE ? c::fail() : c::enter_descriptor(copy, d->text, d->append);
}

/// Standard handles follow their descriptors, so children inherit what was put there.
int _dup2(int from, int to) {
  const c::Guard guard(c::descriptors_lock);
  Descriptor* d = find_descriptor(from);
  if (d == nullptr) return -1;
  if (to < 0 || to >= c::descriptors) return c::fail(EBADF);
  if (from == to) return 0;
  const HANDLE copy = duplicate(d->handle);
  if (copy == INVALID_HANDLE_VALUE) return c::fail();
  Descriptor* target = c::descriptor_slot(to);
  if (target->open) CloseHandle(target->handle);
  *target = *d;
  target->handle = copy;
  if (to < 3) SetStdHandle(static_cast<DWORD>(-10 - to), copy);
  return 0;
}

int _commit(int number) {
  Descriptor* d = find_descriptor(number);
  if (d == nullptr) return -1;
  if (FlushFileBuffers(d->handle)) return 0;
  return GetFileType(d->handle) == 2 ? 0 : c::fail(EBADF);
}

int _chsize(int number, LONG size) {
  const LONGLONG here = c::seek(number, 0, SEEK_CUR);
  if (here < 0) return -1;
  const LONGLONG end = c::seek(number, 0, SEEK_END);
  bool done = end <= size && extend(number, size - end);
  if (end > size) {
    done = c::seek(number, size, SEEK_SET) >= 0 && SetEndOfFile(find_descriptor(number)->handle);
    if (!done) c::fail(EACCES);
  }
  c::seek(number, here, SEEK_SET);
  return done ? 0 : -1;
}

LONG _get_osfhandle(int number) {
  Descriptor* d = find_descriptor(number);
  return d == nullptr ? -1 : reinterpret_cast<LONG>(d->handle);
}

int _open_osfhandle(LONG handle, int flags) {
  const bool binary =
      (flags & _O_BINARY) != 0 || ((flags & _O_TEXT) == 0 && (_fmode & _O_BINARY) != 0);
  return c::enter_descriptor(reinterpret_cast<HANDLE>(handle), !binary, (flags & _O_APPEND) != 0);
}

}  // extern "C"
