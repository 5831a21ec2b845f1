// The IDE driver against a model of a drive that minds the protocol: it fails the test when a
// register is touched at a time the standard forbids. Each test runs twice: polled, and sleeping
// until the model interrupts.
#include "kernel/io/ide.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
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
  bool mute = false;      // never interrupts
  u8 most_multiple = 0;   // of IDENTIFY; 0: no such command
  u8 multiple = 0;        // as set
  u8 control = 0;
  u32 block = 1;           // sectors of the present one
  bool interrupt = false;  // INTRQ
  u32 interrupts = 0, pauses = 0, longest_block = 0;
  bool may_sleep = false;

  void raise() {
    if ((control & ata::nIEN) != 0 || mute) return;
    EXPECT_FALSE(interrupt) << "an interrupt nobody took";
    interrupt = true;
    ++interrupts;
  }

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
    if (stuck) return;
    if (command == ata::set_multiple) {
      const bool possible = most_multiple != 0 && count <= most_multiple;
      if (possible) multiple = count;
      status = possible ? ata::DRDY : u8{ata::DRDY | ata::ERR};
      return raise();
    }
    const bool blocks = command == ata::read_multiple || command == ata::write_multiple;
    if (fail_commands != 0 || (blocks && multiple == 0)) {
      fail_commands -= fail_commands != 0;
      status = ata::DRDY | ata::ERR;
      return raise();
    }
    block = blocks ? multiple : 1;
    status = ata::DRDY | ata::DRQ;
    if (command == ata::identify_device) {
      std::memset(buffer, 0, sizeof buffer);
      const u32 sectors = static_cast<u32>(disk.size() / 512);
      buffer[47] = most_multiple;
      buffer[49] = 0x0200;
      buffer[60] = static_cast<u16>(sectors);
      buffer[61] = static_cast<u16>(sectors >> 16);
      left = 1;
      raise();
    } else {
      begin_block();
      if (reads()) raise();
    }
    position = 0;
  }
  bool reads() const { return command == ata::read_sectors || command == ata::read_multiple; }
  void begin_block() {
    in_block = left < block ? left : block;
    longest_block = std::max(longest_block, in_block);
    load();
  }
  void load() {
    if (reads()) std::memcpy(buffer, &disk.at(lba * 512ul), 512);
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
    position = 0;
    ++lba;
    --left;
    if (command == ata::identify_device || left == 0) {
      busy = 2;
      status = ata::DRDY;
      if (command == ata::write_sectors || command == ata::write_multiple) raise();
    } else if (--in_block == 0) {
      busy = 2;
      begin_block();
      raise();
    } else {
      load();
    }
  }
  u32 in_block = 0;  // sectors of the block still to come
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
        drive.interrupt = false;
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
      drive.control = value;
      if ((value & ata::SRST) != 0) {
        ++drive.resets;
        drive.multiple = 0;
        drive.interrupt = false;
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

/// Sleeping is believing: the model has worked meanwhile.
struct ModelWait {
  bool can_sleep() const { return drive.may_sleep; }
  void forget() {}
  bool interrupt(u8& status) {
    EXPECT_TRUE(drive.may_sleep);
    EXPECT_EQ(drive.control & ata::nIEN, 0);
    drive.busy = 0;  // time passes
    if (!drive.interrupt) return false;
    drive.interrupt = false;
    status = drive.read_status();
    return true;
  }
  void pause() {
    ++drive.pauses;
    drive.busy = 0;
  }
};

class IdeTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { start(0); }
  void start(u8 most_multiple) {
    drive = {};
    drive.may_sleep = GetParam();
    drive.most_multiple = most_multiple;
    drive.disk.resize(1000 * 512);
    for (u32 i = 0; i < drive.disk.size(); ++i) drive.disk[i] = static_cast<u8>(i / 512 * 7 + i);
    ASSERT_TRUE(disk.attach(channel, 0));
  }
  IdeChannel<ModelWait> channel;
  IdeDisk<ModelPorts, ModelWait> disk;
};

INSTANTIATE_TEST_SUITE_P(, IdeTest, testing::Bool(), [](const auto& info) {
  return std::string(info.param ? "Interrupts" : "Polled");
});

TEST_P(IdeTest, FindsTheDrive) { EXPECT_EQ(disk.sector_count(), 1000u); }

TEST_P(IdeTest, FindsNoSecondDrive) {
  IdeDisk<ModelPorts, ModelWait> second;
  EXPECT_FALSE(second.attach(channel, 1));
  EXPECT_EQ(second.sector_count(), 0u);
}

