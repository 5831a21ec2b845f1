// Files in one piece, for those who reach them past the file system.
#include "kernel/io/fat16.hpp"

using namespace arch;
using namespace fat;

/// Visits every run of free clusters until `visit(first, count)` says true.
template <class Visit>
NTSTATUS FatVolume::for_each_free_run(Visit visit) {
  u32 run = 0;
  for (u32 cluster = first_data_cluster;; ++cluster) {
    u16 value = bad_cluster;  // what lies beyond the last one ends a run, too
    if (is_data_cluster(cluster)) {
      const NTSTATUS status = get_fat(static_cast<u16>(cluster), value);
      if (!NT_SUCCESS(status)) return status;
    }
    if (value == free_cluster) {
      ++run;
      continue;
    }
    if (run != 0 && visit(cluster - run, run)) return STATUS_SUCCESS;
    run = 0;
    if (!is_data_cluster(cluster)) return STATUS_SUCCESS;
  }
}

NTSTATUS FatVolume::query_free_run(u32& free, u32& longest) {
  free = longest = 0;
  const NTSTATUS status = for_each_free_run([&](u32, u32 count) {
    free += count;
    if (count > longest) longest = count;
    return false;
  });
  free *= cluster_size();
  longest *= cluster_size();
  return status;
}

/// Links [first, first + count) to a chain, a sector of the FAT at a time.
NTSTATUS FatVolume::link_run(u32 first, u32 count) {
  for (u32 cluster = first; cluster < first + count;) {
    const u32 index = cluster / fat_entries_per_sector;
    if (const NTSTATUS status = load_fat_sector(index); !NT_SUCCESS(status)) return status;
    for (; cluster < first + count && cluster / fat_entries_per_sector == index; ++cluster) {
      reinterpret_cast<u16*>(fat_)[cluster % fat_entries_per_sector] =
          cluster + 1 < first + count ? static_cast<u16>(cluster + 1) : last_cluster_mark;
    }
    for (u32 copy = 0; copy < fat_count_; ++copy) {
      if (device_->write(fat_start_ + copy * sectors_per_fat_ + index, 1, fat_)) continue;
      fat_loaded_ = nothing;
      return STATUS_DEVICE_DATA_ERROR;
    }
  }
  return STATUS_SUCCESS;
}

NTSTATUS FatVolume::allocate_contiguous(FatFile& file, u32 size, u8 attributes) {
  if (file.is_directory() || file.size != 0) return STATUS_INVALID_DEVICE_REQUEST;
  const u32 clusters = clusters_for(size);
  if (clusters == 0) return STATUS_SUCCESS;
  u32 first = 0;
  NTSTATUS status = for_each_free_run([&](u32 start, u32 count) {
    if (count >= clusters) first = start;
    return first != 0;
  });
  if (!NT_SUCCESS(status)) return status;
  if (first == 0) return STATUS_DISK_FULL;
  status = link_run(first, clusters);
  if (!NT_SUCCESS(status)) return status;
  file.first_cluster = static_cast<u16>(first);
  file.size = size;
  file.cached_cluster = 0;
  file.attributes |= attributes;
  return update_entry(file);
}

NTSTATUS FatVolume::first_sector_of(const FatFile& file, u32& sector) {
  if (file.is_directory() || !is_data_cluster(file.first_cluster)) return STATUS_UNSUCCESSFUL;
  u16 cluster = file.first_cluster;
  for (u32 left = clusters_for(file.size); left > 1; --left) {
    u16 next = 0;
    const NTSTATUS status = next_cluster(cluster, next);
    if (!NT_SUCCESS(status)) return status;
    if (next != cluster + 1) return STATUS_UNSUCCESSFUL;
    cluster = next;
  }
  sector = cluster_sector(file.first_cluster);
  return STATUS_SUCCESS;
}
