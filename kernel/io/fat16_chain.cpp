// Mounting, buffered sectors, and the file allocation table: cluster chains.
#include "kernel/io/fat16.hpp"

using namespace arch;
using namespace fat;

NTSTATUS FatVolume::mount(BlockDevice& device, u32 partition_lba, Clock clock) {
  device_ = &device;
  clock_ = clock;
  fat_loaded_ = sector_loaded_ = nothing;
  allocation_hint_ = first_data_cluster;
  for (FatFile& file : files_) file = {};
  cluster_count_ = 0;
  if (const NTSTATUS status = load_sector(partition_lba); !NT_SUCCESS(status)) return status;

  const auto& boot = *reinterpret_cast<const BootSector*>(sector_);
  const u32 sectors = boot.sectors16 != 0 ? boot.sectors16 : boot.sectors32;
  const u32 per_cluster = boot.sectors_per_cluster;
  const bool plausible = sector_[510] == 0x55 && sector_[511] == 0xAA &&
                         boot.bytes_per_sector == sector_size && per_cluster != 0 &&
                         (per_cluster & (per_cluster - 1)) == 0 && boot.reserved_sectors != 0 &&
                         boot.fat_count != 0 && boot.root_entries != 0 && boot.sectors_per_fat != 0;
  if (!plausible) return STATUS_UNRECOGNIZED_VOLUME;
  const u32 root_sectors = (boot.root_entries + entries_per_sector - 1) / entries_per_sector;
  const u32 overhead =
      boot.reserved_sectors + u32{boot.fat_count} * boot.sectors_per_fat + root_sectors;
  const u32 device_sectors = device.sector_count();
  if (sectors <= overhead || partition_lba > device_sectors ||
      sectors > device_sectors - partition_lba) {
    return STATUS_UNRECOGNIZED_VOLUME;
  }
  const u32 clusters = (sectors - overhead) / per_cluster;
  if (clusters < min_clusters || clusters > max_clusters ||
      clusters + 2 > boot.sectors_per_fat * fat_entries_per_sector) {
    return STATUS_UNRECOGNIZED_VOLUME;
  }
  sectors_per_cluster_ = per_cluster;
  cluster_count_ = clusters;
  serial_number_ = boot.serial_number;
  fat_count_ = boot.fat_count;
  sectors_per_fat_ = boot.sectors_per_fat;
  root_entries_ = boot.root_entries;
  fat_start_ = partition_lba + boot.reserved_sectors;
  root_start_ = fat_start_ + fat_count_ * sectors_per_fat_;
  data_start_ = root_start_ + root_sectors;
  return STATUS_SUCCESS;
}

NTSTATUS FatVolume::load_sector(u32 sector) {
  if (sector_loaded_ == sector) return STATUS_SUCCESS;
  sector_loaded_ = nothing;
  if (!device_->read(sector, 1, sector_)) return STATUS_DEVICE_DATA_ERROR;
  sector_loaded_ = sector;
  return STATUS_SUCCESS;
}

NTSTATUS FatVolume::store_sector() {
  const u32 sector = sector_loaded_;
  if (device_->write(sector, 1, sector_)) return STATUS_SUCCESS;
  sector_loaded_ = nothing;  // the disk knows better
  return STATUS_DEVICE_DATA_ERROR;
}

NTSTATUS FatVolume::load_fat_sector(u32 index) {
  if (fat_loaded_ == index) return STATUS_SUCCESS;
  fat_loaded_ = nothing;
  if (!device_->read(fat_start_ + index, 1, fat_)) return STATUS_DEVICE_DATA_ERROR;
  fat_loaded_ = index;
  return STATUS_SUCCESS;
}

NTSTATUS FatVolume::get_fat(u16 cluster, u16& value) {
  const NTSTATUS status = load_fat_sector(cluster / fat_entries_per_sector);
  if (!NT_SUCCESS(status)) return status;
  value = reinterpret_cast<const u16*>(fat_)[cluster % fat_entries_per_sector];
  return STATUS_SUCCESS;
}

