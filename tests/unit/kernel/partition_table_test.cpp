// Partition tables, good and bad, and the order of drive letters.
#include "kernel/io/partition_table.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "kernel/io/drive_letters.hpp"

namespace {

using namespace arch;

/// A disk whose sectors are zeros but for its tables.
class TableDisk final : public BlockDevice {
 public:
  explicit TableDisk(u32 sectors) : sectors_(sectors) { sign(0); }
  bool read(u32 lba, u32 count, void* buffer) override {
    ++reads;
    if (count != 1 || lba >= sectors_ || lba == bad) return false;
    std::memset(buffer, 0, sector_size);
    if (const auto found = tables_.find(lba); found != tables_.end()) {
      std::memcpy(buffer, found->second.data(), sector_size);
    }
    return true;
  }
  bool write(u32, u32, const void*) override { return false; }
  u32 sector_count() const override { return sectors_; }

  void sign(u32 at) {
    std::vector<u8>& table = tables_[at];
    table.resize(sector_size);
    table[510] = 0x55;
    table[511] = 0xAA;
  }
  void entry(u32 at, unsigned index, u8 type, u32 first, u32 sectors, u8 flag = 0) {
    sign(at);
    u8* bytes = &tables_[at][446 + 16 * index];
    bytes[0] = flag;
    bytes[4] = type;
    std::memcpy(bytes + 8, &first, 4);
    std::memcpy(bytes + 12, &sectors, 4);
  }

  unsigned reads = 0;
  u32 bad = ~0u;

