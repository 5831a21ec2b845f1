// Files: opening, reading, writing, positions, sizes, deletion.
#include "guest/kernel32/file_information.hpp"

namespace {

constexpr DWORD create_new = 1, create_always = 2, open_existing = 3, open_always = 4,
                truncate_existing = 5;
constexpr DWORD flag_write_through = 0x80000000, flag_delete_on_close = 0x04000000,
                flag_backup_semantics = 0x02000000, flag_no_buffering = 0x20000000,
                flag_sequential_scan = 0x08000000;
constexpr DWORD invalid_size = 0xFFFFFFFF;
constexpr DWORD type_unknown = 0, type_disk = 1, type_char = 2;

/// NT's disposition for Win32's, or -1.
LONG disposition_of(DWORD creation) {
  switch (creation) {
    case create_new:
      return FILE_CREATE;
    case create_always:
      return FILE_OVERWRITE_IF;
    case open_existing:
      return FILE_OPEN;
    case open_always:
      return FILE_OPEN_IF;
    case truncate_existing:
      return FILE_OVERWRITE;
    default:
      return -1;
  }
}

ULONG options_of(DWORD flags) {
  return FILE_SYNCHRONOUS_IO_NONALERT |
         ((flags & flag_write_through) != 0 ? FILE_WRITE_THROUGH : 0) |
         ((flags & flag_delete_on_close) != 0 ? FILE_DELETE_ON_CLOSE : 0) |
         ((flags & flag_no_buffering) != 0 ? FILE_NO_INTERMEDIATE_BUFFERING : 0) |
         ((flags & flag_sequential_scan) != 0 ? FILE_SEQUENTIAL_ONLY : 0) |
         ((flags & flag_backup_semantics) != 0 ? 0 : FILE_NON_DIRECTORY_FILE);
}

}  // namespace

