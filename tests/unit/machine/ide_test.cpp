// ATA: identify, PIO transfers, errors, interrupts, reset, missing drives.
#include "machine/ide.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "board_fixture.hpp"
#include "machine/faulty_disk.hpp"

namespace faultline {
namespace {

/// A disk that remembers what was written; an unwritten sector holds its number.
class MemoryDisk : public DiskImage {
 public:
  explicit MemoryDisk(u32 sectors) : sectors_(sectors) {}
  u32 sectors() const override { return sectors_; }
  bool read(u32 lba, std::span<u8, sector_size> data) override {
    if (lba == bad) return false;
    for (unsigned i = 0; i < sector_size; ++i) data[i] = static_cast<u8>(lba >> (8 * (i % 4)));
    if (const auto found = written.find(lba); found != written.end()) {
      std::copy(found->second.begin(), found->second.end(), data.begin());
    }
    return true;
  }
  bool write(u32 lba, std::span<const u8, sector_size> data) override {
    if (lba == bad) return false;
    std::copy(data.begin(), data.end(), written[lba].begin());
    return true;
  }
  std::map<u32, Sector> written;
  u32 bad = ~0u;

 private:
  u32 sectors_;
};

class IdeTest : public BoardTest {
 protected:
  static constexpr u32 total = 65536;  // 520 / 2 / 63

  void SetUp() override {
    auto image = std::make_unique<MemoryDisk>(total);
    disk = image.get();
    channel.attach(0, std::move(image));
    channel.reset();
  }
  void out(u16 index, u8 value) { channel.port_write(0x1F0 + index, 1, value); }
  u8 in(u16 index) { return static_cast<u8>(channel.port_read(0x1F0 + index, 1)); }
  u8 alternate() { return static_cast<u8>(channel.port_read(0x3F6, 1)); }
  u16 word() { return static_cast<u16>(channel.port_read(0x1F0, 2)); }
  void address(u32 lba, u8 count) {
    out(2, count);
    out(3, static_cast<u8>(lba));
    out(4, static_cast<u8>(lba >> 8));
    out(5, static_cast<u8>(lba >> 16));
    out(6, static_cast<u8>(0xE0 | lba >> 24));
  }
  void settle() { pass(100000); }
  std::array<u16, 256> identify() {
    out(7, 0xEC);
    settle();
    std::array<u16, 256> words{};
    for (u16& value : words) value = word();
    return words;
  }
  u32 sector_number() {
    const u32 value = channel.port_read(0x1F0, 4);
    for (int i = 1; i < 128; ++i) EXPECT_EQ(channel.port_read(0x1F0, 4), value);
    return value;
  }