 private:
  u32 sectors_;
  std::map<u32, std::vector<u8>> tables_;
};

constexpr u8 fat16 = partition_type::fat16, extended = partition_type::extended;

/// "first+sectors" of each partition, logical ones with an L.
std::string text_of(const IoPartitionTable& table) {
  std::string text;
  for (const IoPartition& each : table) {
    text += (text.empty() ? "" : " ") + std::to_string(each.first) + "+" +
            std::to_string(each.sectors) + (each.logical ? "L" : "");
  }
  return text;
}

class PartitionTableTest : public testing::Test {
 protected:
  std::string read() {
    complaints.clear();
    table.read(disk, [this](const char* why, u32 sector) {
      complaints += std::string(why) + " @" + std::to_string(sector) + "; ";
    });
    return text_of(table);
  }
  TableDisk disk{100'000};
  IoPartitionTable table;
  std::string complaints;
};

TEST_F(PartitionTableTest, PrimaryPartitionsInTheOrderOfTheirEntries) {
  disk.entry(0, 0, fat16, 50'000, 1000);
  disk.entry(0, 2, partition_type::fat16_below_32m, 63, 1000, 0x80);
  EXPECT_EQ(read(), "50000+1000 63+1000");
  EXPECT_TRUE(table[1].active);
  EXPECT_EQ(complaints, "");
}

TEST_F(PartitionTableTest, LogicalDrivesAreFoundAlongTheChain) {
  disk.entry(0, 0, fat16, 63, 1000);
  disk.entry(0, 1, extended, 2000, 50'000);
  disk.entry(2000, 0, fat16, 63, 5000);         // from the table
  disk.entry(2000, 1, extended, 10'000, 6000);  // from the extended partition
  disk.entry(12'000, 0, fat16, 63, 5000);
  disk.entry(12'000, 1, extended, 20'000, 6000);
  disk.entry(22'000, 0, fat16, 1, 5999);
  EXPECT_EQ(read(), "63+1000 2063+5000L 12063+5000L 22001+5999L");
  EXPECT_EQ(complaints, "");
}

TEST_F(PartitionTableTest, ADiskWithoutTableHasNoPartitions) {
  disk.entry(0, 0, fat16, 63, 1000, 0x41);  // a boot record's code, say
  EXPECT_EQ(read(), "");
  EXPECT_EQ(complaints, "no partition table @0; ");
  disk.bad = 0;
  EXPECT_EQ(read(), "");
  EXPECT_EQ(complaints, "a partition table that can't be read @0; ");
}

TEST_F(PartitionTableTest, WhatReachesBeyondTheDiskIsLeftOut) {
  disk.entry(0, 0, fat16, 99'000, 1000);
  disk.entry(0, 1, fat16, 90'000, 10'001);
  disk.entry(0, 2, fat16, 0xFFFF'FFFF, 2);
  disk.entry(0, 3, fat16, 0, 10);
  EXPECT_EQ(read(), "99000+1000");
  EXPECT_EQ(complaints,
            "a partition beyond its bounds @90000; a partition beyond its bounds @4294967295; "
            "a partition beyond its bounds @0; ");
}

TEST_F(PartitionTableTest, TheLaterOfTwoThatOverlapIsLeftOut) {
  disk.entry(0, 0, fat16, 1000, 1000);
  disk.entry(0, 1, fat16, 1999, 1000);
  disk.entry(0, 2, extended, 500, 1000);
  disk.entry(0, 3, fat16, 2000, 10);
  EXPECT_EQ(read(), "1000+1000 2000+10");
  EXPECT_EQ(complaints,
            "a partition that overlaps another @1999; a partition that overlaps another @500; ");
}

TEST_F(PartitionTableTest, APrimaryPartitionInsideTheExtendedOneIsLeftOut) {
  disk.entry(0, 0, extended, 1000, 50'000);
  disk.entry(0, 1, fat16, 2000, 100);
  disk.sign(1000);
  EXPECT_EQ(read(), "");
  EXPECT_EQ(complaints, "a partition that overlaps another @2000; ");
}

TEST_F(PartitionTableTest, AChainThatGoesRoundEnds) {
  disk.entry(0, 0, extended, 1000, 50'000);
  disk.entry(1000, 0, fat16, 63, 100);
  disk.entry(1000, 1, extended, 1000, 1000);
  disk.entry(2000, 0, fat16, 63, 100);
  disk.entry(2000, 1, extended, 1000, 1000);  // itself
  EXPECT_EQ(read(), "1063+100L 2063+100L");
  EXPECT_EQ(complaints, "a chain of tables that goes round @2000; ");
  EXPECT_EQ(disk.reads, 3u);
}

TEST_F(PartitionTableTest, AChainDoesNotLeadIntoAPartitionOrOutOfTheExtendedOne) {
  disk.entry(0, 0, extended, 1000, 50'000);
  disk.entry(1000, 0, fat16, 63, 5000);
  disk.entry(1000, 1, extended, 1000, 1000);
  EXPECT_EQ(read(), "1063+5000L");
  EXPECT_EQ(complaints, "a table inside a partition @2000; ");
  disk.entry(1000, 1, extended, 50'000, 1000);
  EXPECT_EQ(read(), "1063+5000L");
  EXPECT_EQ(complaints, "a partition beyond its bounds @51000; ");
}

TEST_F(PartitionTableTest, ALogicalDriveThatCoversATableIsLeftOut) {
  disk.entry(0, 0, extended, 1000, 50'000);
  disk.entry(1000, 1, extended, 10'000, 1000);
  disk.entry(11'000, 0, fat16, 63, 100);
  disk.entry(11'000, 1, extended, 5000, 1000);
  disk.entry(6000, 0, fat16, 63, 5000);  // up to 11063: over the table before it
  EXPECT_EQ(read(), "11063+100L");
  EXPECT_EQ(complaints, "a partition that overlaps another @6063; ");
}

TEST_F(PartitionTableTest, AChainHasAnEnd) {
  disk.entry(0, 0, extended, 1000, 90'000);
  for (u32 i = 0; i < 40; ++i) {
    disk.entry(1000 + i * 100, 0, fat16, 1, 99);
    disk.entry(1000 + i * 100, 1, extended, (i + 1) * 100, 100);
  }
  read();
  EXPECT_EQ(table.count(), IoPartitionTable::most);
  EXPECT_EQ(complaints, "a chain of tables that is too long @3400; ");
}

TEST(DriveLetters, FirstThePrimaryOfEachDiskThenLogicalThenTheRest) {
  const auto read = [](TableDisk& disk, IoPartitionTable& table) {
    table.read(disk, [](const char* why, u32) { ADD_FAILURE() << why; });
  };
  TableDisk disks[2] = {TableDisk(100'000), TableDisk(100'000)};
  disks[0].entry(0, 0, fat16, 100, 100, 0x80);  // C:
  disks[0].entry(0, 1, fat16, 300, 100);
  disks[0].entry(0, 2, extended, 1000, 1000);
  disks[0].entry(1000, 0, fat16, 1, 99);
  disks[1].entry(0, 0, fat16, 100, 100);
  disks[1].entry(0, 1, 0x83, 300, 100);
  disks[1].entry(0, 2, fat16, 500, 100, 0x80);  // active: goes first
  disks[1].entry(0, 3, extended, 1000, 1000);
  disks[1].entry(1000, 0, fat16, 1, 99);
  IoPartitionTable tables[2];
  for (unsigned i = 0; i < 2; ++i) read(disks[i], tables[i]);
  std::string order;
  IoOrderPartitions(tables, 2, 0, 100, [&](unsigned disk, const IoPartition& partition) {
    order += std::to_string(disk) + ":" + std::to_string(partition.first) + " ";
  });
  EXPECT_EQ(order, "1:500 0:1001 1:1001 0:300 1:100 ");
}

}  // namespace
