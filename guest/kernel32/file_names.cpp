// What is done with a file by its name: attributes, deleting, renaming, copying; directories.
#include "guest/kernel32/file_information.hpp"

extern "C" {
HANDLE WINAPI CreateFileA(LPCSTR Name, DWORD Access, DWORD Share,
                          const SECURITY_ATTRIBUTES* Security, DWORD Creation, DWORD Flags,
                          HANDLE Template);
}

namespace {

constexpr DWORD move_replace_existing = 1, move_copy_allowed = 2, move_write_through = 8;
constexpr DWORD create_new = 1, create_always = 2, open_existing = 3;

/// Only a path leads to an error other than ERROR_INVALID_PARAMETER.
LPCSTR or_empty(LPCSTR name) { return name == nullptr ? "" : name; }

bool rename(const base::OpenedFile& file, const base::NtPath& target, bool replace) {
  if (!target.valid()) return base::fail(ERROR_PATH_NOT_FOUND);
  const UNICODE_STRING& name = *target.get();
  const ULONG size = offsetof(FILE_RENAME_INFORMATION, FileName) + name.Length;
  auto* info = static_cast<FILE_RENAME_INFORMATION*>(
      RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, HEAP_ZERO_MEMORY, size + sizeof(WCHAR)));
  if (info == nullptr) return false;
  info->ReplaceIfExists = replace;
  info->FileNameLength = name.Length;
  memcpy(info->FileName, name.Buffer, name.Length);
  IO_STATUS_BLOCK io;
  const NTSTATUS status = NtSetInformationFile(file.get(), &io, info, size, FileRenameInformation);
  RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, info);
  return base::succeed(status);
}

/// Everything from one file to another.
NTSTATUS copy_contents(HANDLE from, HANDLE to) {
  constexpr ULONG buffer_size = 0x8000;
  PVOID buffer = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, buffer_size);
  if (buffer == nullptr) return STATUS_NO_MEMORY;
  NTSTATUS status;
  do {
    IO_STATUS_BLOCK io;
    status =
        NtReadFile(from, nullptr, nullptr, nullptr, &io, buffer, buffer_size, nullptr, nullptr);
    if (NT_SUCCESS(status)) {
      status =
          NtWriteFile(to, nullptr, nullptr, nullptr, &io, buffer, io.Information, nullptr, nullptr);
    }
  } while (NT_SUCCESS(status));
  RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, buffer);
  return status == STATUS_END_OF_FILE ? STATUS_SUCCESS : status;
}

BOOL remove(LPCSTR name, ULONG kind) {
  const base::NtPath path(or_empty(name));
  const base::OpenedFile file(path, DELETE_ACCESS, kind);
  return file.valid() &&
         base::set_file(file.get(), FileDispositionInformation, FILE_DISPOSITION_INFORMATION{TRUE});
}

}  // namespace

extern "C" {

DWORD WINAPI GetFileAttributesA(LPCSTR Name) {
  const base::NtPath path(or_empty(Name));
  if (!path.valid()) {
    base::fail(ERROR_PATH_NOT_FOUND);
    return base::invalid_attributes;
  }
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, path.get(), OBJ_CASE_INSENSITIVE, nullptr);
  FILE_BASIC_INFORMATION basic;
  if (!base::succeed(NtQueryAttributesFile(&attributes, &basic))) return base::invalid_attributes;
  return basic.FileAttributes;
}

BOOL WINAPI SetFileAttributesA(LPCSTR Name, DWORD Attributes) {
  constexpr DWORD settable = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN |
                             FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_ARCHIVE;
  const base::NtPath path(or_empty(Name));
  const base::OpenedFile file(path, FILE_WRITE_ATTRIBUTES, 0);
  if (!file.valid()) return 0;
  FILE_BASIC_INFORMATION basic = {};
  basic.FileAttributes = (Attributes & settable) | FILE_ATTRIBUTE_NORMAL;  // 0 would be no change
  return base::set_file(file.get(), FileBasicInformation, basic);
}

BOOL WINAPI DeleteFileA(LPCSTR Name) { return remove(Name, FILE_NON_DIRECTORY_FILE); }
BOOL WINAPI RemoveDirectoryA(LPCSTR Name) { return remove(Name, FILE_DIRECTORY_FILE); }

BOOL WINAPI CreateDirectoryA(LPCSTR Name, const SECURITY_ATTRIBUTES*) {
  const base::NtPath path(or_empty(Name));
  if (!path.valid()) return base::fail(ERROR_PATH_NOT_FOUND);
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, path.get(), OBJ_CASE_INSENSITIVE, nullptr);
  IO_STATUS_BLOCK io;
  HANDLE directory = nullptr;
  const NTSTATUS status =
      NtCreateFile(&directory, FILE_LIST_DIRECTORY | SYNCHRONIZE, &attributes, &io, nullptr, 0,
                   FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_CREATE,
                   FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT, nullptr, 0);
  if (!base::succeed(status)) return 0;
  NtClose(directory);
  return 1;
}

/// The copy has the original's attributes and time.
BOOL WINAPI CopyFileA(LPCSTR From, LPCSTR To, BOOL FailIfExists) {
  HANDLE from = CreateFileA(From, FILE_GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                            open_existing, 0, nullptr);
  if (from == INVALID_HANDLE_VALUE) return 0;
  FILE_BASIC_INFORMATION basic;
  if (!base::query_file(from, FileBasicInformation, basic)) {
    NtClose(from);
    return 0;
  }
  HANDLE to =
      CreateFileA(To, FILE_GENERIC_WRITE | DELETE_ACCESS, 0, nullptr,
                  FailIfExists != 0 ? create_new : create_always, basic.FileAttributes, nullptr);
  if (to == INVALID_HANDLE_VALUE) {
    NtClose(from);
    return 0;
  }
  const NTSTATUS status = copy_contents(from, to);
  if (NT_SUCCESS(status)) {
    base::set_file(to, FileBasicInformation, basic);
  } else {
    base::set_file(to, FileDispositionInformation, FILE_DISPOSITION_INFORMATION{TRUE});
  }
  NtClose(from);
  NtClose(to);
  return base::succeed(status);
}

BOOL WINAPI MoveFileExA(LPCSTR From, LPCSTR To, DWORD Flags) {
  constexpr DWORD known = move_replace_existing | move_copy_allowed | move_write_through;
  if ((Flags & ~known) != 0) return base::fail(ERROR_INVALID_PARAMETER);
  const base::NtPath from(or_empty(From)), to(or_empty(To));
  const bool replace = (Flags & move_replace_existing) != 0;
  {
    const base::OpenedFile file(from, DELETE_ACCESS, 0);
    if (!file.valid()) return 0;
    if (rename(file, to, replace)) return 1;
  }
  if (RtlGetLastWin32Error() != ERROR_NOT_SAME_DEVICE || (Flags & move_copy_allowed) == 0) return 0;
  return CopyFileA(From, To, !replace) && DeleteFileA(From);
}

BOOL WINAPI MoveFileA(LPCSTR From, LPCSTR To) { return MoveFileExA(From, To, move_copy_allowed); }

}  // extern "C"
