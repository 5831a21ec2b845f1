// NtQueryDirectoryFile: names of a directory that match a pattern, as many as the buffer takes.
#include "kernel/io/file_object.hpp"
#include "kernel/io/information.hpp"
#include "kernel/io/system_volume.hpp"
#include "kernel/io/wildcard.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/handle_table.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/system_services.hpp"

namespace {

constexpr unsigned longest_name = 12;

/// Both layouts are the same up to FileNameLength.
struct DirectoryRecord {
  alignas(8) UCHAR bytes[sizeof(FILE_BOTH_DIR_INFORMATION) + longest_name * sizeof(WCHAR)] = {};
  ULONG size = 0;
  FILE_DIRECTORY_INFORMATION& head() {
    return *reinterpret_cast<FILE_DIRECTORY_INFORMATION*>(bytes);
  }
};

void make_record(const FatDirectoryInformation& entry, FILE_INFORMATION_CLASS which,
                 DirectoryRecord& record) {
  FILE_DIRECTORY_INFORMATION& head = record.head();
  head.CreationTime.QuadPart = IoTimeFromFat(entry.created);
  head.LastWriteTime.QuadPart = head.ChangeTime.QuadPart = IoTimeFromFat(entry.written);
  head.LastAccessTime = head.LastWriteTime;
  head.EndOfFile.QuadPart = head.AllocationSize.QuadPart = entry.size;
  head.FileAttributes = IoFileAttributes(entry.attributes);
  const ULONG length = strlen(entry.name);
  head.FileNameLength = length * sizeof(WCHAR);
  const ULONG name_offset = which == FileDirectoryInformation
                                ? offsetof(FILE_DIRECTORY_INFORMATION, FileName)
                                : offsetof(FILE_BOTH_DIR_INFORMATION, FileName);
  auto* name = reinterpret_cast<WCHAR*>(record.bytes + name_offset);
  for (ULONG i = 0; i < length; ++i) name[i] = static_cast<UCHAR>(entry.name[i]);
  record.size = name_offset + head.FileNameLength;
}

NTSTATUS capture_pattern(PUNICODE_STRING user, FILE_OBJECT& file) {
  file.Pattern[0] = '\0';
  if (user == nullptr) return STATUS_SUCCESS;
  CapturedString<longest_name> pattern;
  const NTSTATUS status = pattern.capture(user);
  if (!NT_SUCCESS(status)) return status;
  const ULONG length = pattern.string.Length / sizeof(WCHAR);
  for (ULONG i = 0; i < length; ++i) {
    file.Pattern[i] = pattern.text[i] < 0x100 ? static_cast<char>(pattern.text[i]) : '\x7F';
  }
  file.Pattern[length] = '\0';
  return STATUS_SUCCESS;
}

/// The next name that matches.
NTSTATUS next_entry(FILE_OBJECT& file, FatDirectoryInformation& entry) {
  for (;;) {
    {
      const IoVolumeGuard volume(*file.Vcb);
      const NTSTATUS status = volume->read_directory(*file.File, file.DirectoryCursor, entry);
      if (!NT_SUCCESS(status)) return status;
    }
    if ((entry.attributes & fat_attribute::volume_label) != 0) continue;
    if (file.Pattern[0] == '\0' || IoMatchesPattern(file.Pattern, entry.name)) {
      return STATUS_SUCCESS;
    }
  }
}

/// Fills the buffer; `used` counts bytes. A name that no longer fits is left for the next call.
NTSTATUS fill(FILE_OBJECT& file, ULONG buffer, ULONG length, FILE_INFORMATION_CLASS which,
              bool single, ULONG& used) {
  ULONG previous = 0, end = 0;
  bool any = false;
  for (;;) {
    const ULONG cursor = file.DirectoryCursor;
    FatDirectoryInformation entry;
    NTSTATUS status = next_entry(file, entry);
    if (!NT_SUCCESS(status)) return any ? STATUS_SUCCESS : status;
    DirectoryRecord record;
    make_record(entry, which, record);
    const ULONG at = any ? (end + 7) & ~7u : 0;
    if (at > length || record.size > length - at) {
      file.DirectoryCursor = cursor;
      return any ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
    }
    status = MmCopyToUser(buffer + at, record.bytes, record.size);
    if (NT_SUCCESS(status) && any) status = MmWriteUser(buffer + previous, at - previous);
    if (!NT_SUCCESS(status)) return status;
    previous = at;
    end = used = at + record.size;
    any = true;
    if (single) return STATUS_SUCCESS;
  }
}

}  // namespace

NTSTATUS NTAPI NtQueryDirectoryFile(HANDLE handle, HANDLE, PIO_APC_ROUTINE apc, PVOID,
                                    PIO_STATUS_BLOCK io_status, PVOID information, ULONG length,
                                    FILE_INFORMATION_CLASS which, BOOLEAN single,
                                    PUNICODE_STRING name, BOOLEAN restart) {
  if (apc != nullptr) return STATUS_INVALID_PARAMETER;
  if (which != FileDirectoryInformation && which != FileBothDirectoryInformation) {
    return STATUS_INVALID_INFO_CLASS;
  }
  ObjectReference<FILE_OBJECT> file;
  NTSTATUS status = ObReferenceByHandle(handle, FILE_LIST_DIRECTORY, IoFileObjectType, file);
  if (!NT_SUCCESS(status)) return status;
  if (file->Device != IoDevice::Disk || !file->File->is_directory()) {
    return STATUS_INVALID_PARAMETER;
  }
  const bool first = !file->DirectoryStarted;
  if (first || restart) {
    if (first || name != nullptr) {
      status = capture_pattern(name, *file.get());
      if (!NT_SUCCESS(status)) return status;
    }
    file->DirectoryCursor = 0;
    file->DirectoryStarted = TRUE;
  }
  ULONG used = 0;
  status =
      fill(*file.get(), reinterpret_cast<ULONG>(information), length, which, single != FALSE, used);
  if (status == STATUS_NO_MORE_FILES && first) status = STATUS_NO_SUCH_FILE;
  const NTSTATUS written = MmWriteUser(io_status, IO_STATUS_BLOCK{status, used});
  return NT_SUCCESS(written) ? status : written;
}
