// Physical memory: RAM and its hole, ROM, devices, A20, straddles, code watch.
#include "mmu/physical_memory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace faultline {
namespace {

constexpr u32 megabyte = 1u << 20;

struct RecordingDevice : MmioDevice {
  struct Access {
    char kind;
    u32 offset;
    unsigned bytes;
    u32 value;
    bool operator==(const Access&) const = default;
  };
  std::vector<Access> log;
  u32 mmio_read(u32 offset, unsigned bytes) override {
    log.push_back({'r', offset, bytes, 0});
    return 0xA1B2C3D4;
  }
  void mmio_write(u32 offset, unsigned bytes, u32 value) override {
    log.push_back({'w', offset, bytes, value});
  }
};

struct RecordingListener : CodeListener, MapListener {
  PhysicalMemory* memory = nullptr;
  std::vector<std::pair<u32, unsigned>> writes;
  std::vector<u8> first_byte_seen;
  unsigned map_changes = 0;
  void on_code_write(PhysicalAddress address, unsigned bytes) override {
    writes.push_back({address.value, bytes});
    first_byte_seen.push_back(memory->read<u8>(address));
  }
  void on_map_change() override { ++map_changes; }
};

TEST(PhysicalMemory, RamIsZeroAndLittleEndianAtAnyAlignment) {
  PhysicalMemory memory(megabyte * 2);
  EXPECT_EQ(memory.read<u32>({0x1234}), 0u);
  memory.write<u32>({0x1235}, 0x11223344);
  EXPECT_EQ(memory.read<u8>({0x1235}), 0x44);
  EXPECT_EQ(memory.read<u16>({0x1237}), 0x1122);
  EXPECT_EQ(memory.read<u32>({0x1234}), 0x22334400u);
}

TEST(PhysicalMemory, AddressesAreThoseOfTheLinesThereAre) {
  PhysicalMemory memory(16 * megabyte, 24);
  memory.write<u8>({0xFF123456}, 0x5A);
  EXPECT_EQ(memory.read<u8>({0x00123456}), 0x5A);
  EXPECT_EQ(memory.bus_address({0xFFFFFFF0}), PhysicalAddress{0x00FFFFF0});
  EXPECT_TRUE(memory.a20());
  memory.set_a20(false);
  EXPECT_FALSE(memory.a20());
  EXPECT_EQ(memory.bus_address({0xFFFFFFF0}), PhysicalAddress{0x00EFFFF0});
  memory.set_a20(true);
  EXPECT_EQ(memory.bus_address({0xFFFFFFF0}), PhysicalAddress{0x00FFFFF0});
}

TEST(PhysicalMemory, SizesOutsideTheBoardsRangeAreRefused) {
  for (const u32 bytes : {0u, megabyte - 1, megabyte + 4096, 257 * megabyte, ~0u}) {
    EXPECT_THROW(PhysicalMemory{bytes}, std::invalid_argument) << bytes;
  }
  EXPECT_EQ(PhysicalMemory(256 * megabyte).ram_size(), 256 * megabyte);
}

TEST(PhysicalMemory, NothingAnswersInTheHoleNorAboveRam) {
  PhysicalMemory memory(megabyte * 2);
  for (const u32 at : {0xA0000u, 0xFFFFFu - 3, 0x200000u, 0xFEE00000u, 0xFFFFFFF0u}) {
    EXPECT_EQ(memory.read<u32>({at}), 0xFFFFFFFFu) << at;
    memory.write<u32>({at}, 0x12345678);
    EXPECT_EQ(memory.read<u32>({at}), 0xFFFFFFFFu) << at;
    EXPECT_EQ(memory.read<u8>({at}), 0xFF) << at;
    EXPECT_EQ(memory.host_page_for_read({at}), nullptr);
    EXPECT_EQ(memory.host_page_for_write({at}), nullptr);
  }
  memory.write<u8>({0x9FFFF}, 1);
  memory.write<u8>({0x100000}, 2);
  EXPECT_EQ(memory.read<u16>({0x9FFFF}), 0xFF01);
  EXPECT_EQ(memory.read<u16>({0xFFFFF}), 0x02FF);
}

TEST(PhysicalMemory, StraddlesGranulesAndTheEndOfTheSpace) {
  PhysicalMemory memory(megabyte);
  memory.write<u32>({0x1FFE}, 0xAABBCCDD);
  EXPECT_EQ(memory.read<u16>({0x1FFE}), 0xCCDD);
  EXPECT_EQ(memory.read<u16>({0x2000}), 0xAABB);
  EXPECT_EQ(memory.read<u32>({0x1FFE}), 0xAABBCCDDu);
  memory.write<u32>({0xFFFFFFFE}, 0x99887766);  // wraps to address 0
  EXPECT_EQ(memory.read<u16>({0}), 0x9988);
  EXPECT_EQ(memory.read<u32>({0xFFFFFFFE}), 0x9988FFFFu);
}

TEST(PhysicalMemory, RomReadsAndIgnoresWrites) {
  PhysicalMemory memory(megabyte);
  std::vector<u8> image(0x10000);
  image[0] = 0x55, image[0xFFF0] = 0xEA;
  memory.map_rom({0xF0000}, image);
  memory.map_rom({0xFFFF0000}, image);
  image[0] = 0;  // a copy was mapped
  EXPECT_EQ(memory.read<u8>({0xF0000}), 0x55);
  EXPECT_EQ(memory.read<u8>({0xFFFFFFF0}), 0xEA);
  memory.write<u32>({0xF0000}, 0);
  EXPECT_EQ(memory.read<u8>({0xF0000}), 0x55);
  EXPECT_NE(memory.host_page_for_read({0xFFFFFFF0}), nullptr);
  EXPECT_EQ(memory.host_page_for_write({0xFFFFFFF0}), nullptr);
  const std::array<u8, 1> byte{9};
  memory.write_bytes({0xF0000}, byte);
  EXPECT_EQ(memory.read<u8>({0xF0000}), 0x55);
}

TEST(PhysicalMemory, MappingsMustFillGranulesBelow4G) {
  PhysicalMemory memory(megabyte);
  RecordingDevice device;
  const std::vector<u8> odd(100), page(4096), two_pages(8192);
  EXPECT_THROW(memory.map_rom({0xF0000}, odd), std::invalid_argument);
  EXPECT_THROW(memory.map_rom({0xF0010}, page), std::invalid_argument);
  EXPECT_THROW(memory.map_rom({0xFFFFF000}, two_pages), std::invalid_argument);
  EXPECT_NO_THROW(memory.map_rom({0xFFFFF000}, page));
  EXPECT_THROW(memory.map_device({0xB8000}, 0, device), std::invalid_argument);
  EXPECT_THROW(memory.map_device({0xB8000}, 100, device), std::invalid_argument);
}

TEST(PhysicalMemory, DeviceSeesOffsetWidthAndValue) {
  PhysicalMemory memory(megabyte);
  RecordingDevice device;
  memory.map_device({0xB8000}, 0x8000, device);
  EXPECT_EQ(memory.read<u8>({0xB8001}), 0xD4);
  EXPECT_EQ(memory.read<u16>({0xB8002}), 0xC3D4);
  memory.write<u16>({0xBFFFE}, 0x0741);
  memory.write<u32>({0xB8000}, 0x07410742);
  const std::vector<RecordingDevice::Access> expected{
      {'r', 1, 1, 0}, {'r', 2, 2, 0}, {'w', 0x7FFE, 2, 0x0741}, {'w', 0, 4, 0x07410742}};
  EXPECT_EQ(device.log, expected);
}

TEST(PhysicalMemory, DeviceStraddlesAreBytes) {
  PhysicalMemory memory(megabyte);
  RecordingDevice device;
  memory.map_device({0xA0000}, 0x1000, device);
  memory.write<u32>({0x9FFFE}, 0x44332211);
  EXPECT_EQ(memory.read<u16>({0x9FFFE}), 0x2211);
  const std::vector<RecordingDevice::Access> expected{{'w', 0, 1, 0x33}, {'w', 1, 1, 0x44}};
  EXPECT_EQ(device.log, expected);
}

TEST(PhysicalMemory, DebuggersDisturbNoDevice) {
  PhysicalMemory memory(megabyte);
  RecordingDevice device;
  memory.map_device({0xA0000}, 0x1000, device);
  std::array<u8, 4> bytes{1, 2, 3, 4};
  memory.write_bytes({0x9FFFE}, bytes);
  memory.read_bytes({0x9FFFE}, bytes);
  EXPECT_EQ(bytes, (std::array<u8, 4>{1, 2, 0xFF, 0xFF}));
  EXPECT_TRUE(device.log.empty());
}

TEST(PhysicalMemory, TheLaterMappingHidesTheEarlier) {
  PhysicalMemory memory(megabyte);
  RecordingDevice first, second;
  memory.map_device({0xC0000}, 0x4000, first);
  memory.map_device({0xC1000}, 0x1000, second);
  memory.read<u8>({0xC0FFF});
  memory.read<u8>({0xC1000});
  memory.read<u8>({0xC2000});
  EXPECT_EQ(first.log,
            (std::vector<RecordingDevice::Access>{{'r', 0xFFF, 1, 0}, {'r', 0x2000, 1, 0}}));
  EXPECT_EQ(second.log, (std::vector<RecordingDevice::Access>{{'r', 0, 1, 0}}));
}

TEST(PhysicalMemory, ClosedA20FoldsOddMegabytes) {
  PhysicalMemory memory(megabyte * 4);
  memory.write<u8>({0x000010}, 0x11);
  memory.write<u8>({0x100010}, 0x22);
  memory.write<u8>({0x300010}, 0x33);
  memory.write<u8>({0x200010}, 0x44);
  memory.set_a20(false);
  EXPECT_FALSE(memory.a20());
  EXPECT_EQ(memory.read<u8>({0x100010}), 0x11);
  EXPECT_EQ(memory.read<u8>({0x300010}), 0x44);
  memory.write<u8>({0x100020}, 0x55);
  EXPECT_EQ(memory.host_page_for_read({0x100000}), memory.host_page_for_read({0}));
  memory.set_a20(true);
  EXPECT_EQ(memory.read<u8>({0x20}), 0x55);
  EXPECT_EQ(memory.read<u8>({0x100010}), 0x22);
}

TEST(PhysicalMemory, ClosedA20FoldsTheSecondHalfOfAStraddle) {
  PhysicalMemory memory(megabyte * 2);
  memory.write<u8>({0x00000}, 0x77);
  memory.write<u8>({0x100000}, 0x88);
  EXPECT_EQ(memory.read<u16>({0xFFFFF}), 0x88FF);
  memory.set_a20(false);
  EXPECT_EQ(memory.read<u16>({0xFFFFF}), 0x77FF);
}

class CodeWatch : public testing::Test {
 protected:
  CodeWatch() {
    listener.memory = &memory;
    memory.add_listener(static_cast<CodeListener&>(listener));
    memory.add_listener(static_cast<MapListener&>(listener));
  }
  PhysicalMemory memory{megabyte};
  RecordingListener listener;
};

TEST_F(CodeWatch, TellsAfterTheStoreAndStaysWatched) {
  memory.watch_code(3);
  EXPECT_EQ(listener.map_changes, 1u);
  EXPECT_TRUE(memory.code_watched(3));
  EXPECT_EQ(memory.host_page_for_write({0x3000}), nullptr);
  EXPECT_NE(memory.host_page_for_read({0x3000}), nullptr);
  memory.write<u32>({0x3010}, 0xCAFE0042);
  memory.write<u8>({0x3FFF}, 0x43);
  memory.write<u8>({0x4000}, 1);
  EXPECT_EQ(listener.writes, (std::vector<std::pair<u32, unsigned>>{{0x3010, 4}, {0x3FFF, 1}}));
  EXPECT_EQ(listener.first_byte_seen, (std::vector<u8>{0x42, 0x43}));
  EXPECT_EQ(memory.read<u32>({0x3010}), 0xCAFE0042u);
}

TEST_F(CodeWatch, SeesItsPartOfAStraddle) {
  memory.watch_code(3);
  memory.write<u32>({0x2FFE}, 0x44332211);
  EXPECT_EQ(listener.writes, (std::vector<std::pair<u32, unsigned>>{{0x3000, 1}, {0x3001, 1}}));
  EXPECT_EQ(memory.read<u32>({0x2FFE}), 0x44332211u);
}

TEST_F(CodeWatch, EndsWithUnwatch) {
  memory.watch_code(3);
  memory.watch_code(3);
  memory.unwatch_code(3);
  memory.unwatch_code(3);
  EXPECT_EQ(listener.map_changes, 2u);
  EXPECT_NE(memory.host_page_for_write({0x3000}), nullptr);
  memory.write<u8>({0x3000}, 1);
  EXPECT_TRUE(listener.writes.empty());
}

TEST_F(CodeWatch, LoadersAreSeenAndAnAliasThroughA20Too) {
  memory.watch_code(3);
  const std::array<u8, 2> bytes{7, 8};
  memory.write_bytes({0x3000}, bytes);
  EXPECT_EQ(listener.writes.size(), 2u);
  memory.set_a20(false);
  memory.write<u8>({0x103004}, 1);
  EXPECT_EQ(listener.writes.back(), (std::pair<u32, unsigned>{0x3004, 1}));
  EXPECT_EQ(memory.granule_of({0x103004}), 3u);
}

TEST_F(CodeWatch, HasNothingToWatchOutsideRam) {
  memory.watch_code(0xA0);
  memory.watch_code(0xFFFFF);
  EXPECT_FALSE(memory.code_watched(0xA0));
  EXPECT_FALSE(memory.code_watched(0xFFFFF));
  EXPECT_EQ(listener.map_changes, 0u);
}

TEST_F(CodeWatch, EndsWhereAMappingCoversIt) {
  memory.watch_code(0x10);
  const std::vector<u8> image(4096, 0x90);
  memory.map_rom({0x10000}, image);
  EXPECT_FALSE(memory.code_watched(0x10));
  memory.write<u8>({0x10000}, 1);
  EXPECT_EQ(memory.read<u8>({0x10000}), 0x90);
  EXPECT_TRUE(listener.writes.empty());
}

TEST_F(CodeWatch, RemovedListenersHearNothing) {
  memory.watch_code(3);
  memory.remove_listener(static_cast<CodeListener&>(listener));
  memory.remove_listener(static_cast<MapListener&>(listener));
  memory.write<u8>({0x3000}, 1);
  memory.unwatch_code(3);
  EXPECT_TRUE(listener.writes.empty());
  EXPECT_EQ(listener.map_changes, 1u);
}

}  // namespace
}  // namespace faultline
