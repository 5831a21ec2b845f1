// The partitions of a disk: the table of the master boot record and the chain of tables in an
// extended partition. [RK]
#pragma once

#include "kernel/io/block_device.hpp"

/// [RK]
namespace partition_type {
using arch::u8;
inline constexpr u8 unused = 0x00, fat16_below_32m = 0x04, extended = 0x05, fat16 = 0x06,
                    fat16_lba = 0x0E, extended_lba = 0x0F;
inline constexpr bool is_extended(u8 type) { return type == extended || type == extended_lba; }
inline constexpr bool is_fat16(u8 type) {
  return type == fat16_below_32m || type == fat16 || type == fat16_lba;
}
}  // namespace partition_type

struct IoPartition {
  arch::u32 first = 0, sectors = 0;
  arch::u8 type = 0;
  bool active = false, logical = false;

  arch::u32 end() const { return first + sectors; }
  bool overlaps(const IoPartition& other) const {
    return first < other.end() && other.first < end();
  }
};

/// What a disk's tables say. Whatever contradicts the disk's size or another partition is left out
/// and reported: `report(why, sector)`, with the sector the bad entry names or lies in.
class IoPartitionTable {
 public:
  static constexpr unsigned most = 24;

  template <class Report>
  void read(BlockDevice& disk, Report report) {
    count_ = 0;
    Table table;
    if (!load(disk, 0, table, report)) return;
    IoPartition extended;
    for (const Entry& entry : table.entries) {
      IoPartition found;
      if (!describe(entry, 0, 0, disk.sector_count(), found, report)) continue;
      if (!partition_type::is_extended(found.type)) {
        add(found, extended, report);
      } else if (extended.sectors != 0) {
        report("a second extended partition", found.first);
      } else if (!overlaps_any(found)) {
        extended = found;
      } else {
        report("a partition that overlaps another", found.first);
      }
    }
    if (extended.sectors != 0) follow_chain(disk, extended, report);
  }

  unsigned count() const { return count_; }
  const IoPartition& operator[](unsigned index) const { return partitions_[index]; }
  const IoPartition* begin() const { return partitions_; }
  const IoPartition* end() const { return partitions_ + count_; }

 private:
  struct Entry {
    arch::u8 flag, first_head, first_sector, first_cylinder;
    arch::u8 type, last_head, last_sector, last_cylinder;
    arch::u32 first, sectors;  // counted from the table's sector, or from the extended partition
  };
  static_assert(sizeof(Entry) == 16);
  struct Table {
    Entry entries[4];
  };
  static constexpr arch::u32 table_offset = 446;
  static constexpr arch::u8 active_flag = 0x80;

  template <class Report>
  static bool load(BlockDevice& disk, arch::u32 sector, Table& table, Report report) {
    alignas(4) arch::u8 bytes[BlockDevice::sector_size];
    if (!disk.read(sector, 1, bytes)) {
      report("a partition table that can't be read", sector);
      return false;
    }
    bool valid = bytes[510] == 0x55 && bytes[511] == 0xAA;
    auto* to = reinterpret_cast<arch::u8*>(&table);
    for (arch::u32 i = 0; i < sizeof table; ++i) to[i] = bytes[table_offset + i];
    for (const Entry& entry : table.entries) valid &= (entry.flag & ~active_flag) == 0;
    if (!valid) report("no partition table", sector);
    return valid;
  }

  /// False for an unused entry, and for one that does not lie between `base` and `limit`.
  template <class Report>
  static bool describe(const Entry& entry, arch::u32 origin, arch::u32 base, arch::u32 limit,
                       IoPartition& partition, Report report) {
    if (entry.type == partition_type::unused || entry.sectors == 0) return false;
    const arch::u32 first = origin + entry.first;
    if (entry.first == 0 || first < origin || first <= base || first >= limit ||
        entry.sectors > limit - first) {
      report("a partition beyond its bounds", first);
      return false;
    }
    partition = {first, entry.sectors, entry.type, (entry.flag & active_flag) != 0, false};
    return true;
  }

  bool overlaps_any(const IoPartition& partition) const {
    for (const IoPartition& other : *this) {
      if (partition.overlaps(other)) return true;
    }
    return false;
  }

  template <class Report>
  void add(const IoPartition& partition, const IoPartition& taken, Report report) {
    if (overlaps_any(partition) || (taken.sectors != 0 && partition.overlaps(taken))) {
      report("a partition that overlaps another", partition.first);
    } else if (count_ == most) {
      report("one partition too many", partition.first);
    } else {
      partitions_[count_++] = partition;
    }
  }

  /// Each table of the chain has one logical drive and the way to the next table. No table lies in
  /// a partition, and none comes twice.
  template <class Report>
  void follow_chain(BlockDevice& disk, const IoPartition& extended, Report report) {
    arch::u32 at = extended.first;
    for (unsigned tables = 0; at != 0; ++tables) {
      if (tables == most) return report("a chain of tables that is too long", at);
      for (unsigned i = 0; i < tables; ++i) {
        if (chain_[i] == at) return report("a chain of tables that goes round", at);
      }
      if (overlaps_any({at, 1})) return report("a table inside a partition", at);
      chain_[tables] = at;
      Table table;
      if (!load(disk, at, table, report)) return;
      arch::u32 next = 0;
      for (const Entry& entry : table.entries) {
        IoPartition found;
        const bool link = partition_type::is_extended(entry.type);
        if (!describe(entry, link ? extended.first : at, link ? extended.first : at, extended.end(),
                      found, report)) {
          continue;
        }
        if (link) {
          if (next == 0) next = found.first;
          continue;
        }
        found.logical = true;
        bool over_table = false;
        for (unsigned i = 0; i <= tables; ++i) over_table |= found.overlaps({chain_[i], 1});
        if (over_table) {
          report("a partition that overlaps another", found.first);
        } else {
          add(found, {}, report);
        }
      }
      at = next;
    }
  }

  IoPartition partitions_[most];
  unsigned count_ = 0;
  arch::u32 chain_[most] = {};  // sectors of the tables passed
};
