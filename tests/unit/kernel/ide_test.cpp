// The IDE driver against a model of a drive that minds the protocol: it fails the test when a
// register is touched at a time the standard forbids.
#include "kernel/io/ide.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace {

using namespace arch;

/// One drive on the primary channel as device 0; the other positions are empty.
struct DriveModel {
  std::vector<u8> disk;
  u8 status = ata::DRDY, command = 0;
  u8 head = 0, count = 0, low = 0, mid = 0, high = 0;
  u32 busy = 0, lba = 0, left = 0, position = 0;
  u16 buffer[256] = {};
  u32 resets = 0, commands = 0;
  u32 fail_commands = 0;  // that many next commands end with ERR
  bool stuck = false;     // never leaves BSY

  bool selected() const { return (head & 0x10) == 0 && !disk.empty(); }
  u8 read_status() {
    if (stuck || busy != 0) {
      busy -= busy != 0;
      return ata::BSY;
    }
    return status;
  }

  void start(u8 value) {
    EXPECT_EQ(busy, 0u) << "command while busy";
    EXPECT_EQ(status & ata::DRQ, 0) << "command while data is due";
    command = value;
    ++commands;
    busy = 3;
    lba = low | mid << 8 | high << 16 | (head & 15u) << 24;
    left = count == 0 ? 256 : count;
    if (fail_commands != 0) {
      --fail_commands;
      status = ata::DRDY | ata::ERR;
      return;
    }
    status = ata::DRDY | ata::DRQ;
    if (command == ata::identify_device) {
      std::memset(buffer, 0, sizeof buffer);
      const u32 sectors = static_cast<u32>(disk.size() / 512);
      buffer[49] = 0x0200;
      buffer[60] = static_cast<u16>(sectors);
      buffer[61] = static_cast<u16>(sectors >> 16);
      left = 1;
    } else {
      load();
    }
    position = 0;
  }
  void load() {
    if (command == ata::read_sectors) std::memcpy(buffer, &disk.at(lba * 512ul), 512);
  }
  u16 read_data() {
    EXPECT_EQ(busy, 0u) << "data while busy";
    EXPECT_NE(status & ata::DRQ, 0) << "data that is not due";
    const u16 word = buffer[position++];
    if (position == 256) finish_sector();
    return word;
  }
  void write_data(u16 word) {
    EXPECT_EQ(busy, 0u) << "data while busy";
    EXPECT_NE(status & ata::DRQ, 0) << "data that is not due";
    buffer[position++] = word;
    if (position == 256) {
      std::memcpy(&disk.at(lba * 512ul), buffer, 512);
      finish_sector();
    }
  }
  void finish_sector() {
    busy = 2;
    position = 0;
    ++lba;
    if (--left == 0) {
      status = ata::DRDY;
    } else {
      load();
    }
  }
};

DriveModel drive;

struct ModelPorts {
  static constexpr u16 base = port::ide_primary;
  static u8 in8(u16 at) {
    if (at == base + ata::device_head) return drive.head;
    if (at < base || at > base + ata::control_offset || !drive.selected()) return 0xFF;
    switch (at - base) {
      case ata::error:
        return 0x04;
      case ata::sector_count:
        return drive.count;
      case ata::lba_low:
        return drive.low;
      case ata::status:
        return drive.read_status();
      case ata::control_offset:
        return drive.busy != 0 ? u8{ata::BSY} : drive.status;
      default:
        ADD_FAILURE() << "read of register " << at - base;
        return 0;
    }
  }
  static void out8(u16 at, u8 value) {
    if (at == base + ata::control_offset) {
      if ((value & ata::SRST) != 0) {
        ++drive.resets;
        drive.status = ata::DRDY;
        drive.busy = 5;
      }
      return;
    }
    if (at < base || at > base + ata::command) return;  // an empty channel
    switch (at - base) {
      case ata::device_head:
        drive.head = value;
        break;
      case ata::sector_count:
        drive.count = value;
        break;
      case ata::lba_low:
        drive.low = value;
        break;
      case ata::lba_mid:
        drive.mid = value;
        break;
      case ata::lba_high:
        drive.high = value;
        break;
      case ata::command:
        if (drive.selected()) drive.start(value);
        break;
      default:
        ADD_FAILURE() << "write of register " << at - base;
    }
  }
  static void in_words(u16, void* to, u32 count) {
    for (u32 i = 0; i < count; ++i) {
      const u16 word = drive.read_data();
      std::memcpy(static_cast<u8*>(to) + i * 2, &word, 2);
    }
  }
  static void out_words(u16, const void* from, u32 count) {
    for (u32 i = 0; i < count; ++i) {
      u16 word;
      std::memcpy(&word, static_cast<const u8*>(from) + i * 2, 2);
      drive.write_data(word);
    }
  }
};

class IdeTest : public testing::Test {
 protected:
  void SetUp() override {
    drive = {};
    drive.disk.resize(1000 * 512);
    for (u32 i = 0; i < drive.disk.size(); ++i) drive.disk[i] = static_cast<u8>(i / 512 * 7 + i);
    ASSERT_TRUE(disk.attach(0));
  }
  IdeDisk<ModelPorts> disk;
};

TEST_F(IdeTest, FindsTheDrive) { EXPECT_EQ(disk.sector_count(), 1000u); }

TEST_F(IdeTest, FindsNoSecondDrive) {
  IdeDisk<ModelPorts> second;
  EXPECT_FALSE(second.attach(1));
  EXPECT_EQ(second.sector_count(), 0u);
}

TEST_F(IdeTest, ReadsAndWritesAnyRun) {
  for (u32 count : {1u, 2u, 255u, 256u, 257u, 600u}) {
    std::vector<u8> buffer(count * 512);
    ASSERT_TRUE(disk.read(3, count, buffer.data()));
    EXPECT_EQ(std::memcmp(buffer.data(), &drive.disk[3 * 512], buffer.size()), 0) << count;
    for (u8& byte : buffer) byte = static_cast<u8>(byte ^ 0x5A);
    ASSERT_TRUE(disk.write(7, count, buffer.data()));
    EXPECT_EQ(std::memcmp(buffer.data(), &drive.disk[7 * 512], buffer.size()), 0) << count;
  }
}

TEST_F(IdeTest, RefusesSectorsBeyondTheEnd) {
  std::vector<u8> buffer(2 * 512);
  const u32 before = drive.commands;
  EXPECT_TRUE(disk.read(999, 1, buffer.data()));
  EXPECT_FALSE(disk.read(999, 2, buffer.data()));
  EXPECT_FALSE(disk.write(1000, 1, buffer.data()));
  EXPECT_FALSE(disk.read(0xFFFFFFFF, 2, buffer.data()));
  EXPECT_EQ(drive.commands, before + 1);
}

TEST_F(IdeTest, TriesAgainAfterAReset) {
  std::vector<u8> buffer(512);
  drive.fail_commands = 2;
  EXPECT_TRUE(disk.read(5, 1, buffer.data()));
  EXPECT_EQ(drive.resets, 2u);
  EXPECT_EQ(std::memcmp(buffer.data(), &drive.disk[5 * 512], 512), 0);
  drive.fail_commands = 3;
  EXPECT_FALSE(disk.read(5, 1, buffer.data()));
}

TEST_F(IdeTest, ADeadDriveIsAnErrorNotAHang) {
  std::vector<u8> buffer(512);
  drive.stuck = true;
  drive.fail_commands = 100;
  EXPECT_FALSE(disk.read(5, 1, buffer.data()));
}

}  // namespace
