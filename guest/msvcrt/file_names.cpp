// What is done with files by name, directories, and the current directory and drive.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {
BOOL WINAPI CreateDirectoryA(LPCSTR Name, const SECURITY_ATTRIBUTES* Security);
BOOL WINAPI RemoveDirectoryA(LPCSTR Name);
BOOL WINAPI SetCurrentDirectoryA(LPCSTR Name);
DWORD WINAPI GetCurrentDirectoryA(DWORD Capacity, LPSTR Buffer);
DWORD WINAPI GetLogicalDrives();
}

namespace {

constexpr int longest_path = 260;

int done(BOOL success) { return success ? 0 : c::fail(); }

/// What the caller has room for, or malloc's.
char* hand_out(const char* path, char* to, int room) {
  const int size = static_cast<int>(strlen(path)) + 1;
  if (to == nullptr) {
    if (room < size) room = size;
    to = static_cast<char*>(malloc(static_cast<size_t>(room)));
    return to == nullptr ? nullptr : strcpy(to, path);
  }
  if (room < size) return c::no_pointer(ERANGE);
  return strcpy(to, path);
}

WCHAR* hand_out_wide(const char* path, WCHAR* to, int room) {
  const int size = static_cast<int>(strlen(path)) + 1;
  if (to == nullptr) {
    if (room < size) room = size;
    to = static_cast<WCHAR*>(malloc(static_cast<size_t>(room) * sizeof(WCHAR)));
    if (to == nullptr) return nullptr;
  } else if (room < size) {
    return c::no_pointer(ERANGE);
  }
  c::widen(to, path);
  return to;
}

}  // namespace

extern "C" {

int remove(const char* path) { return done(DeleteFileA(path)); }
int _unlink(const char* path) { return done(DeleteFileA(path)); }
int rename(const char* from, const char* to) { return done(MoveFileA(from, to)); }
int _wremove(const WCHAR* path) { return remove(c::Narrow(path).get()); }
int _wunlink(const WCHAR* path) { return remove(c::Narrow(path).get()); }
int _wrename(const WCHAR* from, const WCHAR* to) {
  return rename(c::Narrow(from).get(), c::Narrow(to).get());
}

int _mkdir(const char* path) { return done(CreateDirectoryA(path, nullptr)); }
int _rmdir(const char* path) { return done(RemoveDirectoryA(path)); }
int _chdir(const char* path) { return done(SetCurrentDirectoryA(path)); }
int _wmkdir(const WCHAR* path) { return _mkdir(c::Narrow(path).get()); }
int _wrmdir(const WCHAR* path) { return _rmdir(c::Narrow(path).get()); }
int _wchdir(const WCHAR* path) { return _chdir(c::Narrow(path).get()); }

char* _getcwd(char* to, int room) {
  char path[longest_path];
  if (GetCurrentDirectoryA(sizeof path, path) == 0) return c::no_pointer(ENOENT);
  return hand_out(path, to, room);
}
WCHAR* _wgetcwd(WCHAR* to, int room) {
  char path[longest_path];
  if (GetCurrentDirectoryA(sizeof path, path) == 0) return c::no_pointer(ENOENT);
  return hand_out_wide(path, to, room);
}

/// 1 is A:
int _getdrive() {
  char path[longest_path];
  if (GetCurrentDirectoryA(sizeof path, path) == 0 || path[1] != ':') return 0;
  return toupper(path[0]) - 'A' + 1;
}
ULONG _getdrives() { return GetLogicalDrives(); }

int _chdrive(int drive) {
  if (drive < 1 || drive > 26) {
    *__doserrno() = 15;  // ERROR_INVALID_DRIVE
    return c::fail(EACCES);
  }
  const char path[] = {static_cast<char>('A' + drive - 1), ':', '\0'};
  if (SetCurrentDirectoryA(path)) return 0;
  c::fail();
  return c::fail(EACCES);
}

/// The other drives are at their roots.
char* _getdcwd(int drive, char* to, int room) {
  if (drive == 0 || drive == _getdrive()) return _getcwd(to, room);
  if (drive < 1 || drive > 26 || (GetLogicalDrives() >> (drive - 1) & 1) == 0) {
    *__doserrno() = 15;
    return c::no_pointer(EACCES);
  }
  const char path[] = {static_cast<char>('A' + drive - 1), ':', '\\', '\0'};
  return hand_out(path, to, room);
}

}  // extern "C"
