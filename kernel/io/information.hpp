// Shared by the information and directory services.
#pragma once

#include "kernel/nt/types.hpp"

struct FILE_OBJECT;
struct FILE_BASIC_INFORMATION;
struct FILE_RENAME_INFORMATION;

/// A new name, in the same directory or another one of the volume.
NTSTATUS IoRenameFile(FILE_OBJECT& file, const FILE_RENAME_INFORMATION* user, ULONG length);
/// Attributes of 0 and times of 0 leave what is there.
NTSTATUS IoSetBasicInformation(FILE_OBJECT& file, const FILE_BASIC_INFORMATION& info);
/// Whether a directory has no names but "." and "..". With the volume locked.
NTSTATUS IoIsDirectoryEmpty(FILE_OBJECT& directory);

/// FAT's attribute byte as NT's attributes.
ULONG IoFileAttributes(arch::u8 fat_attributes);
