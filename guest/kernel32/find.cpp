// FindFirstFile and its kin over NtQueryDirectoryFile.
#include "guest/kernel32/win32.hpp"

namespace {

/// One entry with the longest name there can be.
struct DirectoryEntry {
  FILE_BOTH_DIR_INFORMATION information;
  WCHAR rest_of_name[260];
};

FILETIME to_file_time(LARGE_INTEGER time) {
  return {time.LowPart, static_cast<DWORD>(time.HighPart)};
}

BOOL fill(const FILE_BOTH_DIR_INFORMATION& entry, WIN32_FIND_DATAA* data) {
  data->dwFileAttributes = entry.FileAttributes;
  data->ftCreationTime = to_file_time(entry.CreationTime);
  data->ftLastAccessTime = to_file_time(entry.LastAccessTime);
  data->ftLastWriteTime = to_file_time(entry.LastWriteTime);
  data->nFileSizeHigh = static_cast<DWORD>(entry.EndOfFile.HighPart);
  data->nFileSizeLow = entry.EndOfFile.LowPart;
  data->dwReserved0 = data->dwReserved1 = 0;
  const auto bytes = static_cast<USHORT>(entry.FileNameLength);
  base::copy_ansi({bytes, bytes, const_cast<PWSTR>(entry.FileName)}, data->cFileName,
                  sizeof data->cFileName);
  const auto short_bytes = static_cast<USHORT>(entry.ShortNameLength);
  base::copy_ansi({short_bytes, short_bytes, const_cast<PWSTR>(entry.ShortName)},
                  data->cAlternateFileName, sizeof data->cAlternateFileName);
  return 1;
}

NTSTATUS next_entry(HANDLE directory, PUNICODE_STRING pattern, WIN32_FIND_DATAA* data) {
  DirectoryEntry entry = {};
  IO_STATUS_BLOCK io;
  const NTSTATUS status =
      NtQueryDirectoryFile(directory, nullptr, nullptr, nullptr, &io, &entry, sizeof entry,
                           FileBothDirectoryInformation, TRUE, pattern, FALSE);
  if (NT_SUCCESS(status)) fill(entry.information, data);
  return status;
}

/// Opens the directory part of an NT path, of which `pattern` is the part behind the last "\".
NTSTATUS open_directory(const UNICODE_STRING& path, const UNICODE_STRING& pattern,
                        HANDLE& directory) {
  UNICODE_STRING parent = path;
  parent.Length = static_cast<USHORT>(path.Length - pattern.Length);
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, &parent, OBJ_CASE_INSENSITIVE, nullptr);
  IO_STATUS_BLOCK io;
  return NtOpenFile(&directory, FILE_LIST_DIRECTORY | SYNCHRONIZE, &attributes, &io,
                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT);
}

}  // namespace

extern "C" {

/// The search handle is the directory's.
HANDLE WINAPI FindFirstFileA(LPCSTR Name, WIN32_FIND_DATAA* Data) {
  base::NtPath path(Name == nullptr ? "" : Name);
  if (!path.valid()) {
    base::fail(ERROR_PATH_NOT_FOUND);
    return INVALID_HANDLE_VALUE;
  }
  UNICODE_STRING pattern = *path.get();
  while (pattern.Length != 0 && pattern.Buffer[pattern.Length / sizeof(WCHAR) - 1] != L'\\') {
    pattern.Length = static_cast<USHORT>(pattern.Length - sizeof(WCHAR));
  }
  pattern.Buffer += pattern.Length / sizeof(WCHAR);
  pattern.Length = static_cast<USHORT>(path.get()->Length - pattern.Length);
  if (pattern.Length == 0) {
    base::fail(ERROR_FILE_NOT_FOUND);
    return INVALID_HANDLE_VALUE;
  }
  HANDLE directory = nullptr;
  NTSTATUS status = open_directory(*path.get(), pattern, directory);
  if (status == STATUS_OBJECT_NAME_NOT_FOUND) status = STATUS_OBJECT_PATH_NOT_FOUND;
  if (!base::succeed(status)) return INVALID_HANDLE_VALUE;
  // To Win32 "*.*" means every name, with a dot in it or not.
  UNICODE_STRING all;
  RtlInitUnicodeString(&all, L"*.*");
  if (RtlEqualUnicodeString(&pattern, &all, FALSE)) pattern.Length = sizeof(WCHAR);
  status = next_entry(directory, &pattern, Data);
  if (status == STATUS_NO_MORE_FILES) status = STATUS_NO_SUCH_FILE;
  if (base::succeed(status)) return directory;
  NtClose(directory);
  return INVALID_HANDLE_VALUE;
}

BOOL WINAPI FindNextFileA(HANDLE Find, WIN32_FIND_DATAA* Data) {
  return base::succeed(next_entry(Find, nullptr, Data));
}

BOOL WINAPI FindClose(HANDLE Find) {
  if (Find == INVALID_HANDLE_VALUE) return base::fail(ERROR_INVALID_HANDLE);
  return base::succeed(NtClose(Find));
}

}  // extern "C"
