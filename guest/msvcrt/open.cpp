// Opening files as descriptors.
#include <cstdarg>

#include "guest/msvcrt/streams.hpp"

namespace {

constexpr int _S_IWRITE = 0x80, _S_IREAD = 0x100;
constexpr DWORD normal = 0x80, read_only = 1;
int creation_mask;

DWORD access_of(int flags) {
  constexpr DWORD read_access = 0x80000000, write_access = 0x40000000;
  const int way = flags & 3;
  return way == _O_RDONLY   ? read_access
         : way == _O_WRONLY ? write_access
                            : read_access | write_access;
}

DWORD disposition_of(int flags) {
  constexpr DWORD create_new = 1, create_always = 2, open_existing = 3, open_always = 4,
                  truncate_existing = 5;
  const bool truncate = (flags & _O_TRUNC) != 0;
  if ((flags & _O_CREAT) == 0) return truncate ? truncate_existing : open_existing;
  return (flags & _O_EXCL) != 0 ? create_new : truncate ? create_always : open_always;
}

/// What others may do meanwhile; 0x10 nothing, 0x20 read, 0x30 write, 0x40 both.
DWORD share_of(int share) { return share == 0x10 ? 0 : share == 0x20 ? 1 : share == 0x30 ? 2 : 3; }

DWORD attributes_of(int flags, int mode) {
  constexpr DWORD delete_on_close = 0x04000000, random = 0x10000000, sequential = 0x08000000,
                  temporary = 0x100;
  DWORD attributes = 0;
  if ((flags & _O_CREAT) != 0 && (mode & ~creation_mask & _S_IWRITE) == 0) attributes |= read_only;
  if ((flags & _O_TEMPORARY) != 0) attributes |= delete_on_close;
  if ((flags & _O_SHORT_LIVED) != 0) attributes |= temporary;
  if ((flags & _O_SEQUENTIAL) != 0) attributes |= sequential;
  if ((flags & _O_RANDOM) != 0) attributes |= random;
  return attributes == 0 ? normal : attributes;
}

}  // namespace

int c::open(const char* path, int flags, int share, int mode) {
  constexpr DWORD share_delete = 4;
  const SECURITY_ATTRIBUTES security = {sizeof security, nullptr, (flags & _O_NOINHERIT) == 0};
  const DWORD sharing = share_of(share) | ((flags & _O_TEMPORARY) != 0 ? share_delete : 0);
  const HANDLE handle = CreateFileA(path, access_of(flags), sharing, &security,
                                    disposition_of(flags), attributes_of(flags, mode), nullptr);
  if (handle == INVALID_HANDLE_VALUE) return fail();
  const bool binary =
      (flags & _O_BINARY) != 0 || ((flags & _O_TEXT) == 0 && (_fmode & _O_BINARY) != 0);
  return enter_descriptor(handle, !binary, (flags & _O_APPEND) != 0);
}

extern "C" {

int _open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const int mode = (flags & _O_CREAT) != 0 ? va_arg(arguments, int) : _S_IREAD | _S_IWRITE;
  va_end(arguments);
  return c::open(path, flags, 0x40, mode);
}

int _sopen(const char* path, int flags, int share, ...) {
  std::va_list arguments;
  va_start(arguments, share);
  const int mode = (flags & _O_CREAT) != 0 ? va_arg(arguments, int) : _S_IREAD | _S_IWRITE;
  va_end(arguments);
  return c::open(path, flags, share, mode);
}

int _wopen(const WCHAR* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const int mode = (flags & _O_CREAT) != 0 ? va_arg(arguments, int) : _S_IREAD | _S_IWRITE;
  va_end(arguments);
  return c::open(c::Narrow(path).get(), flags, 0x40, mode);
}

int _creat(const char* path, int mode) {
  return c::open(path, _O_CREAT | _O_TRUNC | _O_RDWR, 0x40, mode);
}

int _umask(int mask) {
  const int old = creation_mask;
  creation_mask = mask & (_S_IREAD | _S_IWRITE);
  return old;
}

}  // extern "C"
