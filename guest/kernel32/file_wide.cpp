// The wide forms of the functions about files. The names on a FAT16 disk are of single bytes: what
// has no such name is no name there.
#include "guest/kernel32/win32.hpp"

extern "C" {
HANDLE WINAPI CreateFileA(LPCSTR, DWORD, DWORD, const SECURITY_ATTRIBUTES*, DWORD, DWORD, HANDLE);
BOOL WINAPI DeleteFileA(LPCSTR);
DWORD WINAPI GetFileAttributesA(LPCSTR);
BOOL WINAPI SetFileAttributesA(LPCSTR, DWORD);
BOOL WINAPI CreateDirectoryA(LPCSTR, const SECURITY_ATTRIBUTES*);
BOOL WINAPI RemoveDirectoryA(LPCSTR);
BOOL WINAPI MoveFileExA(LPCSTR, LPCSTR, DWORD);
BOOL WINAPI MoveFileA(LPCSTR, LPCSTR);
BOOL WINAPI CopyFileA(LPCSTR, LPCSTR, BOOL);
HANDLE WINAPI FindFirstFileA(LPCSTR, WIN32_FIND_DATAA*);
BOOL WINAPI FindNextFileA(HANDLE, WIN32_FIND_DATAA*);
BOOL WINAPI SetCurrentDirectoryA(LPCSTR);
DWORD WINAPI GetCurrentDirectoryA(DWORD, LPSTR);
DWORD WINAPI GetTempPathA(DWORD, LPSTR);
}

namespace {

struct WIN32_FIND_DATAW {
  DWORD dwFileAttributes;
  FILETIME ftCreationTime, ftLastAccessTime, ftLastWriteTime;
  DWORD nFileSizeHigh, nFileSizeLow, dwReserved0, dwReserved1;
  WCHAR cFileName[260];
  WCHAR cAlternateFileName[14];
};
static_assert(sizeof(WIN32_FIND_DATAW) == 592);

constexpr DWORD longest_path = 260;

/// A name in single bytes; one with other characters, or too long, is empty and so no name.
class Narrow {
 public:
  explicit Narrow(PCWSTR text) {
    DWORD length = 0;
    for (; text != nullptr && text[length] != 0; ++length) {
      if (text[length] > 0xFF || length + 1 == longest_path) {
        length = 0;
        break;
      }
      text_[length] = static_cast<char>(text[length]);
    }
    text_[length] = '\0';
  }
  operator LPCSTR() const { return text_; }

 private:
  char text_[longest_path];
};

template <DWORD capacity>
void widen(const char (&from)[capacity], WCHAR (&to)[capacity]) {
  for (DWORD i = 0; i != capacity; ++i) to[i] = static_cast<UCHAR>(from[i]);
}

void widen(const WIN32_FIND_DATAA& from, WIN32_FIND_DATAW& to) {
  memcpy(&to, &from, offsetof(WIN32_FIND_DATAW, cFileName));
  widen(from.cFileName, to.cFileName);
  widen(from.cAlternateFileName, to.cAlternateFileName);
}

/// What a function that fills a buffer of bytes has to say, in characters.
DWORD hand_out(DWORD(WINAPI* get)(DWORD, LPSTR), DWORD capacity, PWSTR buffer) {
  char text[longest_path];
  const DWORD length = get(sizeof text, text);
  if (length == 0 || length >= sizeof text) return length;
  if (length >= capacity) return length + 1;
  for (DWORD i = 0; i <= length; ++i) buffer[i] = static_cast<UCHAR>(text[i]);
  return length;
}

}  // namespace

extern "C" {

HANDLE WINAPI CreateFileW(PCWSTR Name, DWORD Access, DWORD Share,
                          const SECURITY_ATTRIBUTES* Security, DWORD Creation, DWORD Flags,
                          HANDLE Template) {
  return CreateFileA(Narrow(Name), Access, Share, Security, Creation, Flags, Template);
}

BOOL WINAPI DeleteFileW(PCWSTR Name) { return DeleteFileA(Narrow(Name)); }
DWORD WINAPI GetFileAttributesW(PCWSTR Name) { return GetFileAttributesA(Narrow(Name)); }
BOOL WINAPI SetFileAttributesW(PCWSTR Name, DWORD Attributes) {
  return SetFileAttributesA(Narrow(Name), Attributes);
}

BOOL WINAPI CreateDirectoryW(PCWSTR Name, const SECURITY_ATTRIBUTES* Security) {
  return CreateDirectoryA(Narrow(Name), Security);
}
BOOL WINAPI RemoveDirectoryW(PCWSTR Name) { return RemoveDirectoryA(Narrow(Name)); }

BOOL WINAPI MoveFileW(PCWSTR From, PCWSTR To) { return MoveFileA(Narrow(From), Narrow(To)); }
BOOL WINAPI MoveFileExW(PCWSTR From, PCWSTR To, DWORD Flags) {
  return MoveFileExA(Narrow(From), Narrow(To), Flags);
}
BOOL WINAPI CopyFileW(PCWSTR From, PCWSTR To, BOOL FailIfExists) {
  return CopyFileA(Narrow(From), Narrow(To), FailIfExists);
}

HANDLE WINAPI FindFirstFileW(PCWSTR Name, WIN32_FIND_DATAW* Data) {
  WIN32_FIND_DATAA data;
  HANDLE find = FindFirstFileA(Narrow(Name), &data);
  if (find != INVALID_HANDLE_VALUE) widen(data, *Data);
  return find;
}

BOOL WINAPI FindNextFileW(HANDLE Find, WIN32_FIND_DATAW* Data) {
  WIN32_FIND_DATAA data;
  if (!FindNextFileA(Find, &data)) return 0;
  widen(data, *Data);
  return 1;
}

BOOL WINAPI SetCurrentDirectoryW(PCWSTR Name) { return SetCurrentDirectoryA(Narrow(Name)); }
DWORD WINAPI GetCurrentDirectoryW(DWORD Capacity, PWSTR Buffer) {
  return hand_out(GetCurrentDirectoryA, Capacity, Buffer);
}
DWORD WINAPI GetTempPathW(DWORD Capacity, PWSTR Buffer) {
  return hand_out(GetTempPathA, Capacity, Buffer);
}

DWORD WINAPI GetFullPathNameW(PCWSTR Name, DWORD Capacity, PWSTR Buffer, PWSTR* FilePart) {
  const ULONG bytes = RtlGetFullPathName_U(Name, Capacity * sizeof(WCHAR), Buffer, FilePart);
  if (bytes == 0) base::fail(ERROR_INVALID_NAME);
  return bytes / sizeof(WCHAR);
}

}  // extern "C"
