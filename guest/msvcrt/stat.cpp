// What a file is: _stat and _fstat in their sizes, _access, _chmod, _utime.
#include <initializer_list>

#include "guest/msvcrt/streams.hpp"
#include "guest/msvcrt/times.hpp"

extern "C" {
BOOL WINAPI SetFileAttributesA(LPCSTR Name, DWORD Attributes);
DWORD WINAPI GetFullPathNameA(LPCSTR Name, DWORD Capacity, LPSTR Buffer, LPSTR* FilePart);
}

namespace {

constexpr USHORT regular = 0x8000, directory = 0x4000, device = 0x2000, all_read = 0444,
                 all_write = 0222, all_execute = 0111;
constexpr DWORD read_attributes = 0x80, write_attributes = 0x100, share_all = 7, open_existing = 3,
                backup_semantics = 0x02000000, no_attributes = ~DWORD{0};

/// The three layouts differ in the widths of sizes and times.
template <class Size, class Time>
struct Status {
  ULONG st_dev;
  USHORT st_ino, st_mode;
  SHORT st_nlink, st_uid, st_gid;
  ULONG st_rdev;
  alignas(sizeof(Size)) Size st_size;
  Time st_atime_, st_mtime_, st_ctime_;
};
using Stat32 = Status<LONG, LONG>;
using StatI64 = Status<LONGLONG, LONG>;
using Stat64 = Status<LONGLONG, LONGLONG>;
static_assert(sizeof(Stat32) == 36 && sizeof(StatI64) == 48 && sizeof(Stat64) == 56);

struct Facts {
  USHORT mode = 0;
  ULONG device = 0;
  LONGLONG size = 0, accessed = 0, written = 0, created = 0;
};

template <class S>
int tell(const Facts& facts, S* to) {
  *to = {};
  to->st_dev = to->st_rdev = facts.device;
  to->st_mode = facts.mode;
  to->st_nlink = 1;
  to->st_size = static_cast<decltype(to->st_size)>(facts.size);
  to->st_atime_ = static_cast<decltype(to->st_atime_)>(facts.accessed);
  to->st_mtime_ = static_cast<decltype(to->st_mtime_)>(facts.written);
  to->st_ctime_ = static_cast<decltype(to->st_ctime_)>(facts.created);
  return 0;
}

bool look(HANDLE handle, Facts& facts, DWORD& attributes) {
  IO_STATUS_BLOCK io;
  FILE_BASIC_INFORMATION basic;
  FILE_STANDARD_INFORMATION standard;
  if (!NT_SUCCESS(
          NtQueryInformationFile(handle, &io, &basic, sizeof basic, FileBasicInformation)) ||
      !NT_SUCCESS(NtQueryInformationFile(handle, &io, &standard, sizeof standard,
                                         FileStandardInformation))) {
    return false;
  }
  attributes = basic.FileAttributes;
  facts.size = standard.EndOfFile.QuadPart;
  facts.accessed = c::seconds_of(basic.LastAccessTime.QuadPart);
  facts.written = c::seconds_of(basic.LastWriteTime.QuadPart);
  facts.created = c::seconds_of(basic.CreationTime.QuadPart);
  return true;
}

bool executable(const char* path) {
  const size_t length = strlen(path);
  if (length < 4) return false;
  for (const char* suffix : {".exe", ".com", ".bat", ".cmd"}) {
    if (_stricmp(path + length - 4, suffix) == 0) return true;
  }
  return false;
}

bool has_wildcard(const char* path) {
  return strchr(path, '*') != nullptr || strchr(path, '?') != nullptr;
}

int stat_path(const char* path, Facts& facts) {
  if (path == nullptr || has_wildcard(path)) return c::fail(ENOENT);
  const HANDLE handle = CreateFileA(path, read_attributes, share_all, nullptr, open_existing,
                                    backup_semantics, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return c::fail(ENOENT);
  DWORD attributes = 0;
  const bool there = look(handle, facts, attributes);
  CloseHandle(handle);
  if (!there) return c::fail(ENOENT);
  char full[260];
  if (GetFullPathNameA(path, sizeof full, full, nullptr) != 0) {
    facts.device = static_cast<ULONG>(toupper(full[0]) - 'A');
  }
  const bool is_directory = (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  facts.mode = is_directory ? directory | all_execute : regular;
  if (is_directory) facts.size = 0;
  facts.mode |= all_read;
  if (is_directory || (attributes & FILE_ATTRIBUTE_READONLY) == 0) facts.mode |= all_write;
  if (executable(path)) facts.mode |= all_execute;
  return 0;
}

int stat_descriptor(int number, Facts& facts) {
  c::Descriptor* d = c::find_descriptor(number);
  if (d == nullptr) return -1;
  if (GetFileType(d->handle) != 1) {
    facts.mode = device;
    facts.device = static_cast<ULONG>(number);
    return 0;
  }
  DWORD attributes = 0;
  if (!look(d->handle, facts, attributes)) return c::fail(EBADF);
  facts.mode = regular | all_read;
  if ((attributes & FILE_ATTRIBUTE_READONLY) == 0) facts.mode |= all_write;
  return 0;
}

template <class S>
int stat_to(const char* path, S* to) {
  Facts facts;
  return stat_path(path, facts) < 0 ? -1 : tell(facts, to);
}
template <class S>
int fstat_to(int number, S* to) {
  Facts facts;
  return stat_descriptor(number, facts) < 0 ? -1 : tell(facts, to);
}

int set_times(HANDLE handle, LONGLONG accessed, LONGLONG written) {
  IO_STATUS_BLOCK io;
  FILE_BASIC_INFORMATION basic = {};
  basic.LastAccessTime.QuadPart = c::ticks_of(accessed);
  basic.LastWriteTime.QuadPart = c::ticks_of(written);
  const NTSTATUS status =
      NtSetInformationFile(handle, &io, &basic, sizeof basic, FileBasicInformation);
  if (NT_SUCCESS(status)) return 0;
  RtlSetLastWin32ErrorAndNtStatusFromNtStatus(status);
  return c::fail();
}

template <class Time>
struct Times {
  Time accessed, written;
};
template <class Time>
int set_times(HANDLE handle, const Times<Time>* times) {
  if (times != nullptr) return set_times(handle, times->accessed, times->written);
  const LONGLONG now = c::seconds_of(c::now());
  return set_times(handle, now, now);
}
template <class Time>
int utime(const char* path, const Times<Time>* times) {
  const HANDLE handle =
      CreateFileA(path, write_attributes, share_all, nullptr, open_existing, 0x80, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return c::fail();
  const int result = set_times(handle, times);
  CloseHandle(handle);
  return result;
}

}  // namespace

extern "C" {

int _stat(const char* path, Stat32* to) { return stat_to(path, to); }
int _stati64(const char* path, StatI64* to) { return stat_to(path, to); }
int _stat64(const char* path, Stat64* to) { return stat_to(path, to); }
int _wstat(const WCHAR* path, Stat32* to) { return stat_to(c::Narrow(path).get(), to); }
int _wstati64(const WCHAR* path, StatI64* to) { return stat_to(c::Narrow(path).get(), to); }
int _wstat64(const WCHAR* path, Stat64* to) { return stat_to(c::Narrow(path).get(), to); }
int _fstat(int number, Stat32* to) { return fstat_to(number, to); }
int _fstati64(int number, StatI64* to) { return fstat_to(number, to); }
int _fstat64(int number, Stat64* to) { return fstat_to(number, to); }

/// 2: writing; reading is what every file allows.
int _access(const char* path, int mode) {
  const DWORD attributes = path == nullptr ? no_attributes : GetFileAttributesA(path);
  if (attributes == no_attributes) return c::fail();
  const bool fixed =
      (attributes & FILE_ATTRIBUTE_READONLY) != 0 && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
  return fixed && (mode & 2) != 0 ? c::fail(EACCES) : 0;
}
int _waccess(const WCHAR* path, int mode) { return _access(c::Narrow(path).get(), mode); }

int _chmod(const char* path, int mode) {
  DWORD attributes = GetFileAttributesA(path);
  if (attributes == no_attributes) return c::fail();
  attributes &= ~DWORD{FILE_ATTRIBUTE_READONLY};
  if ((mode & 0x80) == 0) attributes |= FILE_ATTRIBUTE_READONLY;
  return SetFileAttributesA(path, attributes) ? 0 : c::fail();
}
int _wchmod(const WCHAR* path, int mode) { return _chmod(c::Narrow(path).get(), mode); }

int _utime(const char* path, const Times<LONG>* times) { return utime(path, times); }
int _utime64(const char* path, const Times<LONGLONG>* times) { return utime(path, times); }
int _futime(int number, const Times<LONG>* times) {
  c::Descriptor* d = c::find_descriptor(number);
  return d == nullptr ? -1 : set_times(d->handle, times);
}
int _futime64(int number, const Times<LONGLONG>* times) {
  c::Descriptor* d = c::find_descriptor(number);
  return d == nullptr ? -1 : set_times(d->handle, times);
}

}  // extern "C"
