// NT path names: \??\C:\DIR\NAME.EXT, \Device\Console, names relative to a directory handle.
#include "kernel/io/file_object.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/handle_table.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// The rest of `text` behind `prefix`, letter case ignored, or null.
const char* skip_prefix(const char* text, const char* prefix) {
  for (; *prefix != '\0'; ++text, ++prefix) {
    if (to_upper(*text) != to_upper(*prefix)) return nullptr;
  }
  return text;
}

bool equals(const char* text, const char* other) {
  const char* rest = skip_prefix(text, other);
  return rest != nullptr && *rest == '\0';
}

bool is_console(const char* name) {
  return equals(name, "CON") || equals(name, "CONIN$") || equals(name, "CONOUT$");
}

NTSTATUS to_narrow(const UNICODE_STRING& name, char (&text)[IoLongestPath]) {
  const ULONG length = name.Length / sizeof(WCHAR);
  if (length >= IoLongestPath) return STATUS_NAME_TOO_LONG;
  for (ULONG i = 0; i < length; ++i) {
    if (name.Buffer[i] == 0 || name.Buffer[i] > 0xFF) return STATUS_OBJECT_NAME_INVALID;
    text[i] = static_cast<char>(name.Buffer[i]);
  }
  text[length] = '\0';
  return STATUS_SUCCESS;
}

/// A DOS name behind \??\ : a drive's path or a device.
NTSTATUS parse_dos_name(const char* name, IoPath& path) {
  if (is_console(name)) {
    path.device = IoDevice::Console;
    return STATUS_SUCCESS;
  }
  if (equals(name, "NUL")) {
    path.device = IoDevice::Null;
    return STATUS_SUCCESS;
  }
  path.volume = name[0] != '\0' && name[1] == ':' ? IoFindVolume(name[0]) : nullptr;
  if (path.volume == nullptr) return STATUS_OBJECT_PATH_NOT_FOUND;
  const char* rest = name + 2;
  if (*rest != '\\' && *rest != '/' && *rest != '\0') return STATUS_OBJECT_PATH_NOT_FOUND;
  path.device = IoDevice::Disk;
  const ULONG length = strlen(rest);
  memcpy(path.path, *rest == '\0' ? "\\" : rest, *rest == '\0' ? 2 : length + 1);
  return STATUS_SUCCESS;
}

NTSTATUS parse_relative(HANDLE root, const char* name, IoPath& path) {
  ObjectReference<FILE_OBJECT> directory;
  const NTSTATUS status = ObReferenceByHandle(root, 0, IoFileObjectType, directory);
  if (!NT_SUCCESS(status)) return status;
  if (directory->Device != IoDevice::Disk) return STATUS_OBJECT_PATH_INVALID;
  ULONG length = strlen(directory->Path);
  const ULONG added = strlen(name);
  if (length + 1 + added >= IoLongestPath) return STATUS_NAME_TOO_LONG;
  path.device = IoDevice::Disk;
  path.volume = directory->Vcb;
  memcpy(path.path, directory->Path, length);
  if (added != 0 && (length == 0 || path.path[length - 1] != '\\')) path.path[length++] = '\\';
  memcpy(path.path + length, name, added + 1);
  return STATUS_SUCCESS;
}

}  // namespace

IoPath IoSystemPath(const char* name) {
  IoPath path = {};
  path.device = IoDevice::Disk;
  path.volume = &IoSystemVolume();
  memcpy(path.path, name, strlen(name) + 1);
  return path;
}

NTSTATUS IoParseName(const UNICODE_STRING& name, IoPath& path) {
  char text[IoLongestPath];
  const NTSTATUS status = to_narrow(name, text);
  if (!NT_SUCCESS(status)) return status;
  if (equals(text, "\\Device\\Console")) {
    path.device = IoDevice::Console;
    return STATUS_SUCCESS;
  }
  constexpr const char* prefixes[] = {"\\??\\", "\\DosDevices\\"};
  for (const char* prefix : prefixes) {
    if (const char* rest = skip_prefix(text, prefix)) return parse_dos_name(rest, path);
  }
  return text[0] == '\\' ? STATUS_OBJECT_PATH_NOT_FOUND : parse_dos_name(text, path);
}

NTSTATUS IoParsePath(const OBJECT_ATTRIBUTES* user_attributes, IoPath& path, ULONG& flags) {
  OBJECT_ATTRIBUTES attributes;
  NTSTATUS status = MmReadUser(user_attributes, attributes);
  if (!NT_SUCCESS(status)) return status;
  if (attributes.Length != sizeof attributes) return STATUS_INVALID_PARAMETER;
  flags = attributes.Attributes;
  CapturedString<IoLongestPath> name;
  status = name.capture(attributes.ObjectName);
  if (!NT_SUCCESS(status)) return status;
  if (attributes.RootDirectory == nullptr) {
    const bool absolute = name.string.Length != 0 && name.text[0] == L'\\';
    return absolute ? IoParseName(name.string, path) : STATUS_OBJECT_PATH_SYNTAX_BAD;
  }
  char text[IoLongestPath];
  status = to_narrow(name.string, text);
  if (!NT_SUCCESS(status)) return status;
  if (text[0] == '\\') return STATUS_OBJECT_NAME_INVALID;
  return parse_relative(attributes.RootDirectory, text, path);
}
