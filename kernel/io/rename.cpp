// What changes a file's directory entry: its name, its attributes, its times.
#include "kernel/io/file_object.hpp"
#include "kernel/io/information.hpp"
#include "kernel/io/system_volume.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

bool is_separator(char c) { return c == '\\' || c == '/'; }
char fold(char c) {
  if (c == '/') return '\\';
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// Whether `path` leads through the directory `directory`.
bool lies_in(const char* path, const char* directory) {
  for (; *directory != '\0'; ++path, ++directory) {
    if (fold(*path) != fold(*directory)) return false;
  }
  return is_separator(*path);
}

/// `name` as a path on the volume: a full NT path, or a name beside the file's old one.
NTSTATUS target_path(const FILE_OBJECT& file, const UNICODE_STRING& name, IoPath& target) {
  const ULONG length = name.Length / sizeof(WCHAR);
  if (length == 0) return STATUS_OBJECT_NAME_INVALID;
  if (name.Buffer[0] == L'\\') {
    const NTSTATUS status = IoParseName(name, target);
    if (!NT_SUCCESS(status)) return status;
    return target.device == IoDevice::Disk && target.volume == file.Vcb ? STATUS_SUCCESS
                                                                        : STATUS_NOT_SAME_DEVICE;
  }
  ULONG directory = strlen(file.Path);
  while (directory != 0 && !is_separator(file.Path[directory - 1])) --directory;
  if (directory + length >= IoLongestPath) return STATUS_NAME_TOO_LONG;
  target.volume = file.Vcb;
  memcpy(target.path, file.Path, directory);
  for (ULONG i = 0; i < length; ++i) {
    if (name.Buffer[i] == 0 || name.Buffer[i] > 0xFF) return STATUS_OBJECT_NAME_INVALID;
    target.path[directory + i] = static_cast<char>(name.Buffer[i]);
  }
  target.path[directory + length] = '\0';
  return STATUS_SUCCESS;
}

/// A directory stays while somebody has a file in it open.
bool is_in_use(const FILE_OBJECT& file) {
  const LIST_ENTRY* head = &file.Vcb->OpenFiles;
  for (PLIST_ENTRY entry = head->Flink; entry != head; entry = entry->Flink) {
    const FILE_OBJECT* other = CONTAINING_RECORD(entry, FILE_OBJECT, OpenLinks);
    if (other->File != file.File && lies_in(other->Path, file.Path)) return true;
  }
  return false;
}

/// What bears the new name already goes, unless it can't or is the file itself.
NTSTATUS make_room(FatVolume& volume, const FILE_OBJECT& file, const char* path) {
  FatFile* existing = nullptr;
  const NTSTATUS status = volume.open(path, existing);
  if (!NT_SUCCESS(status)) return STATUS_SUCCESS;
  const bool itself = existing == file.File;
  const bool directory = existing->is_directory(), used = existing->context != nullptr;
  volume.close(existing);
  if (itself) return STATUS_SUCCESS;
  if (directory || used) return STATUS_ACCESS_DENIED;
  const NTSTATUS removed = volume.remove(path);
  return removed == STATUS_CANNOT_DELETE ? STATUS_ACCESS_DENIED : removed;
}

}  // namespace

NTSTATUS IoRenameFile(FILE_OBJECT& file, const FILE_RENAME_INFORMATION* user, ULONG length) {
  constexpr ULONG name_offset = offsetof(FILE_RENAME_INFORMATION, FileName);
  if (file.Device != IoDevice::Disk) return STATUS_INVALID_DEVICE_REQUEST;
  if (length < name_offset) return STATUS_INFO_LENGTH_MISMATCH;
  FILE_RENAME_INFORMATION info = {};
  NTSTATUS status = MmCopyFromUser(&info, reinterpret_cast<ULONG>(user), name_offset);
  if (!NT_SUCCESS(status)) return status;
  if (info.FileNameLength > length - name_offset) return STATUS_INFO_LENGTH_MISMATCH;
  if (info.RootDirectory != nullptr) return STATUS_INVALID_PARAMETER;
  if (info.FileNameLength > IoLongestPath * sizeof(WCHAR)) return STATUS_NAME_TOO_LONG;
  const auto bytes = static_cast<USHORT>(info.FileNameLength);
  CapturedString<IoLongestPath> name;
  status = name.capture(UNICODE_STRING{bytes, bytes, const_cast<PWSTR>(user->FileName)});
  IoPath target = {};
  if (NT_SUCCESS(status)) status = target_path(file, name.string, target);
  if (!NT_SUCCESS(status)) return status;

  const IoVolumeGuard volume(*file.Vcb);
  if (file.File->is_directory() && is_in_use(file)) return STATUS_ACCESS_DENIED;
  if (info.ReplaceIfExists) status = make_room(*volume, file, target.path);
  if (NT_SUCCESS(status)) status = volume->rename(file.Path, target.path);
  if (!NT_SUCCESS(status)) return status;
  memcpy(file.Fcb->Path, target.path, sizeof target.path);
  const LIST_ENTRY* head = &file.Vcb->OpenFiles;
  for (PLIST_ENTRY entry = head->Flink; entry != head; entry = entry->Flink) {
    FILE_OBJECT* other = CONTAINING_RECORD(entry, FILE_OBJECT, OpenLinks);
    if (other->File == file.File) memcpy(other->Path, target.path, sizeof target.path);
  }
  return STATUS_SUCCESS;
}

NTSTATUS IoSetBasicInformation(FILE_OBJECT& file, const FILE_BASIC_INFORMATION& info) {
  if (file.Device != IoDevice::Disk) return STATUS_INVALID_DEVICE_REQUEST;
  const bool directory = (info.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  if (directory && !file.File->is_directory()) return STATUS_INVALID_PARAMETER;
  const auto attributes =
      info.FileAttributes == 0 ? file.File->attributes : static_cast<arch::u8>(info.FileAttributes);
  const FatTimestamp written = IoTimeToFat(info.LastWriteTime.QuadPart);
  const IoVolumeGuard volume(*file.Vcb);
  return volume->set_attributes(*file.File, attributes,
                                info.LastWriteTime.QuadPart > 0 ? &written : nullptr);
}

NTSTATUS IoIsDirectoryEmpty(FILE_OBJECT& directory) {
  FatDirectoryInformation entry;
  for (arch::u32 cursor = 0;;) {
    const NTSTATUS status = directory.Vcb->Fat.read_directory(*directory.File, cursor, entry);
    if (status == STATUS_NO_MORE_FILES) return STATUS_SUCCESS;
    if (!NT_SUCCESS(status)) return status;
    if (entry.name[0] != '.') return STATUS_DIRECTORY_NOT_EMPTY;
  }
}
