// What a file is and where one stands in it: the information services.
#include "kernel/io/information.hpp"

#include "kernel/io/cache.hpp"
#include "kernel/io/statistics.hpp"
#include "kernel/io/system_volume.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/handle_table.hpp"
#include "kernel/system_services.hpp"

ULONG IoFileAttributes(arch::u8 fat_attributes) {
  constexpr ULONG same = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM |
                         FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_ARCHIVE;
  const ULONG attributes = fat_attributes & same;
  return attributes == 0 ? FILE_ATTRIBUTE_NORMAL : attributes;
}

namespace {

template <class T>
NTSTATUS reply(PVOID information, ULONG length, const T& value, PIO_STATUS_BLOCK io_status) {
  if (length < sizeof value) return STATUS_INFO_LENGTH_MISMATCH;
  const NTSTATUS status = MmWriteUser(static_cast<T*>(information), value);
  if (!NT_SUCCESS(status)) return status;
  return MmWriteUser(io_status, IO_STATUS_BLOCK{STATUS_SUCCESS, sizeof value});
}

template <class T>
NTSTATUS request(PVOID information, ULONG length, T& value) {
  if (length < sizeof value) return STATUS_INFO_LENGTH_MISMATCH;
  return MmReadUser(static_cast<const T*>(information), value);
}

FILE_BASIC_INFORMATION basic_information(const FatDirectoryInformation& entry) {
  FILE_BASIC_INFORMATION info = {};
  info.CreationTime.QuadPart = IoTimeFromFat(entry.created);
  info.LastWriteTime.QuadPart = info.ChangeTime.QuadPart = IoTimeFromFat(entry.written);
  info.LastAccessTime = info.LastWriteTime;
  info.FileAttributes = IoFileAttributes(entry.attributes);
  return info;
}

NTSTATUS query_basic(VCB& vcb, const char* path, FILE_BASIC_INFORMATION& info) {
  FatDirectoryInformation entry;
  entry.attributes = fat_attribute::directory;
  const IoVolumeGuard volume(vcb);
  const bool root = (path[0] == '\\' || path[0] == '/') && path[1] == '\0';
  const NTSTATUS status = root ? STATUS_SUCCESS : volume->query(path, entry);
  if (NT_SUCCESS(status)) info = basic_information(entry);
  return status;
}

FILE_STANDARD_INFORMATION standard_information(const FILE_OBJECT& file) {
  FILE_STANDARD_INFORMATION info = {};
  info.NumberOfLinks = 1;
  if (file.Device != IoDevice::Disk) return info;
  const IoVolumeGuard volume(*file.Vcb);
  const ULONG cluster = volume->cluster_size();
  info.EndOfFile.QuadPart = file.File->size;
  info.AllocationSize.QuadPart = (file.File->size + cluster - 1) / cluster * cluster;
  info.DeletePending = file.DeletePending;
  info.Directory = file.File->is_directory() ? TRUE : FALSE;
  return info;
}

NTSTATUS set_disposition(FILE_OBJECT& file, bool remove) {
  if (file.Device != IoDevice::Disk) return STATUS_INVALID_DEVICE_REQUEST;
  if (remove && (file.File->attributes & fat_attribute::read_only) != 0) {
    return STATUS_CANNOT_DELETE;
  }
  if (remove && CcIsFileMapped(file.Fcb)) return STATUS_CANNOT_DELETE;
  const IoVolumeGuard volume(*file.Vcb);
  if (remove && file.File->is_directory()) {
    const NTSTATUS status = IoIsDirectoryEmpty(file);
    if (!NT_SUCCESS(status)) return status;
  }
  file.DeletePending = file.Fcb->DeletePending = remove ? TRUE : FALSE;
  return STATUS_SUCCESS;
}

NTSTATUS set_end_of_file(FILE_OBJECT& file, LONGLONG size) {
  if (file.Device != IoDevice::Disk || file.File->is_directory()) {
    return STATUS_INVALID_DEVICE_REQUEST;
  }
  if (size < 0) return STATUS_INVALID_PARAMETER;
  if (size > IoLargestFile) return STATUS_DISK_FULL;
  return CcSetFileSize(file.Fcb, static_cast<ULONG>(size));
}

}  // namespace

NTSTATUS NTAPI NtQueryInformationFile(HANDLE handle, PIO_STATUS_BLOCK io_status, PVOID information,
                                      ULONG length, FILE_INFORMATION_CLASS which) {
  ObjectReference<FILE_OBJECT> file;
  NTSTATUS status = ObReferenceByHandle(handle, 0, IoFileObjectType, file);
  if (!NT_SUCCESS(status)) return status;
  ++IoCounts.other_operations;
  switch (which) {
    case FileBasicInformation: {
      FILE_BASIC_INFORMATION info = {};
      info.FileAttributes = FILE_ATTRIBUTE_NORMAL;
      if (file->Device == IoDevice::Disk) status = query_basic(*file->Vcb, file->Path, info);
      return NT_SUCCESS(status) ? reply(information, length, info, io_status) : status;
    }
    case FileStandardInformation:
      return reply(information, length, standard_information(*file.get()), io_status);
    case FilePositionInformation: {
      FILE_POSITION_INFORMATION info = {};
      info.CurrentByteOffset.QuadPart = file->CurrentByteOffset;
      return reply(information, length, info, io_status);
    }
    default:
      return STATUS_INVALID_INFO_CLASS;
  }
}