TEST_P(IdeTest, ReadsAndWritesAnyRun) {
  for (u32 count : {1u, 2u, 255u, 256u, 257u, 600u}) {
    std::vector<u8> buffer(count * 512);
    ASSERT_TRUE(disk.read(3, count, buffer.data()));
    EXPECT_EQ(std::memcmp(buffer.data(), &drive.disk[3 * 512], buffer.size()), 0) << count;
    for (u8& byte : buffer) byte = static_cast<u8>(byte ^ 0x5A);
    ASSERT_TRUE(disk.write(7, count, buffer.data()));
    EXPECT_EQ(std::memcmp(buffer.data(), &drive.disk[7 * 512], buffer.size()), 0) << count;
  }
}

TEST_P(IdeTest, RefusesSectorsBeyondTheEnd) {
  std::vector<u8> buffer(2 * 512);
  const u32 before = drive.commands;
  EXPECT_TRUE(disk.read(999, 1, buffer.data()));
  EXPECT_FALSE(disk.read(999, 2, buffer.data()));
  EXPECT_FALSE(disk.write(1000, 1, buffer.data()));
  EXPECT_FALSE(disk.read(0xFFFFFFFF, 2, buffer.data()));
  EXPECT_EQ(drive.commands, before + 1);
}

TEST_P(IdeTest, TriesAgainAfterAReset) {
  std::vector<u8> buffer(512);
  drive.fail_commands = 2;
  EXPECT_TRUE(disk.read(5, 1, buffer.data()));
  EXPECT_EQ(drive.resets, 2u);
  EXPECT_EQ(std::memcmp(buffer.data(), &drive.disk[5 * 512], 512), 0);
  drive.fail_commands = 3;
  EXPECT_FALSE(disk.read(5, 1, buffer.data()));
}

TEST_P(IdeTest, ManySectorsForOneInterruptWhereTheDriveCan) {
  start(16);
  std::vector<u8> buffer(100 * 512);
  const u32 before = drive.interrupts;
  ASSERT_TRUE(disk.read(3, 100, buffer.data()));
  EXPECT_EQ(std::memcmp(buffer.data(), &drive.disk[3 * 512], buffer.size()), 0);
  EXPECT_EQ(drive.longest_block, 16u);
  // One for SET MULTIPLE and one a block; none when the driver polls.
  EXPECT_EQ(drive.interrupts - before, GetParam() ? 1 + 7u : 0u);
  for (u8& byte : buffer) byte = static_cast<u8>(byte ^ 0xFF);
  ASSERT_TRUE(disk.write(40, 100, buffer.data()));
  EXPECT_EQ(std::memcmp(buffer.data(), &drive.disk[40 * 512], buffer.size()), 0);
  EXPECT_EQ(drive.interrupts - before, GetParam() ? 1 + 7u + 7u : 0u);
}

TEST_P(IdeTest, AResetMakesItSetItsBlockAgain) {
  start(8);
  std::vector<u8> buffer(64 * 512);
  ASSERT_TRUE(disk.read(0, 64, buffer.data()));
  drive.fail_commands = 1;
  ASSERT_TRUE(disk.read(0, 64, buffer.data()));
  EXPECT_EQ(drive.resets, 1u);
  EXPECT_EQ(drive.multiple, 8u);
  ++channel.resets;  // because of the other drive
  drive.multiple = 0;
  ASSERT_TRUE(disk.read(0, 64, buffer.data()));
  EXPECT_EQ(drive.multiple, 8u);
  EXPECT_EQ(drive.resets, 1u);
}

TEST_P(IdeTest, ALostInterruptIsNotAnError) {
  drive.mute = true;
  std::vector<u8> buffer(512);
  EXPECT_TRUE(disk.read(5, 1, buffer.data()));
  EXPECT_EQ(std::memcmp(buffer.data(), &drive.disk[5 * 512], 512), 0);
  EXPECT_EQ(drive.resets, 0u);
}

TEST_P(IdeTest, ADeadDriveIsAnErrorNotAHang) {
  std::vector<u8> buffer(512);
  drive.stuck = true;
  drive.fail_commands = 100;
  EXPECT_FALSE(disk.read(5, 1, buffer.data()));
  EXPECT_EQ(drive.resets, 3u);
  EXPECT_EQ(drive.pauses != 0, GetParam());  // others run while it is given its time
}

}  // namespace
