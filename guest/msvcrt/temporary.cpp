// Names of temporary files, and files without one.
#include "guest/msvcrt/streams.hpp"

extern "C" {
DWORD WINAPI GetCurrentProcessId();
DWORD WINAPI GetTempPathA(DWORD Capacity, LPSTR Buffer);
FILE* fopen(const char* path, const char* mode);
char* getenv(const char* name);
}

namespace {

constexpr DWORD no_attributes = ~DWORD{0};
LONG names_made;

bool exists(const char* path) { return GetFileAttributesA(path) != no_attributes; }

/// Digits of base 32, at least one.
char* add_number(char* to, ULONG value) {
  char digits[8];
  int count = 0;
  do digits[count++] = "0123456789abcdefghijklmnopqrstuv"[value % 32];
  while ((value /= 32) != 0);
  while (count != 0) *to++ = digits[--count];
  *to = '\0';
  return to;
}

bool is_directory(const char* path) {
  const DWORD attributes =
      path == nullptr || *path == '\0' ? no_attributes : GetFileAttributesA(path);
  return attributes != no_attributes && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

}  // namespace

extern "C" {

/// "\sPROCESS.NUMBER": no file has it yet.
char* tmpnam(char* to) {
  if (to == nullptr) to = c::thread_data().temporary_name;
  const c::Guard guard(c::names_lock);
  do {
    char* end = add_number(strcpy(to, "\\s") + 2, GetCurrentProcessId());
    *end++ = '.';
    add_number(end, static_cast<ULONG>(names_made++));
  } while (exists(to) && names_made < 0x7FFF);
  return to;
}

WCHAR* _wtmpnam(WCHAR* to) {
  static WCHAR own[20];
  if (to == nullptr) to = own;
  char name[20];
  c::widen(to, tmpnam(name));
  return to;
}

/// A file that is gone when it is closed.
FILE* tmpfile() {
  char name[20];
  FILE* file = fopen(tmpnam(name), "w+bD");
  if (file == nullptr) return nullptr;
  file->_tmpfname = static_cast<char*>(malloc(sizeof name));
  if (file->_tmpfname != nullptr) strcpy(file->_tmpfname, name);
  return file;
}

/// In the directory that TMP names, in the one given, or in that for temporary files. malloc's.
char* _tempnam(const char* directory, const char* prefix) {
  char fallback[260] = ".";
  const char* chosen = getenv("TMP");
  if (!is_directory(chosen)) chosen = directory;
  if (!is_directory(chosen)) {
    GetTempPathA(sizeof fallback, fallback);
    chosen = fallback;
  }
  constexpr size_t longest_prefix = 3;
  const size_t length = strlen(chosen);
  auto* name = static_cast<char*>(malloc(length + longest_prefix + 16));
  if (name == nullptr) return nullptr;
  strcpy(name, chosen);
  char* end = name + length;
  if (end != name && end[-1] != '\\' && end[-1] != '/') *end++ = '\\';
  for (size_t i = 0; i < longest_prefix && prefix != nullptr && prefix[i] != '\0'; ++i)
    *end++ = prefix[i];
  const c::Guard guard(c::names_lock);
  do add_number(end, static_cast<ULONG>(2 + names_made++));
  while (exists(name) && names_made < 0x7FFF);
  return name;
}

/// "prefXXXXXX" gets a letter and the process's number in place of the X.
char* _mktemp(char* pattern) {
  constexpr int places = 6;
  const size_t length = strlen(pattern);
  if (length < places) return c::no_pointer(EINVAL);
  char* at = pattern + length - places;
  for (int i = 0; i < places; ++i) {
    if (at[i] != 'X') return c::no_pointer(EINVAL);
  }
  ULONG id = GetCurrentProcessId();
  for (int i = places - 1; i != 0; --i, id /= 10) at[i] = static_cast<char>('0' + id % 10);
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    *at = letter;
    if (!exists(pattern)) return pattern;
  }
  return c::no_pointer(EEXIST);
}

}  // extern "C"
