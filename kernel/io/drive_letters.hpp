// Which partition gets which drive letter.
#pragma once

#include <initializer_list>

#include "kernel/io/partition_table.hpp"

inline constexpr unsigned IoMostDisks = 4;
inline constexpr char IoFirstDriveLetter = 'C';
inline constexpr unsigned IoMostVolumes = 'Z' - IoFirstDriveLetter + 1;

/// Calls `assign(disk, partition)` for each FAT16 partition but `boot`, in NT's order: of each disk
/// the active primary partition, or else its first; then the logical drives of each disk; then the
/// other primary ones. [RK]
template <class Assign>
void IoOrderPartitions(const IoPartitionTable* tables, unsigned disks, unsigned boot_disk,
                       arch::u32 boot_sector, Assign assign) {
  const IoPartition* first[IoMostDisks] = {};
  const auto wanted = [&](unsigned disk, const IoPartition& partition) {
    return partition_type::is_fat16(partition.type) &&
           (disk != boot_disk || partition.first != boot_sector);
  };
  for (unsigned disk = 0; disk < disks; ++disk) {
    for (const IoPartition& each : tables[disk]) {
      if (each.logical || !partition_type::is_fat16(each.type)) continue;
      if (first[disk] == nullptr || (each.active && !first[disk]->active)) first[disk] = &each;
    }
    if (first[disk] != nullptr && wanted(disk, *first[disk])) assign(disk, *first[disk]);
  }
  for (const bool logical : {true, false}) {
    for (unsigned disk = 0; disk < disks; ++disk) {
      for (const IoPartition& each : tables[disk]) {
        if (each.logical == logical && &each != first[disk] && wanted(disk, each)) {
          assign(disk, each);
        }
      }
    }
  }
}
