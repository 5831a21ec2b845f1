// Open files: control blocks, sizes, directory entries.
#include "kernel/io/fat16.hpp"

using namespace arch;
using namespace fat;

FatFile* FatVolume::find_open(const Found& found) {
  for (FatFile& file : files_) {
    if (file.references != 0 && file.entry_sector == found.sector &&
        file.entry_offset == found.offset) {
      return &file;
    }
  }
  return nullptr;
}

NTSTATUS FatVolume::open_found(const Found& found, FatFile*& file) {
  file = find_open(found);
  if (file != nullptr) {
    ++file->references;
    return STATUS_SUCCESS;
  }
  for (FatFile& slot : files_) {
    if (slot.references != 0) continue;
    slot = {};
    slot.references = 1;
    slot.entry_sector = found.sector;
    slot.entry_offset = found.offset;
    slot.attributes = found.entry.attributes;
    slot.size = found.entry.is_directory() ? 0 : found.entry.size;
    slot.first_cluster = found.entry.first_cluster;
    file = &slot;
    return STATUS_SUCCESS;
  }
  return STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS FatVolume::open(const char* path, FatFile*& file) {
  Found found;
  const NTSTATUS status = resolve(path, found);
  return NT_SUCCESS(status) ? open_found(found, file) : status;
}

NTSTATUS FatVolume::create(const char* path, FatDisposition disposition, FatFile*& file) {
  u16 parent = 0;
  ShortName name{};
  bool is_root = false;
  NTSTATUS status = resolve_parent(path, parent, name, is_root);
  if (!NT_SUCCESS(status)) return status;
  Found found;
  status = is_root ? resolve(path, found) : find_entry(parent, name, found);
  if (NT_SUCCESS(status)) {
    if (disposition == FatDisposition::Create) return STATUS_OBJECT_NAME_COLLISION;
    if (disposition == FatDisposition::Open || disposition == FatDisposition::OpenIf) {
      return open(path, file);
    }
    if (found.is_root || found.entry.is_directory()) return STATUS_FILE_IS_A_DIRECTORY;
    if ((found.entry.attributes & fat_attribute::read_only) != 0) return STATUS_ACCESS_DENIED;
    if (!NT_SUCCESS(status = open_found(found, file))) return status;
    status = set_size(*file, 0);
    if (!NT_SUCCESS(status)) close(file);
    return status;
  }
  if (status != STATUS_OBJECT_NAME_NOT_FOUND || disposition == FatDisposition::Open ||
      disposition == FatDisposition::Overwrite) {
    return status;
  }
  u32 index = 0;
  if (!NT_SUCCESS(status = find_unused_entry(parent, index))) return status;
  status = write_entry(parent, index, new_entry(name, fat_attribute::archive), found);
  return NT_SUCCESS(status) ? open_found(found, file) : status;
}

void FatVolume::close(FatFile* file) {
  if (file->references != 0) --file->references;
}

/// The directory entry after a write: size, first cluster, time, archive bit.
NTSTATUS FatVolume::update_entry(FatFile& file) {
  const NTSTATUS status = load_sector(file.entry_sector);
  if (!NT_SUCCESS(status)) return status;
  DirectoryEntry& entry = loaded_entry(file.entry_offset);
  const FatTimestamp now = clock_();
  file.attributes |= fat_attribute::archive;
  entry.attributes = file.attributes;
  entry.size = file.size;
  entry.first_cluster = file.first_cluster;
  entry.written_time = now.time;
  entry.written_date = entry.accessed_date = now.date;
  return store_sector();
}

NTSTATUS FatVolume::set_attributes(FatFile& file, u8 attributes, const FatTimestamp* written) {
  if (file.entry_sector == 0) return STATUS_INVALID_PARAMETER;  // the root has no entry
  const NTSTATUS status = load_sector(file.entry_sector);
  if (!NT_SUCCESS(status)) return status;
  constexpr u8 settable = fat_attribute::read_only | fat_attribute::hidden | fat_attribute::system |
                          fat_attribute::archive;
  DirectoryEntry& entry = loaded_entry(file.entry_offset);
  file.attributes = static_cast<u8>((file.attributes & ~settable) | (attributes & settable));
  entry.attributes = file.attributes;
  if (written != nullptr) {
    entry.written_time = written->time;
    entry.written_date = entry.accessed_date = written->date;
  }
  return store_sector();
}

/// Gives the file exactly `clusters` clusters; its directory entry is the caller's to update.
NTSTATUS FatVolume::resize_chain(FatFile& file, u32 clusters) {
  const u32 present = clusters_for(file.size);
  if (clusters > present) {
    u16 added = 0, last = 0;
    NTSTATUS status = STATUS_SUCCESS;
    if (present != 0) {
      status = seek(file, present - 1, last);
      u16 beyond = 0;
      if (NT_SUCCESS(status)) status = next_cluster(last, beyond);
      if (NT_SUCCESS(status) && beyond != 0) status = STATUS_FILE_CORRUPT_ERROR;
      if (!NT_SUCCESS(status)) return status;
    }
    if (!NT_SUCCESS(status = allocate_chain(clusters - present, added))) return status;
    if (last == 0) {
      file.first_cluster = added;
      return STATUS_SUCCESS;
    }
    status = set_fat(last, added);
    if (!NT_SUCCESS(status)) free_chain(added);
    return status;
  }
  if (clusters == present) return STATUS_SUCCESS;
  u16 rest = file.first_cluster;
  if (clusters == 0) {
    file.first_cluster = 0;
  } else {
    u16 last = 0;
    NTSTATUS status = seek(file, clusters - 1, last);
    if (NT_SUCCESS(status)) status = next_cluster(last, rest);
    if (NT_SUCCESS(status)) status = set_fat(last, last_cluster_mark);
    if (!NT_SUCCESS(status)) return status;
  }
  file.cached_cluster = 0;
  return rest != 0 ? free_chain(rest) : STATUS_SUCCESS;
}

NTSTATUS FatVolume::write(FatFile& file, u32 offset, const void* buffer, u32 length,
                          u32& transferred) {
  transferred = 0;
  if (file.is_directory()) return STATUS_INVALID_DEVICE_REQUEST;
  if (length == 0) return STATUS_SUCCESS;
  if (offset > 0xFFFFFFFF - length) return STATUS_DISK_FULL;  // FAT sizes are 32 bits
  const u32 end = offset + length, old_size = file.size;
  if (end > old_size) {
    const NTSTATUS status = resize_chain(file, clusters_for(end));
    if (!NT_SUCCESS(status)) return status;
    file.size = end;
  }
  NTSTATUS status = STATUS_SUCCESS;
  if (offset > old_size) status = write_data(file, old_size, nullptr, offset - old_size);
  if (NT_SUCCESS(status)) {
    status = write_data(file, offset, static_cast<const u8*>(buffer), length);
  }
  // The entry is updated even so: the chain has grown.
  const NTSTATUS updated = update_entry(file);
  if (!NT_SUCCESS(status)) return status;
  if (NT_SUCCESS(updated)) transferred = length;
  return updated;
}

NTSTATUS FatVolume::set_size(FatFile& file, u32 size) {
  if (file.is_directory()) return STATUS_INVALID_DEVICE_REQUEST;
  const u32 old_size = file.size;
  if (size < old_size) {
    // The entry first: a failure after it loses clusters, never shows freed ones.
    const u16 old_first = file.first_cluster;
    file.size = size;
    if (size == 0) file.first_cluster = 0;
    const NTSTATUS status = update_entry(file);
    file.size = old_size;
    file.first_cluster = old_first;
    if (!NT_SUCCESS(status)) return status;
    const NTSTATUS freed = resize_chain(file, clusters_for(size));
    file.size = size;
    return freed;
  }
  NTSTATUS status = resize_chain(file, clusters_for(size));
  if (!NT_SUCCESS(status)) return status;
  file.size = size;
  status = write_data(file, old_size, nullptr, size - old_size);
  const NTSTATUS updated = update_entry(file);
  return NT_SUCCESS(status) ? updated : status;
}

NTSTATUS FatVolume::extend(FatFile& file, u32 size) {
  if (file.is_directory()) return STATUS_INVALID_DEVICE_REQUEST;
  if (size <= file.size) return STATUS_SUCCESS;
  const NTSTATUS status = resize_chain(file, clusters_for(size));
  if (!NT_SUCCESS(status)) return status;
  file.size = size;
  return update_entry(file);
}