extern "C" {

HANDLE WINAPI CreateFileA(LPCSTR Name, DWORD Access, DWORD Share,
                          const SECURITY_ATTRIBUTES* Security, DWORD Creation, DWORD Flags,
                          HANDLE) {
  const LONG disposition = disposition_of(Creation);
  base::NtPath path(Name == nullptr ? "" : Name);
  if (disposition < 0 || !path.valid()) {
    base::fail(disposition < 0 ? ERROR_INVALID_PARAMETER : ERROR_PATH_NOT_FOUND);
    return INVALID_HANDLE_VALUE;
  }
  const bool inherit = Security != nullptr && Security->bInheritHandle != 0;
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, path.get(),
                             OBJ_CASE_INSENSITIVE | (inherit ? OBJ_INHERIT : 0), nullptr);
  IO_STATUS_BLOCK io = {};
  HANDLE file = nullptr;
  const ACCESS_MASK access = Access | SYNCHRONIZE | FILE_READ_ATTRIBUTES |
                             ((Flags & flag_delete_on_close) != 0 ? DELETE_ACCESS : 0);
  const NTSTATUS status =
      NtCreateFile(&file, access, &attributes, &io, nullptr, Flags & 0x7F, Share,
                   static_cast<ULONG>(disposition), options_of(Flags), nullptr, 0);
  if (!base::succeed(status)) {
    if (status == STATUS_OBJECT_NAME_COLLISION) base::fail(ERROR_FILE_EXISTS);
    return INVALID_HANDLE_VALUE;
  }
  const bool existed = (Creation == create_always && io.Information == FILE_OVERWRITTEN) ||
                       (Creation == open_always && io.Information == FILE_OPENED);
  RtlSetLastWin32Error(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
  return file;
}

BOOL WINAPI ReadFile(HANDLE File, PVOID Buffer, DWORD Bytes, DWORD* Read, OVERLAPPED* Overlapped) {
  if (Read != nullptr) *Read = 0;
  base::Request request(Overlapped);
  const NTSTATUS status = NtReadFile(File, request.event(), nullptr, nullptr, request.io_status(),
                                     Buffer, Bytes, request.position(), nullptr);
  if (status == STATUS_END_OF_FILE && Overlapped == nullptr) return 1;
  if (!base::succeed(status)) return 0;
  if (Read != nullptr) *Read = request.io_status()->Information;
  return 1;
}

BOOL WINAPI WriteFile(HANDLE File, const void* Buffer, DWORD Bytes, DWORD* Written,
                      OVERLAPPED* Overlapped) {
  if (Written != nullptr) *Written = 0;
  base::Request request(Overlapped);
  const NTSTATUS status =
      NtWriteFile(File, request.event(), nullptr, nullptr, request.io_status(),
                  const_cast<PVOID>(Buffer), Bytes, request.position(), nullptr);
  if (!base::succeed(status)) return 0;
  if (Written != nullptr) *Written = request.io_status()->Information;
  return 1;
}

DWORD WINAPI GetFileSize(HANDLE File, DWORD* High) {
  FILE_STANDARD_INFORMATION standard;
  if (!base::query_file(File, FileStandardInformation, standard)) return invalid_size;
  if (High != nullptr) *High = static_cast<DWORD>(standard.EndOfFile.HighPart);
  if (standard.EndOfFile.LowPart == invalid_size) RtlSetLastWin32Error(ERROR_SUCCESS);
  return standard.EndOfFile.LowPart;
}

DWORD WINAPI SetFilePointer(HANDLE File, LONG Distance, LONG* DistanceHigh, DWORD Method) {
  LONGLONG start = 0;
  if (Method == 1) {
    FILE_POSITION_INFORMATION position;
    if (!base::query_file(File, FilePositionInformation, position)) return invalid_size;
    start = position.CurrentByteOffset.QuadPart;
  } else if (Method == 2) {
    FILE_STANDARD_INFORMATION standard;
    if (!base::query_file(File, FileStandardInformation, standard)) return invalid_size;
    start = standard.EndOfFile.QuadPart;
  } else if (Method != 0) {
    base::fail(ERROR_INVALID_PARAMETER);
    return invalid_size;
  }
  LARGE_INTEGER distance;
  distance.LowPart = static_cast<ULONG>(Distance);
  distance.HighPart = DistanceHigh != nullptr ? *DistanceHigh : (Distance < 0 ? -1 : 0);
  FILE_POSITION_INFORMATION target;
  target.CurrentByteOffset.QuadPart = start + distance.QuadPart;
  if (target.CurrentByteOffset.QuadPart < 0) {
    base::fail(ERROR_NEGATIVE_SEEK);
    return invalid_size;
  }
  if (DistanceHigh == nullptr && target.CurrentByteOffset.HighPart != 0) {
    base::fail(ERROR_INVALID_PARAMETER);  // the caller could not be told
    return invalid_size;
  }
  if (!base::set_file(File, FilePositionInformation, target)) return invalid_size;
  if (DistanceHigh != nullptr) *DistanceHigh = target.CurrentByteOffset.HighPart;
  if (target.CurrentByteOffset.LowPart == invalid_size) RtlSetLastWin32Error(ERROR_SUCCESS);
  return target.CurrentByteOffset.LowPart;
}

BOOL WINAPI SetEndOfFile(HANDLE File) {
  FILE_POSITION_INFORMATION position;
  if (!base::query_file(File, FilePositionInformation, position)) return 0;
  return base::set_file(File, FileEndOfFileInformation,
             FILE_END_OF_FILE_INFORMATION{position.CurrentByteOffset});
}

BOOL WINAPI FlushFileBuffers(HANDLE File) {
  IO_STATUS_BLOCK io;
  return base::succeed(NtFlushBuffersFile(File, &io));
}

DWORD WINAPI GetFileType(HANDLE File) {
  IO_STATUS_BLOCK io;
  FILE_FS_DEVICE_INFORMATION device;
  if (!base::succeed(NtQueryVolumeInformationFile(File, &io, &device, sizeof device,
                                                  FileFsDeviceInformation))) {
    return type_unknown;
  }
  return device.DeviceType == FILE_DEVICE_DISK      ? type_disk
         : device.DeviceType == FILE_DEVICE_CONSOLE ? type_char
                                                    : type_unknown;
}

}  // extern "C"
