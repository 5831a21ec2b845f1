// Paths: full names, the current directory, names for temporary files.
#include "guest/kernel32/file_information.hpp"

extern "C" {
HANDLE WINAPI CreateFileA(LPCSTR Name, DWORD Access, DWORD Share,
                          const SECURITY_ATTRIBUTES* Security, DWORD Creation, DWORD Flags,
                          HANDLE Template);
DWORD WINAPI GetFileAttributesA(LPCSTR Name);
DWORD WINAPI GetEnvironmentVariableA(LPCSTR Name, LPSTR Buffer, DWORD Capacity);
}

namespace {

constexpr DWORD longest_path = 260;
constexpr DWORD create_new = 1;

/// Length without the terminator, or what the buffer should have been with it.
DWORD hand_out(const WCHAR* text, DWORD length, LPSTR buffer, DWORD capacity) {
  if (length >= capacity) return length + 1;
  const auto bytes = static_cast<USHORT>(length * sizeof(WCHAR));
  base::copy_ansi({bytes, bytes, const_cast<PWSTR>(text)}, buffer, capacity);
  return length;
}

DWORD hand_out(LPCSTR text, LPSTR buffer, DWORD capacity) {
  const DWORD length = strlen(text);
  if (length >= capacity) return length + 1;
  strcpy(buffer, text);
  return length;
}

DWORD full_path(LPCSTR name, WCHAR (&path)[longest_path], PWSTR* part = nullptr) {
  const base::Unicode text(name == nullptr ? "" : name);
  if (!text.valid()) return base::fail(ERROR_NOT_ENOUGH_MEMORY);
  const ULONG bytes = RtlGetFullPathName_U(text.text(), sizeof path, path, part);
  if (bytes == 0) return base::fail(ERROR_INVALID_NAME);
  if (bytes >= sizeof path) return base::fail(ERROR_FILENAME_EXCED_RANGE);
  return bytes / sizeof(WCHAR);
}

bool is_directory(LPCSTR name) {
  const DWORD attributes = GetFileAttributesA(name);
  return attributes != base::invalid_attributes && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

/// PATH\PREFIX1234.tmp with up to three letters of the prefix.
void put_temp_name(LPCSTR path, LPCSTR prefix, UINT number, LPSTR name) {
  strcpy(name, path);
  const DWORD length = strlen(name);
  if (length != 0 && name[length - 1] != '\\') strcat(name, "\\");
  LPSTR at = name + strlen(name);
  for (int i = 0; i < 3 && prefix != nullptr && prefix[i] != '\0'; ++i) *at++ = prefix[i];
  bool begun = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const char digit = "0123456789ABCDEF"[number >> shift & 15];
    begun = begun || digit != '0' || shift == 0;
    if (begun) *at++ = digit;
  }
  strcpy(at, ".tmp");
}

}  // namespace

extern "C" {

DWORD WINAPI GetTickCount();

DWORD WINAPI GetFullPathNameA(LPCSTR Name, DWORD Capacity, LPSTR Buffer, LPSTR* FilePart) {
  WCHAR path[longest_path];
  PWSTR part = nullptr;
  const DWORD length = full_path(Name, path, &part);
  if (length == 0) return 0;
  const DWORD result = hand_out(path, length, Buffer, Capacity);
  if (FilePart != nullptr && result == length) {
    *FilePart = part == nullptr ? nullptr : Buffer + (part - path);
  }
  return result;
}

DWORD WINAPI GetCurrentDirectoryA(DWORD Capacity, LPSTR Buffer) {
  WCHAR path[longest_path];
  const DWORD length = full_path(".", path);
  return length == 0 ? 0 : hand_out(path, length, Buffer, Capacity);
}

/// The name is the process's own, behind the PEB's lock.
BOOL WINAPI SetCurrentDirectoryA(LPCSTR Name) {
  WCHAR path[longest_path];
  const DWORD length = full_path(Name, path);
  if (length == 0) return 0;
  const base::NtPath directory(Name);
  if (!base::OpenedFile(directory, FILE_LIST_DIRECTORY, FILE_DIRECTORY_FILE).valid()) return 0;
  auto* text = static_cast<PWSTR>(
      RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, (length + 1) * sizeof(WCHAR)));
  if (text == nullptr) return base::fail(ERROR_NOT_ENOUGH_MEMORY);
  memcpy(text, path, (length + 1) * sizeof(WCHAR));
  static PWSTR owned = nullptr;
  RtlAcquirePebLock();
  NtCurrentPeb()->ProcessParameters->CurrentDirectory.DosPath = {
      static_cast<USHORT>(length * sizeof(WCHAR)),
      static_cast<USHORT>((length + 1) * sizeof(WCHAR)), text};
  PWSTR old = owned;
  owned = text;
  RtlReleasePebLock();
  if (old != nullptr) RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, old);
  return 1;
}

UINT WINAPI GetWindowsDirectoryA(LPSTR Buffer, UINT Capacity) {
  return hand_out(SharedUserData()->NtSystemRoot, wcslen(SharedUserData()->NtSystemRoot), Buffer,
                  Capacity);
}

/// TMP, or TEMP, or the Windows directory; with a backslash at its end.
DWORD WINAPI GetTempPathA(DWORD Capacity, LPSTR Buffer) {
  char path[longest_path];
  DWORD length = GetEnvironmentVariableA("TMP", path, sizeof path - 1);
  if (length == 0) length = GetEnvironmentVariableA("TEMP", path, sizeof path - 1);
  if (length == 0) length = GetWindowsDirectoryA(path, sizeof path - 1);
  if (length == 0 || length >= sizeof path - 1) return base::fail(ERROR_FILENAME_EXCED_RANGE);
  if (path[length - 1] != '\\') strcat(path, "\\");
  return hand_out(path, Buffer, Capacity);
}

/// A number of 0 looks for one that is free, and makes the file.
UINT WINAPI GetTempFileNameA(LPCSTR Path, LPCSTR Prefix, UINT Number, LPSTR Name) {
  if (strlen(Path) > longest_path - 14) return base::fail(ERROR_BUFFER_OVERFLOW);
  if (!is_directory(Path)) return base::fail(ERROR_DIRECTORY);
  if ((Number & 0xFFFF) != 0) {
    put_temp_name(Path, Prefix, Number & 0xFFFF, Name);
    return Number;
  }
  UINT number = GetTickCount() & 0xFFFF;
  for (UINT tried = 0; tried != 0x10000; ++tried, number = (number + 1) & 0xFFFF) {
    if (number == 0) continue;
    put_temp_name(Path, Prefix, number, Name);
    HANDLE file = CreateFileA(Name, FILE_GENERIC_WRITE, 0, nullptr, create_new, 0, nullptr);
    if (file != INVALID_HANDLE_VALUE) {
      NtClose(file);
      return number;
    }
    if (RtlGetLastWin32Error() != ERROR_FILE_EXISTS) return 0;
  }
  return 0;
}

}  // extern "C"
