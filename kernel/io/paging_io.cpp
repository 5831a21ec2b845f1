// Paging files as files: making them, and making them larger.
#include "kernel/io/paging_io.hpp"

#include "kernel/io/file_object.hpp"
#include "kernel/io/volume.hpp"

namespace {

constexpr UCHAR paging_file_attributes = fat_attribute::hidden | fat_attribute::system;

NTSTATUS find_run(FatVolume& volume, FatFile& file, ULONG offset, ULONG& sector, ULONG& length) {
  arch::u32 first = 0, bytes = file.size - offset;
  const NTSTATUS status = volume.find_extent(file, offset, first, bytes);
  sector = first;
  length = bytes;
  return status;
}

/// Does every unit of the file lie in one piece?
bool has_whole_units(FatVolume& volume, FatFile& file, ULONG unit) {
  if (file.size % unit != 0) return false;
  for (ULONG offset = 0, sector, length; offset < file.size; offset += length) {
    if (!NT_SUCCESS(find_run(volume, file, offset, sector, length))) return false;
    if (length == 0 || length % unit != 0) return false;
  }
  return true;
}

}  // namespace

NTSTATUS IoOpenPagingFile(const UNICODE_STRING& name, FILE_OBJECT*& file) {
  IoPath path;
  const NTSTATUS status = IoParseName(name, path);
  if (!NT_SUCCESS(status)) return status;
  if (path.device != IoDevice::Disk) return STATUS_OBJECT_NAME_INVALID;
  const IoOpenRequest request = {FILE_READ_DATA | FILE_WRITE_DATA | DELETE_ACCESS, 0, FILE_OPEN_IF,
                                 FILE_NON_DIRECTORY_FILE};
  ULONG information;
  return IoOpenFile(path, request, file, information);
}

NTSTATUS IoQueryPagingFileRoom(FILE_OBJECT* file, ULONG& free) {
  const IoVolumeGuard volume(*file->Vcb);
  arch::u32 clusters = 0;
  const NTSTATUS status = volume->count_free_clusters(clusters);
  free = clusters * volume->cluster_size() + file->File->size;
  return status;
}

NTSTATUS IoPreparePagingFile(FILE_OBJECT* file, ULONG unit, ULONG maximum, ULONG& size) {
  const IoVolumeGuard volume(*file->Vcb);
  FatFile& fat = *file->File;
  NTSTATUS status = STATUS_SUCCESS;
  const bool usable = fat.size % volume->cluster_size() == 0 && has_whole_units(*volume, fat, unit);
  if (!usable) {
    status = volume->set_size(fat, 0);
  } else if (fat.size > maximum) {
    status = volume->set_size(fat, maximum);
  }
  size = fat.size;
  return status;
}

NTSTATUS IoFindPagingFileRun(FILE_OBJECT* file, ULONG offset, ULONG& sector, ULONG& length) {
  const IoVolumeGuard volume(*file->Vcb);
  return find_run(*volume, *file->File, offset, sector, length);
}

NTSTATUS IoExtendPagingFile(FILE_OBJECT* file, ULONG unit, ULONG wanted, ULONG& sector,
                            ULONG& length) {
  const IoVolumeGuard volume(*file->Vcb);
  arch::u32 first = 0, bytes = 0;
  const NTSTATUS status =
      volume->append_run(*file->File, unit, wanted, paging_file_attributes, first, bytes);
  sector = first;
  length = bytes;
  return status;
}

void IoDeletePagingFile(FILE_OBJECT* file) {
  file->DeletePending = TRUE;
  ObDereferenceObject(file);
}

BlockDevice& IoPagingDevice(const FILE_OBJECT* file) { return *file->Vcb->Disk; }