  int interrupts = 0;
  bool irq = false;
  MemoryDisk* disk = nullptr;
  IdeChannel channel{scheduler, 1000000, 0x1F0, 0x3F6, [this](bool level) {
                       if (level && !irq) ++interrupts;
                       irq = level;
                     }};
};

TEST_F(IdeTest, IdentifyTellsGeometryAndCapacity) {
  out(6, 0xA0);
  out(7, 0xEC);
  EXPECT_EQ(alternate(), 0x80);
  settle();
  EXPECT_TRUE(irq);
  EXPECT_EQ(alternate(), 0x58);
  EXPECT_TRUE(irq);  // the alternate status does not acknowledge
  EXPECT_EQ(in(7), 0x58);
  EXPECT_FALSE(irq);
  std::array<u16, 256> words{};
  for (u16& value : words) value = word();
  EXPECT_EQ(in(7), 0x50);
  EXPECT_EQ(words[1], 520);
  EXPECT_EQ(words[3], 2);
  EXPECT_EQ(words[6], 63);
  EXPECT_EQ(words[49], 0x0200);
  EXPECT_EQ(words[60] | words[61] << 16, 65536);
  EXPECT_EQ(words[27], 'F' << 8 | 'A');
}

TEST_F(IdeTest, ReadsSectorsByLbaWithAnInterruptForEach) {
  address(0x1234, 2);
  out(7, 0x20);
  EXPECT_EQ(in(7), 0x80);
  settle();
  EXPECT_EQ(interrupts, 1);
  EXPECT_EQ(in(7), 0x58);
  EXPECT_EQ(sector_number(), 0x1234u);
  EXPECT_EQ(in(7), 0x80);  // finding the next
  settle();
  EXPECT_EQ(interrupts, 2);
  EXPECT_EQ(sector_number(), 0x1235u);
  EXPECT_EQ(in(7), 0x50);
  settle();
  EXPECT_EQ(interrupts, 2);  // none at the end of a read
  EXPECT_EQ(in(2), 0);
  EXPECT_EQ(in(3), 0x35);  // the last sector transferred
}

TEST_F(IdeTest, ReadsByCylinderHeadSector) {
  out(2, 2);
  out(3, 63);
  out(4, 5);
  out(5, 0);
  out(6, 0xA1);
  out(7, 0x20);
  settle();
  EXPECT_EQ(sector_number(), (5u * 2 + 1) * 63 + 62);
  settle();
  EXPECT_EQ(sector_number(), 6u * 2 * 63);
  EXPECT_EQ(in(3), 1);
  EXPECT_EQ(in(4), 6);
  EXPECT_EQ(in(6), 0xA0);
}

TEST_F(IdeTest, InitializeParametersChangesTheTranslation) {
  out(2, 17);
  out(6, 0xA3);  // 4 heads
  out(7, 0x91);
  settle();
  EXPECT_EQ(in(7), 0x50);
  const auto words = identify();
  EXPECT_EQ(words[54], 65536 / (4 * 17));
  EXPECT_EQ(words[55], 4);
  EXPECT_EQ(words[56], 17);
  out(2, 1);
  out(3, 1);
  out(4, 1);
  out(5, 0);
  out(6, 0xA0);
  out(7, 0x20);
  settle();
  EXPECT_EQ(sector_number(), 68u);
}

TEST_F(IdeTest, WritesSectors) {
  address(100, 2);
  out(7, 0x30);
  settle();
  EXPECT_EQ(interrupts, 0);  // none before the first block
  EXPECT_EQ(in(7), 0x58);
  for (int i = 0; i < 256; ++i) channel.port_write(0x1F0, 2, 0x1111);
  EXPECT_EQ(in(7), 0x80);
  settle();
  EXPECT_EQ(interrupts, 1);
  EXPECT_EQ(in(7), 0x58);
  for (int i = 0; i < 128; ++i) channel.port_write(0x1F0, 4, 0x22222222);
  settle();
  EXPECT_EQ(interrupts, 2);
  EXPECT_EQ(in(7), 0x50);
  ASSERT_EQ(disk->written.size(), 2u);
  EXPECT_EQ(disk->written[100][511], 0x11);
  EXPECT_EQ(disk->written[101][0], 0x22);
}

TEST_F(IdeTest, MultipleTransfersOneBlockAnInterrupt) {
  out(6, 0xE0);
  out(7, 0xC4);
  settle();
  EXPECT_EQ(in(7), 0x51);  // aborted: no block size yet
  EXPECT_EQ(in(1), 0x04);
  out(2, 5);
  out(7, 0xC6);
  settle();
  EXPECT_EQ(in(7), 0x51);  // no power of two
  out(2, 4);
  out(7, 0xC6);
  settle();
  EXPECT_EQ(in(7), 0x50);
  interrupts = 0;
  address(10, 6);
  out(7, 0xC4);
  settle();
  EXPECT_EQ(in(7), 0x58);
  for (u32 lba = 10; lba < 14; ++lba) EXPECT_EQ(sector_number(), lba);
  settle();
  for (u32 lba = 14; lba < 16; ++lba) EXPECT_EQ(sector_number(), lba);
  EXPECT_EQ(interrupts, 2);
  EXPECT_EQ(in(7), 0x50);
}

TEST_F(IdeTest, BeyondTheEndIsIdNotFound) {
  address(total - 1, 2);
  out(7, 0x20);
  settle();
  EXPECT_EQ(sector_number(), total - 1);
  settle();
  EXPECT_EQ(in(7), 0x51);
  EXPECT_EQ(in(1), 0x10);
  EXPECT_EQ(in(2), 1);  // one sector not transferred
  for (const u8 sector : {0, 64}) {
    out(2, 1);
    out(3, sector);
    out(4, 0);
    out(6, 0xA0);
    out(7, 0x30);
    settle();
    EXPECT_EQ(in(7), 0x51) << int{sector};
    EXPECT_EQ(in(1), 0x10);
  }
}

TEST_F(IdeTest, HostErrorsAreTheDrives) {
  disk->bad = 9;
  address(9, 1);
  out(7, 0x20);
  settle();
  EXPECT_EQ(in(7), 0x51);
  EXPECT_EQ(in(1), 0x40);
  out(7, 0x30);
  settle();
  for (int i = 0; i < 256; ++i) channel.port_write(0x1F0, 2, 0);
  settle();
  EXPECT_EQ(in(7), 0x71);  // write fault
}

using enum DiskFault::Direction;

class FaultyIdeTest : public IdeTest {
 protected:
  void inject(std::vector<DiskFault> faults) {
    channel.attach(0, std::make_unique<FaultyDisk>(std::make_unique<MemoryDisk>(total), faults));
    channel.reset();
  }
};

TEST_F(FaultyIdeTest, AnUncorrectableSectorEndsTheReadAtItsAddress) {
  inject({{Read, 0x102, 1, 0}});
  address(0x100, 4);
  out(7, 0x20);
  for (u32 lba : {0x100u, 0x101u}) {
    settle();
    EXPECT_EQ(in(7), 0x58);
    EXPECT_EQ(sector_number(), lba);
  }
  settle();
  EXPECT_EQ(in(7), 0x51);
  EXPECT_EQ(in(1), 0x40);  // UNC
  EXPECT_EQ(in(3), 0x02);
  EXPECT_EQ(in(4), 0x01);
  EXPECT_EQ(in(2), 2);  // sectors that were not transferred
  EXPECT_EQ(interrupts, 3);
}

TEST_F(FaultyIdeTest, VerifyFindsItToo) {
  inject({{Read, 0x102, 1, 0}});
  address(0x100, 4);
  out(7, 0x40);
  settle();
  EXPECT_EQ(in(7), 0x51);
  EXPECT_EQ(in(1), 0x40);
  EXPECT_EQ(in(3), 0x02);
}

TEST_F(FaultyIdeTest, OnlyTheDirectionAskedForFails) {
  inject({{Write, 7, 2, 0}});
  const auto write = [this](u32 lba) {
    address(lba, 1);
    out(7, 0x30);
    settle();
    for (int i = 0; i < 256; ++i) channel.port_write(0x1F0, 2, 0x1234);
    settle();
    return in(7);
  };
  EXPECT_EQ(write(6), 0x50);
  EXPECT_EQ(write(7), 0x71);
  EXPECT_EQ(in(1), 0x04);
  EXPECT_EQ(write(8), 0x71);
  EXPECT_EQ(write(9), 0x50);
  address(7, 1);
  out(7, 0x20);
  settle();
  EXPECT_EQ(in(7), 0x58);
  EXPECT_EQ(sector_number(), 7u);  // nothing was written
}

TEST_F(FaultyIdeTest, AfterSoManyTimesTheSectorIsGood) {
  inject({{Read, 5, 1, 2}});
  for (const u8 expected : {0x51, 0x51, 0x58, 0x58}) {
    address(5, 1);
    out(7, 0x20);
    settle();
    EXPECT_EQ(in(7), expected);
    if (expected == 0x58) {
      EXPECT_EQ(sector_number(), 5u);
    }
  }
}

TEST_F(IdeTest, ABlockTakesAsLongAsItsSectors) {
  out(2, 16);
  out(6, 0xE0);
  out(7, 0xC6);
  settle();
  address(0, 32);
  out(7, 0xC4);
  pass(1000);
  EXPECT_EQ(alternate(), 0x80);
  pass(1000);  // 300 us to find it, 1600 to read it
  EXPECT_EQ(alternate(), 0x58);
}

TEST_F(IdeTest, UnknownCommandsAbort) {
  out(6, 0xA0);
  for (const u8 command : {0x00, 0x22, 0x8A, 0xC8, 0xF1, 0xFF}) {
    out(7, command);
    settle();
    EXPECT_EQ(in(7), 0x51) << int{command};
    EXPECT_EQ(in(1), 0x04);
  }
}

TEST_F(IdeTest, NonDataCommands) {
  for (const u8 command : {0x10, 0x40, 0x70, 0xE0, 0xE1, 0xE7}) {
    address(0, 1);
    interrupts = 0;
    out(7, command);
    settle();
    EXPECT_EQ(in(7), 0x50) << int{command};
    EXPECT_EQ(interrupts, 1) << int{command};
  }
  out(1, 0x03);
  out(2, 0x08);
  out(7, 0xEF);
  settle();
  EXPECT_EQ(in(7), 0x50);
  out(1, 0x99);
  out(7, 0xEF);
  settle();
  EXPECT_EQ(in(7), 0x51);
}

TEST_F(IdeTest, NienHoldsTheInterruptBack) {
  channel.port_write(0x3F6, 1, 0x02);
  out(6, 0xA0);
  out(7, 0xEC);
  settle();
  EXPECT_FALSE(irq);
  EXPECT_EQ(alternate(), 0x58);
  channel.port_write(0x3F6, 1, 0x00);
  EXPECT_TRUE(irq);  // it was pending
}

TEST_F(IdeTest, SoftResetLeavesTheSignature) {
  address(5, 9);
  out(7, 0x20);
  channel.port_write(0x3F6, 1, 0x04);
  EXPECT_EQ(in(7), 0x80);
  channel.port_write(0x3F6, 1, 0x00);
  EXPECT_EQ(in(7), 0x80);
  settle();
  EXPECT_EQ(in(7), 0x50);
  EXPECT_EQ(in(1), 0x01);
  EXPECT_EQ(in(2), 0x01);
  EXPECT_EQ(in(3), 0x01);
  EXPECT_EQ(in(4), 0x00);
  EXPECT_EQ(in(5), 0x00);
}

TEST_F(IdeTest, DiagnosticsPass) {
  out(7, 0x90);
  settle();
  EXPECT_TRUE(irq);
  EXPECT_EQ(in(7), 0x50);
  EXPECT_EQ(in(1), 0x01);
}

TEST_F(IdeTest, AMissingSlaveIsSilent) {
  out(6, 0xB0);
  EXPECT_EQ(in(7), 0x00);
  out(7, 0xEC);
  settle();
  EXPECT_EQ(in(7), 0x00);
  EXPECT_EQ(interrupts, 0);
  out(6, 0xA0);
  EXPECT_EQ(in(7), 0x50);
}

TEST_F(IdeTest, AChannelWithoutDrivesIsSilent) {
  IdeChannel empty(scheduler, 1000000, 0x170, 0x376, [](bool) { FAIL(); });
  EXPECT_EQ(empty.port_read(0x177, 1), 0x00u);
  empty.port_write(0x177, 1, 0x90);
  settle();
  EXPECT_EQ(empty.port_read(0x177, 1), 0x00u);
}

TEST_F(IdeTest, TheDataPortOutsideATransferIsHarmless) {
  EXPECT_EQ(word(), 0xFFFF);
  channel.port_write(0x1F0, 4, 0x12345678);
  EXPECT_EQ(in(7), 0x50);
}

}  // namespace
}  // namespace faultline
