// Paths as text: their parts, taken apart and put together.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {
DWORD WINAPI GetFullPathNameA(LPCSTR Name, DWORD Capacity, LPSTR Buffer, LPSTR* FilePart);
char* getenv(const char* name);
}

namespace {

template <class Char>
void copy(Char* to, const Char* from, const Char* end) {
  constexpr int longest = 256;
  if (to == nullptr) return;
  if (end - from >= longest) end = from + longest - 1;
  while (from != end) *to++ = *from++;
  *to = 0;
}

/// "C:", "\a\", "b", ".c".
template <class Char>
void split(const Char* path, Char* drive, Char* directory, Char* name, Char* extension) {
  const Char* at = path;
  if (at[0] != 0 && at[1] == ':') at += 2;
  copy(drive, path, at);
  const Char* end = at;
  while (*end != 0) ++end;
  const Char* file = end;
  while (file != at && file[-1] != '\\' && file[-1] != '/') --file;
  copy(directory, at, file);
  const Char* dot = end;
  for (const Char* c = end; c != file;) {
    if (*--c == '.') {
      dot = c;
      break;
    }
  }
  copy(name, file, dot);
  copy(extension, dot, end);
}

template <class Char>
void join(Char* to, const Char* drive, const Char* directory, const Char* name,
          const Char* extension) {
  if (drive != nullptr && drive[0] != 0) {
    *to++ = drive[0];
    *to++ = ':';
  }
  if (directory != nullptr && directory[0] != 0) {
    Char last = 0;
    for (; *directory != 0; ++directory) *to++ = last = *directory;
    if (last != '\\' && last != '/') *to++ = '\\';
  }
  if (name != nullptr) {
    while (*name != 0) *to++ = *name++;
  }
  if (extension != nullptr && extension[0] != 0) {
    if (extension[0] != '.') *to++ = '.';
    while (*extension != 0) *to++ = *extension++;
  }
  *to = 0;
}

bool exists(const char* path) { return GetFileAttributesA(path) != ~DWORD{0}; }

}  // namespace

extern "C" {

void _splitpath(const char* path, char* drive, char* directory, char* name, char* extension) {
  split(path, drive, directory, name, extension);
}
void _wsplitpath(const WCHAR* path, WCHAR* drive, WCHAR* directory, WCHAR* name, WCHAR* extension) {
  split(path, drive, directory, name, extension);
}
void _makepath(char* to, const char* drive, const char* directory, const char* name,
               const char* extension) {
  join(to, drive, directory, name, extension);
}
void _wmakepath(WCHAR* to, const WCHAR* drive, const WCHAR* directory, const WCHAR* name,
                const WCHAR* extension) {
  join(to, drive, directory, name, extension);
}

char* _fullpath(char* to, const char* path, size_t room) {
  char full[260];
  const DWORD length =
      GetFullPathNameA(path == nullptr || *path == '\0' ? "." : path, sizeof full, full, nullptr);
  if (length == 0 || length >= sizeof full) return nullptr;
  if (to == nullptr) {
    to = static_cast<char*>(malloc(sizeof full));
    room = sizeof full;
  }
  if (to == nullptr) return nullptr;
  if (length >= room) return c::no_pointer(ERANGE);
  return strcpy(to, full);
}

WCHAR* _wfullpath(WCHAR* to, const WCHAR* path, size_t room) {
  char full[260];
  if (_fullpath(full, path == nullptr ? nullptr : c::Narrow(path).get(), sizeof full) == nullptr)
    return nullptr;
  if (to == nullptr) return c::widened(full);
  if (strlen(full) >= room) return c::no_pointer(ERANGE);
  c::widen(to, full);
  return to;
}

/// In the current directory, then in those that the variable lists.
void _searchenv(const char* file, const char* variable, char* to) {
  *to = '\0';
  if (exists(file)) {
    _fullpath(to, file, 260);
    return;
  }
  const char* at = getenv(variable);
  while (at != nullptr && *at != '\0') {
    const char* end = strchr(at, ';');
    if (end == nullptr) end = at + strlen(at);
    char path[520];
    copy(path, at, end);
    const size_t length = strlen(path);
    if (length != 0 && path[length - 1] != '\\' && path[length - 1] != '/') strcat(path, "\\");
    if (length + strlen(file) + 2 < 260 && exists(strcat(path, file))) {
      strcpy(to, path);
      return;
    }
    at = *end == ';' ? end + 1 : end;
  }
  c::fail(ENOENT);
}

}  // extern "C"