NTSTATUS NTAPI NtSetInformationFile(HANDLE handle, PIO_STATUS_BLOCK io_status, PVOID information,
                                    ULONG length, FILE_INFORMATION_CLASS which) {
  ACCESS_MASK access = 0;
  if (which == FileEndOfFileInformation) access = FILE_WRITE_DATA;
  if (which == FileDispositionInformation || which == FileRenameInformation) {
    access = DELETE_ACCESS;
  }
  if (which == FileBasicInformation) access = FILE_WRITE_ATTRIBUTES;
  ObjectReference<FILE_OBJECT> file;
  NTSTATUS status = ObReferenceByHandle(handle, access, IoFileObjectType, file);
  if (!NT_SUCCESS(status)) return status;
  ++IoCounts.other_operations;
  switch (which) {
    case FilePositionInformation: {
      FILE_POSITION_INFORMATION info;
      status = request(information, length, info);
      if (!NT_SUCCESS(status)) return status;
      const LONGLONG offset = info.CurrentByteOffset.QuadPart;
      if (offset < 0) return STATUS_INVALID_PARAMETER;
      file->CurrentByteOffset = offset;
      break;
    }
    case FileEndOfFileInformation: {
      FILE_END_OF_FILE_INFORMATION info;
      status = request(information, length, info);
      if (NT_SUCCESS(status)) status = set_end_of_file(*file.get(), info.EndOfFile.QuadPart);
      break;
    }
    case FileDispositionInformation: {
      FILE_DISPOSITION_INFORMATION info;
      status = request(information, length, info);
      if (NT_SUCCESS(status)) status = set_disposition(*file.get(), info.DeleteFile != FALSE);
      break;
    }
    case FileBasicInformation: {
      FILE_BASIC_INFORMATION info;
      status = request(information, length, info);
      if (NT_SUCCESS(status)) status = IoSetBasicInformation(*file.get(), info);
      break;
    }
    case FileRenameInformation:
      status = IoRenameFile(*file.get(), static_cast<FILE_RENAME_INFORMATION*>(information), length);
      break;
    default:
      return STATUS_INVALID_INFO_CLASS;
  }
  return NT_SUCCESS(status) ? MmWriteUser(io_status, IO_STATUS_BLOCK{STATUS_SUCCESS, 0}) : status;
}

NTSTATUS NTAPI NtQueryAttributesFile(POBJECT_ATTRIBUTES attributes,
                                     FILE_BASIC_INFORMATION* information) {
  IoPath path;
  ULONG flags;
  NTSTATUS status = IoParsePath(attributes, path, flags);
  if (!NT_SUCCESS(status)) return status;
  FILE_BASIC_INFORMATION info = {};
  info.FileAttributes = FILE_ATTRIBUTE_NORMAL;
  if (path.device == IoDevice::Disk) status = query_basic(*path.volume, path.path, info);
  return NT_SUCCESS(status) ? MmWriteUser(information, info) : status;
}

NTSTATUS NTAPI NtQueryVolumeInformationFile(HANDLE handle, PIO_STATUS_BLOCK io_status,
                                            PVOID information, ULONG length,
                                            FS_INFORMATION_CLASS which) {
  ObjectReference<FILE_OBJECT> file;
  NTSTATUS status = ObReferenceByHandle(handle, 0, IoFileObjectType, file);
  if (!NT_SUCCESS(status)) return status;
  if (which == FileFsDeviceInformation) {
    const bool disk = file->Device == IoDevice::Disk;
    const ULONG type = file->Device == IoDevice::Console ? FILE_DEVICE_CONSOLE
                       : disk                            ? FILE_DEVICE_DISK
                                                         : FILE_DEVICE_NULL;
    return reply(information, length, FILE_FS_DEVICE_INFORMATION{type, 0}, io_status);
  }
  if (which != FileFsSizeInformation) return STATUS_INVALID_INFO_CLASS;
  if (file->Device != IoDevice::Disk) return STATUS_INVALID_DEVICE_REQUEST;
  FILE_FS_SIZE_INFORMATION info = {};
  {
    const IoVolumeGuard volume(*file->Vcb);
    ULONG free_clusters = 0;
    status = volume->count_free_clusters(free_clusters);
    info.TotalAllocationUnits.QuadPart = volume->cluster_count();
    info.AvailableAllocationUnits.QuadPart = free_clusters;
    info.BytesPerSector = BlockDevice::sector_size;
    info.SectorsPerAllocationUnit = volume->cluster_size() / BlockDevice::sector_size;
  }
  return NT_SUCCESS(status) ? reply(information, length, info, io_status) : status;
}
