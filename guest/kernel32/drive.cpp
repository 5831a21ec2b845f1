// Drives: which there are, what they are, how full.
#include "guest/kernel32/win32.hpp"

namespace {

constexpr DWORD drive_unknown = 0, drive_no_root_dir = 1;

bool query_drives(PROCESS_DEVICEMAP_INFORMATION& drives) {
  return base::succeed(NtQueryInformationProcess(NtCurrentProcess(), ProcessDeviceMap, &drives,
                                                 sizeof drives, nullptr));
}

}  // namespace

extern "C" {

DWORD WINAPI GetLogicalDrives() {
  PROCESS_DEVICEMAP_INFORMATION drives;
  return query_drives(drives) ? drives.DriveMap : 0;
}

/// `Root` is "D:\"; null is the drive of the current directory. [SDK]
UINT WINAPI GetDriveTypeA(LPCSTR Root) {
  base::NtPath path(Root == nullptr ? "\\" : Root);
  PROCESS_DEVICEMAP_INFORMATION drives;
  if (!path.valid() || !query_drives(drives)) return drive_unknown;
  constexpr unsigned letter = 4, length = letter + 3;  // \??\D:\ and no more
  const UNICODE_STRING& name = *path.get();
  if (name.Length != length * sizeof(WCHAR)) return drive_no_root_dir;
  const unsigned drive = (name.Buffer[letter] | 0x20u) - 'a';
  return drive < 26 && (drives.DriveMap >> drive & 1) != 0 ? drives.DriveType[drive]
                                                           : drive_no_root_dir;
}

BOOL WINAPI GetDiskFreeSpaceA(LPCSTR Root, DWORD* SectorsPerCluster, DWORD* BytesPerSector,
                              DWORD* FreeClusters, DWORD* Clusters) {
  base::NtPath path(Root == nullptr ? "\\" : Root);
  if (!path.valid()) return base::fail(ERROR_PATH_NOT_FOUND);
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, path.get(), OBJ_CASE_INSENSITIVE, nullptr);
  IO_STATUS_BLOCK io;
  HANDLE directory = nullptr;
  NTSTATUS status = NtOpenFile(&directory, FILE_LIST_DIRECTORY | SYNCHRONIZE, &attributes, &io,
                               FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                               FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT);
  if (!base::succeed(status)) return 0;
  FILE_FS_SIZE_INFORMATION size = {};
  status = NtQueryVolumeInformationFile(directory, &io, &size, sizeof size, FileFsSizeInformation);
  NtClose(directory);
  if (!base::succeed(status)) return 0;
  *SectorsPerCluster = size.SectorsPerAllocationUnit;
  *BytesPerSector = size.BytesPerSector;
  *FreeClusters = size.AvailableAllocationUnits.LowPart;
  *Clusters = size.TotalAllocationUnits.LowPart;
  return 1;
}

}  // extern "C"
