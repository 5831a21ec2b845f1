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
    // Whole sectors, on through neighbouring clusters, in one transfer.
    u32 run = cluster_size() - within;
    for (u16 next = 0; run < left; run += cluster_size(), cluster = next) {
      if (!NT_SUCCESS(next_cluster(cluster, next)) || next != cluster + 1) break;
    }
    const u32 count = (run < left ? run : left) / sector_size;
    if (!device_->read(sector, count, out + transferred)) return STATUS_DEVICE_DATA_ERROR;
    transferred += count * sector_size;
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
    const u32 run = cluster_size() - within;
    const u32 count = (run < left ? run : left) / sector_size;
    if (sector_loaded_ - sector < count) sector_loaded_ = nothing;
    if (!device_->write(sector, count, from + done)) return STATUS_DEVICE_DATA_ERROR;
    done += count * sector_size;
  }
  return STATUS_SUCCESS;
}
