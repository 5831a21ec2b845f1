// Files in few pieces, for those who reach them past the file system.
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

NTSTATUS FatVolume::append_run(FatFile& file, u32 unit, u32 wanted, u8 attributes, u32& sector,
                               u32& length) {
  sector = length = 0;
  if (file.is_directory() || file.size % cluster_size() != 0) return STATUS_INVALID_DEVICE_REQUEST;
  const u32 present = clusters_for(file.size), step = clusters_for(unit),
            most = clusters_for(wanted);
  u16 tail = 0;
  NTSTATUS status = present != 0 ? seek(file, present - 1, tail) : STATUS_SUCCESS;
  if (!NT_SUCCESS(status)) return status;
  u32 first = 0, best = 0;
  status = for_each_free_run([&](u32 start, u32 count) {
    if (count > most) count = most;
    count -= count % step;
    const bool follows = tail != 0 && start == tail + 1u;
    if (count > best || (follows && count == best && count != 0)) {
      first = start;
      best = count;
    }
    return false;
  });
  if (!NT_SUCCESS(status)) return status;
  if (best == 0) return STATUS_DISK_FULL;
  status = link_run(first, best);
  if (NT_SUCCESS(status) && tail != 0) status = set_fat(tail, static_cast<u16>(first));
  if (!NT_SUCCESS(status)) return status;
  if (tail == 0) file.first_cluster = static_cast<u16>(first);
  file.size += best * cluster_size();
  file.attributes |= attributes;
  sector = cluster_sector(static_cast<u16>(first));
  length = best * cluster_size();
  return update_entry(file);
}
