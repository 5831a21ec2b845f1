// Making the paging file.
#include "kernel/io/paging_io.hpp"

namespace {

NTSTATUS make_file(FatVolume& volume, FatFile& file, ULONG wanted, bool exact) {
  NTSTATUS status = volume.set_size(file, 0);
  ULONG free = 0, longest = 0;
  if (NT_SUCCESS(status)) status = volume.query_free_run(free, longest);
  if (!NT_SUCCESS(status)) return status;
  if (!exact && wanted > free / 2) wanted = free / 2;
  if (wanted > longest) wanted = longest;
  return volume.allocate_contiguous(file, wanted, fat_attribute::hidden | fat_attribute::system);
}

}  // namespace

NTSTATUS IoOpenPagingFile(const IoPath& path, ULONG wanted, bool exact, IoPagingFile& opened) {
  if (path.device != IoDevice::Disk) return STATUS_INVALID_DEVICE_REQUEST;
  const IoOpenRequest request = {FILE_READ_DATA | FILE_WRITE_DATA | DELETE_ACCESS, 0, FILE_OPEN_IF,
                                 FILE_NON_DIRECTORY_FILE};
  FILE_OBJECT* object = nullptr;
  ULONG information;
  NTSTATUS status = IoOpenFile(path, request, object, information);
  if (!NT_SUCCESS(status)) return status;
  {
    const IoVolumeGuard volume(*path.volume);
    FatFile& file = *object->File;
    arch::u32 first = 0;
    const bool usable = NT_SUCCESS(volume->first_sector_of(file, first));
    if (!usable || (exact && file.size != wanted)) status = make_file(*volume, file, wanted, exact);
    if (NT_SUCCESS(status)) status = volume->first_sector_of(file, first);
    opened = {object, path.volume->Disk, first, file.size};
  }
  if (!NT_SUCCESS(status)) ObDereferenceObject(object);
  return status;
}
