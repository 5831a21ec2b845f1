// Files, directories and the console as user mode names them.
#pragma once

#include "kernel/nt/types.hpp"

struct IO_STATUS_BLOCK {
  NTSTATUS Status;
  ULONG Information;
};
using PIO_STATUS_BLOCK = IO_STATUS_BLOCK*;
using PIO_APC_ROUTINE = void(NTAPI*)(PVOID Context, PIO_STATUS_BLOCK Status, ULONG Reserved);

// Access.
inline constexpr ACCESS_MASK FILE_READ_DATA = 0x0001, FILE_LIST_DIRECTORY = 0x0001,
                             FILE_WRITE_DATA = 0x0002, FILE_APPEND_DATA = 0x0004,
                             FILE_EXECUTE = 0x0020, FILE_READ_ATTRIBUTES = 0x0080,
                             FILE_WRITE_ATTRIBUTES = 0x0100, FILE_GENERIC_READ = 0x00120089,
                             FILE_GENERIC_WRITE = 0x00120116, FILE_ALL_ACCESS = 0x001F01FF;
inline constexpr ULONG FILE_SHARE_READ = 1, FILE_SHARE_WRITE = 2, FILE_SHARE_DELETE = 4;

// Dispositions of NtCreateFile, and what IO_STATUS_BLOCK.Information says afterwards.
inline constexpr ULONG FILE_SUPERSEDE = 0, FILE_OPEN = 1, FILE_CREATE = 2, FILE_OPEN_IF = 3,
                       FILE_OVERWRITE = 4, FILE_OVERWRITE_IF = 5;
inline constexpr ULONG FILE_SUPERSEDED = 0, FILE_OPENED = 1, FILE_CREATED = 2, FILE_OVERWRITTEN = 3;
inline constexpr ULONG FILE_DIRECTORY_FILE = 0x01, FILE_WRITE_THROUGH = 0x02,
                       FILE_SEQUENTIAL_ONLY = 0x04,
                       FILE_NO_INTERMEDIATE_BUFFERING = 0x08,
                       FILE_SYNCHRONOUS_IO_ALERT = 0x10,
                       FILE_SYNCHRONOUS_IO_NONALERT = 0x20, FILE_NON_DIRECTORY_FILE = 0x40,
                       FILE_DELETE_ON_CLOSE = 0x1000;

inline constexpr ULONG FILE_ATTRIBUTE_READONLY = 0x01, FILE_ATTRIBUTE_HIDDEN = 0x02,
                       FILE_ATTRIBUTE_SYSTEM = 0x04, FILE_ATTRIBUTE_DIRECTORY = 0x10,
                       FILE_ATTRIBUTE_ARCHIVE = 0x20, FILE_ATTRIBUTE_NORMAL = 0x80;

enum FILE_INFORMATION_CLASS : LONG {
  FileDirectoryInformation = 1,
  FileBothDirectoryInformation = 3,
  FileBasicInformation = 4,
  FileStandardInformation = 5,
  FileRenameInformation = 10,  // set only
  FileDispositionInformation = 13,
  FilePositionInformation = 14,
  FileEndOfFileInformation = 20,
};

struct FILE_DIRECTORY_INFORMATION {
  ULONG NextEntryOffset, FileIndex;
  LARGE_INTEGER CreationTime, LastAccessTime, LastWriteTime, ChangeTime, EndOfFile, AllocationSize;
  ULONG FileAttributes, FileNameLength;
  WCHAR FileName[1];
};
static_assert(offsetof(FILE_DIRECTORY_INFORMATION, FileName) == 0x40);

struct FILE_BOTH_DIR_INFORMATION {
  ULONG NextEntryOffset, FileIndex;
  LARGE_INTEGER CreationTime, LastAccessTime, LastWriteTime, ChangeTime, EndOfFile, AllocationSize;
  ULONG FileAttributes, FileNameLength, EaSize;
  CHAR ShortNameLength;
  WCHAR ShortName[12];
  WCHAR FileName[1];
};
static_assert(offsetof(FILE_BOTH_DIR_INFORMATION, FileName) == 0x5E);

struct FILE_BASIC_INFORMATION {
  LARGE_INTEGER CreationTime, LastAccessTime, LastWriteTime, ChangeTime;
  ULONG FileAttributes;
};
static_assert(sizeof(FILE_BASIC_INFORMATION) == 40);

struct FILE_STANDARD_INFORMATION {
  LARGE_INTEGER AllocationSize, EndOfFile;
  ULONG NumberOfLinks;
  BOOLEAN DeletePending, Directory;
};
static_assert(sizeof(FILE_STANDARD_INFORMATION) == 24);

struct FILE_POSITION_INFORMATION {
  LARGE_INTEGER CurrentByteOffset;
};
struct FILE_END_OF_FILE_INFORMATION {
  LARGE_INTEGER EndOfFile;
};
/// FileName is a name in the same directory, or a full NT path on the same volume.
struct FILE_RENAME_INFORMATION {
  BOOLEAN ReplaceIfExists;
  HANDLE RootDirectory;
  ULONG FileNameLength;
  WCHAR FileName[1];
};
static_assert(offsetof(FILE_RENAME_INFORMATION, FileName) == 12);
struct FILE_DISPOSITION_INFORMATION {
  BOOLEAN DeleteFile;
};

enum FS_INFORMATION_CLASS : LONG { FileFsSizeInformation = 3, FileFsDeviceInformation = 4 };

struct FILE_FS_SIZE_INFORMATION {
  LARGE_INTEGER TotalAllocationUnits, AvailableAllocationUnits;
  ULONG SectorsPerAllocationUnit, BytesPerSector;
};

inline constexpr ULONG FILE_DEVICE_DISK = 0x07, FILE_DEVICE_NULL = 0x15, FILE_DEVICE_CONSOLE = 0x50;
struct FILE_FS_DEVICE_INFORMATION {
  ULONG DeviceType, Characteristics;
};
