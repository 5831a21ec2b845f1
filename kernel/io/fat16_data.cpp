// The bytes of a file: reading and writing along its cluster chain.
#include "kernel/io/fat16.hpp"

using namespace arch;
using namespace fat;

/// Cluster number `chain_index` of the file, which its size says it has.
NTSTATUS FatVolume::seek(FatFile& file, u32 chain_index, u16& cluster) {
  if (chain_index >= cluster_count_ || !is_data_cluster(file.first_cluster)) {
    return STATUS_FILE_CORRUPT_ERROR;
  }
  if (file.cached_cluster == 0 || chain_index < file.cached_index) {
    file.cached_cluster = file.first_cluster;
    file.cached_index = 0;
  }
  while (file.cached_index < chain_index) {
    u16 next = 0;
    const NTSTATUS status = next_cluster(file.cached_cluster, next);
    if (!NT_SUCCESS(status)) return status;
    if (next == 0) return STATUS_FILE_CORRUPT_ERROR;  // shorter than its size
    file.cached_cluster = next;
    ++file.cached_index;
  }
  cluster = file.cached_cluster;
  return STATUS_SUCCESS;
}

NTSTATUS FatVolume::read(FatFile& file, u32 offset, void* buffer, u32 length, u32& transferred) {
  transferred = 0;
  if (file.is_directory()) return STATUS_INVALID_DEVICE_REQUEST;
  if (length == 0) return STATUS_SUCCESS;
  if (offset >= file.size) return STATUS_END_OF_FILE;
  if (length > file.size - offset) length = file.size - offset;
  auto* out = static_cast<u8*>(buffer);
  while (transferred < length) {
    const u32 at = offset + transferred, left = length - transferred;
    const u32 within = at % cluster_size(), in_sector = at % sector_size;
    u16 cluster = 0;
    if (const NTSTATUS status = seek(file, at / cluster_size(), cluster); !NT_SUCCESS(status)) {
      return status;
    }
    const u32 sector = cluster_sector(cluster) + within / sector_size;
    if (in_sector != 0 || left < sector_size) {  // part of a sector: through the buffer
      const u32 part = left < sector_size - in_sector ? left : sector_size - in_sector;
      if (const NTSTATUS status = load_sector(sector); !NT_SUCCESS(status)) return status;
      for (u32 i = 0; i < part; ++i) out[transferred + i] = sector_[in_sector + i];
      transferred += part;
      continue;
    }
    u32 first = 0, run = left / sector_size * sector_size;
    if (const NTSTATUS status = find_extent(file, at, first, run); !NT_SUCCESS(status)) {
      return status;
    }
    if (!device_->read(first, run / sector_size, out + transferred)) {
      return STATUS_DEVICE_DATA_ERROR;
    }
    transferred += run;
  }
  return STATUS_SUCCESS;
}

/// Bytes into clusters that exist; `from` null writes zeros.
NTSTATUS FatVolume::write_data(FatFile& file, u32 offset, const u8* from, u32 length) {
  for (u32 done = 0; done < length;) {
    const u32 at = offset + done, left = length - done;
    const u32 within = at % cluster_size(), in_sector = at % sector_size;
    u16 cluster = 0;
    if (const NTSTATUS status = seek(file, at / cluster_size(), cluster); !NT_SUCCESS(status)) {
      return status;
    }
    const u32 sector = cluster_sector(cluster) + within / sector_size;
    if (from == nullptr || in_sector != 0 || left < sector_size) {
      const u32 part = left < sector_size - in_sector ? left : sector_size - in_sector;
      if (part < sector_size) {
        if (const NTSTATUS status = load_sector(sector); !NT_SUCCESS(status)) return status;
      }
      sector_loaded_ = sector;
      for (u32 i = 0; i < part; ++i) sector_[in_sector + i] = from != nullptr ? from[done + i] : 0;
      if (const NTSTATUS status = store_sector(); !NT_SUCCESS(status)) return status;
      done += part;
      continue;
    }
    u32 first = 0, run = left / sector_size * sector_size;
    NTSTATUS status = find_extent(file, at, first, run);
    if (NT_SUCCESS(status)) status = write_sectors(first, from + done, run);
    if (!NT_SUCCESS(status)) return status;
    done += run;
  }
  return STATUS_SUCCESS;
}