/// Writes the entry to every copy of the FAT.
NTSTATUS FatVolume::set_fat(u16 cluster, u16 value) {
  const u32 index = cluster / fat_entries_per_sector;
  if (const NTSTATUS status = load_fat_sector(index); !NT_SUCCESS(status)) return status;
  reinterpret_cast<u16*>(fat_)[cluster % fat_entries_per_sector] = value;
  for (u32 copy = 0; copy < fat_count_; ++copy) {
    if (device_->write(fat_start_ + copy * sectors_per_fat_ + index, 1, fat_)) continue;
    fat_loaded_ = nothing;
    return STATUS_DEVICE_DATA_ERROR;
  }
  return STATUS_SUCCESS;
}

NTSTATUS FatVolume::next_cluster(u16 cluster, u16& next) {
  if (!is_data_cluster(cluster)) return STATUS_FILE_CORRUPT_ERROR;
  u16 value = 0;
  if (const NTSTATUS status = get_fat(cluster, value); !NT_SUCCESS(status)) return status;
  if (value >= end_of_chain) {
    next = 0;
    return STATUS_SUCCESS;
  }
  next = value;
  return is_data_cluster(value) ? STATUS_SUCCESS : STATUS_FILE_CORRUPT_ERROR;
}

NTSTATUS FatVolume::find_free_cluster(u16& cluster) {
  u32 candidate = allocation_hint_;
  for (u32 i = 0; i < cluster_count_; ++i, ++candidate) {
    if (!is_data_cluster(candidate)) candidate = first_data_cluster;
    u16 value = 0;
    const NTSTATUS status = get_fat(static_cast<u16>(candidate), value);
    if (!NT_SUCCESS(status)) return status;
    if (value != free_cluster) continue;
    cluster = static_cast<u16>(candidate);
    allocation_hint_ = cluster;
    return STATUS_SUCCESS;
  }
  return STATUS_DISK_FULL;
}

/// A new chain of `count` clusters, linked to nothing yet; on failure nothing stays allocated.
NTSTATUS FatVolume::allocate_chain(u32 count, u16& first) {
  first = 0;
  if (count > cluster_count_) return STATUS_DISK_FULL;
  u16 last = 0;
  NTSTATUS status = STATUS_SUCCESS;
  for (; count != 0 && NT_SUCCESS(status); --count) {
    u16 cluster = 0;
    status = find_free_cluster(cluster);
    if (!NT_SUCCESS(status)) break;
    status = set_fat(cluster, last_cluster_mark);  // in use before anything points to it
    if (!NT_SUCCESS(status)) break;
    if (first == 0) first = cluster;
    if (last != 0) status = set_fat(last, cluster);
    last = cluster;
  }
  if (!NT_SUCCESS(status) && first != 0) {
    free_chain(first);
    first = 0;
  }
  return status;
}

/// Frees up to the chain's end; a damaged chain is freed as far as it goes. It cannot loop: what
/// was freed ends the walk when met again.
NTSTATUS FatVolume::free_chain(u16 first) {
  for (u16 cluster = first; cluster != 0;) {
    u16 next = 0;
    const NTSTATUS walked = next_cluster(cluster, next);
    if (!is_data_cluster(cluster)) return walked;
    u16 value = 0;
    if (const NTSTATUS status = get_fat(cluster, value); !NT_SUCCESS(status)) return status;
    if (value == free_cluster || value == bad_cluster) return STATUS_FILE_CORRUPT_ERROR;
    if (const NTSTATUS status = set_fat(cluster, free_cluster); !NT_SUCCESS(status)) return status;
    if (!NT_SUCCESS(walked)) return walked;
    cluster = next;
  }
  return STATUS_SUCCESS;
}

NTSTATUS FatVolume::zero_cluster(u16 cluster) {
  for (u8& byte : sector_) byte = 0;
  for (u32 i = 0; i < sectors_per_cluster_; ++i) {
    sector_loaded_ = cluster_sector(cluster) + i;
    if (const NTSTATUS status = store_sector(); !NT_SUCCESS(status)) return status;
  }
  return STATUS_SUCCESS;
}

NTSTATUS FatVolume::count_free_clusters(u32& count) {
  count = 0;
  for (u32 cluster = first_data_cluster; is_data_cluster(cluster); ++cluster) {
    u16 value = 0;
    const NTSTATUS status = get_fat(static_cast<u16>(cluster), value);
    if (!NT_SUCCESS(status)) return status;
    if (value == free_cluster) ++count;
  }
  return STATUS_SUCCESS;
}
