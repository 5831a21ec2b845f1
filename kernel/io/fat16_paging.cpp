// Pages of a file between its clusters and memory: whole sectors, no buffer in between.
#include "kernel/io/fat16.hpp"

using namespace arch;
using namespace fat;

NTSTATUS FatVolume::find_extent(FatFile& file, u32 offset, u32& sector, u32& length) {
  if (file.is_directory() || offset % sector_size != 0) return STATUS_INVALID_DEVICE_REQUEST;
  if (offset >= file.size) return STATUS_END_OF_FILE;
  const u32 sectors = (file.size - offset - 1) / sector_size + 1;
  const u32 wanted = length / sector_size < sectors ? length / sector_size : sectors;
  u16 cluster = 0;
  if (const NTSTATUS status = seek(file, offset / cluster_size(), cluster); !NT_SUCCESS(status)) {
    return status;
  }
  const u32 within = offset % cluster_size() / sector_size;
  sector = cluster_sector(cluster) + within;
  u32 run = sectors_per_cluster_ - within;
  for (u16 next = 0; run < wanted; run += sectors_per_cluster_, cluster = next) {
    if (!NT_SUCCESS(next_cluster(cluster, next)) || next != cluster + 1) break;
  }
  length = (run < wanted ? run : wanted) * sector_size;
  return STATUS_SUCCESS;
}

/// The buffer for partial sectors must not keep what the disk no longer has.
NTSTATUS FatVolume::write_sectors(u32 sector, const u8* from, u32 length) {
  const u32 count = length / sector_size;
  if (sector_loaded_ - sector < count) sector_loaded_ = nothing;
  return device_->write(sector, count, from) ? STATUS_SUCCESS : STATUS_DEVICE_DATA_ERROR;
}

NTSTATUS FatVolume::read_pages(FatFile& file, u32 offset, void* buffer, u32 length) {
  auto* to = static_cast<u8*>(buffer);
  u32 done = 0;
  while (done < length && offset + done < file.size) {
    u32 sector = 0, run = length - done;
    const NTSTATUS status = find_extent(file, offset + done, sector, run);
    if (!NT_SUCCESS(status)) return status;
    if (!device_->read(sector, run / sector_size, to + done)) return STATUS_DEVICE_DATA_ERROR;
    done += run;
  }
  if (offset + done > file.size) done = file.size > offset ? file.size - offset : 0;
  while (done < length) to[done++] = 0;
  return STATUS_SUCCESS;
}

NTSTATUS FatVolume::write_pages(FatFile& file, u32 offset, const void* buffer, u32 length) {
  const auto* from = static_cast<const u8*>(buffer);
  u32 done = 0;
  while (done < length && offset + done < file.size) {
    u32 sector = 0, run = length - done;
    NTSTATUS status = find_extent(file, offset + done, sector, run);
    if (NT_SUCCESS(status)) status = write_sectors(sector, from + done, run);
    if (!NT_SUCCESS(status)) return status;
    done += run;
  }
  return STATUS_SUCCESS;
}
