// Mapping, and the physical and linear views.
#include <cstring>

#include "tests/unit/api/embedded.hpp"

namespace faultline::test {
namespace {

constexpr uint32_t rom_at = 0xFFFF0000, device_at = 0xC0000000;

TEST_F(Embedded, RefusesWhatCannotBeMapped) {
  EXPECT_EQ(faultline_map_ram(nullptr, 0, 4096), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_map_ram(engine, 0x200000, 0), FAULTLINE_ERROR_ALIGNMENT);
  EXPECT_EQ(faultline_map_ram(engine, 0x200001, 4096), FAULTLINE_ERROR_ALIGNMENT);
  EXPECT_EQ(faultline_map_ram(engine, 0x200000, 4095), FAULTLINE_ERROR_ALIGNMENT);
  EXPECT_EQ(faultline_map_ram(engine, 0xFFFFF000, 0x2000), FAULTLINE_ERROR_ALIGNMENT);
  EXPECT_EQ(faultline_map_ram(engine, ram_size - 4096, 8192), FAULTLINE_ERROR_OVERLAP);
  EXPECT_EQ(faultline_map_rom(engine, 0x200000, 4096, nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_map_host(engine, 0x200000, 4096, nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_unmap(engine, 0x1000), FAULTLINE_ERROR_UNMAPPED);
  EXPECT_EQ(faultline_unmap(nullptr, 0), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_map_device(nullptr, device_at, 4096, nullptr, nullptr, nullptr),
            FAULTLINE_ERROR_ARGUMENT);
}

TEST_F(Embedded, OverlapIsSeenFromBothSides) {
  ASSERT_EQ(faultline_map_ram(engine, 0x300000, 0x2000), FAULTLINE_OK);
  EXPECT_EQ(faultline_map_ram(engine, 0x2FF000, 0x4000), FAULTLINE_ERROR_OVERLAP);
  EXPECT_EQ(faultline_map_ram(engine, 0x301000, 0x1000), FAULTLINE_ERROR_OVERLAP);
  EXPECT_EQ(faultline_map_ram(engine, 0x2FF000, 0x1000), FAULTLINE_OK);
  EXPECT_EQ(faultline_map_ram(engine, 0x302000, 0x1000), FAULTLINE_OK);
}

TEST_F(Embedded, RamReachesTheTopOfTheSpace) {
  ASSERT_EQ(faultline_map_ram(engine, 0xFFFFF000, 0x1000), FAULTLINE_OK);
  set_dword(0xFFFFFFFC, 0x12345678);
  EXPECT_EQ(dword(0xFFFFFFFC), 0x12345678u);
  uint32_t value = 0;
  EXPECT_EQ(faultline_read_physical(engine, 0xFFFFFFFE, &value, 4), FAULTLINE_ERROR_UNMAPPED);
}

TEST_F(Embedded, ReadsAndWritesAllOrNothing) {
  uint32_t value = 7;
  EXPECT_EQ(faultline_write_physical(engine, ram_size - 2, &value, 4), FAULTLINE_ERROR_UNMAPPED);
  EXPECT_EQ(faultline_read_physical(engine, ram_size - 2, &value, 2), FAULTLINE_OK);
  EXPECT_EQ(value & 0xFFFF, 0u);
  EXPECT_EQ(faultline_read_physical(engine, 0, nullptr, 4), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_write_physical(engine, 0, nullptr, 4), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_physical(nullptr, 0, &value, 4), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_write_physical(nullptr, 0, &value, 4), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_physical(engine, 0, nullptr, 0), FAULTLINE_OK);
  EXPECT_EQ(faultline_read_physical(engine, 0, &value, SIZE_MAX), FAULTLINE_ERROR_UNMAPPED);
}

TEST_F(Embedded, ARangeMayCrossMappings) {
  ASSERT_EQ(faultline_map_ram(engine, ram_size, 4096), FAULTLINE_OK);
  set_dword(ram_size - 2, 0xA1B2C3D4);
  EXPECT_EQ(dword(ram_size - 2), 0xA1B2C3D4u);
}

TEST_F(Embedded, ARomKeepsItsBytes) {
  std::vector<uint8_t> image(0x10000, 0x90);
  image[0xFFF0] = 0xF4;
  ASSERT_EQ(faultline_map_rom(engine, rom_at, 0x10000, image.data()), FAULTLINE_OK);
  image[0xFFF0] = 0;  // a copy was taken
  const uint32_t value = 0;
  EXPECT_EQ(faultline_write_physical(engine, rom_at, &value, 4), FAULTLINE_ERROR_READ_ONLY);
  place({0xC7, 0x05, 0x00, 0x00, 0xFF, 0xFF, 1, 2, 3, 4, 0xF4});  // mov dword [FFFF0000h], ...
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(dword(rom_at), 0x90909090u);
  EXPECT_EQ(faultline_reset(engine), FAULTLINE_OK);
  EXPECT_EQ(faultline_step(engine), FAULTLINE_OK);  // the HLT at FFFFFFF0h
  EXPECT_EQ(get(FAULTLINE_EIP), 0xFFF1u);
}

TEST_F(Embedded, HostMemoryIsTheCallers) {
  alignas(8) static uint8_t bytes[4096];
  bytes[0] = 0x5A;
  ASSERT_EQ(faultline_map_host(engine, 0x400000, sizeof bytes, bytes), FAULTLINE_OK);
  place({0xFE, 0x05, 0x00, 0x00, 0x40, 0x00, 0xF4});  // inc byte [400000h]; hlt
  run();
  EXPECT_EQ(bytes[0], 0x5B);
}

struct Seen {
  uint32_t offset = 0, size = 0, value = 0;
  unsigned calls = 0;
};
uint32_t answer(faultline_engine*, uint32_t offset, uint32_t size, void* user) {
  *static_cast<Seen*>(user) = {offset, size, 0, static_cast<Seen*>(user)->calls + 1};
  return 0xCAFEBABE;
}
void take(faultline_engine*, uint32_t offset, uint32_t size, uint32_t value, void* user) {
  *static_cast<Seen*>(user) = {offset, size, value, static_cast<Seen*>(user)->calls + 1};
}

TEST_F(Embedded, ADeviceAnswersTheGuestAlone) {
  Seen seen;
  ASSERT_EQ(faultline_map_device(engine, device_at, 4096, answer, take, &seen), FAULTLINE_OK);
  place({0x66, 0xA1, 0x10, 0x00, 0x00, 0xC0, 0xF4});  // mov ax, [C0000010h]; hlt
  run();
  EXPECT_EQ(get(FAULTLINE_EAX), 0xBABEu);
  EXPECT_EQ(seen.offset, 0x10u);
  EXPECT_EQ(seen.size, 2u);
  place({0xC6, 0x05, 0x20, 0x00, 0x00, 0xC0, 0x77, 0xF4});  // mov byte [C0000020h], 77h; hlt
  run();
  EXPECT_EQ(seen.offset, 0x20u);
  EXPECT_EQ(seen.value, 0x77u);
  const unsigned calls = seen.calls;
  uint32_t value = 0;
  EXPECT_EQ(faultline_read_physical(engine, device_at, &value, 4), FAULTLINE_ERROR_UNMAPPED);
  EXPECT_EQ(seen.calls, calls);
}

TEST_F(Embedded, ADeviceWithoutCallbacksIsAllOnes) {
  ASSERT_EQ(faultline_map_device(engine, device_at, 4096, nullptr, nullptr, nullptr), FAULTLINE_OK);
  place({0xA3, 0, 0, 0, 0xC0, 0xA1, 0, 0, 0, 0xC0, 0xF4});  // mov [..], eax; mov eax, [..]; hlt
  run();
  EXPECT_EQ(get(FAULTLINE_EAX), UINT32_MAX);
}

TEST_F(Embedded, WhatIsUnmappedIsGoneWithItsCode) {
  ASSERT_EQ(faultline_map_ram(engine, 0x200000, 0x1000), FAULTLINE_OK);
  place({0x40, 0xF4}, 0x200000);
  EXPECT_EQ(faultline_start(engine, 0x200000, FAULTLINE_NOWHERE, 100, 0), FAULTLINE_OK);
  EXPECT_EQ(get(FAULTLINE_EAX), 1u);
  ASSERT_EQ(faultline_unmap(engine, 0x200000), FAULTLINE_OK);
  uint32_t value = 0;
  EXPECT_EQ(faultline_read_physical(engine, 0x200000, &value, 4), FAULTLINE_ERROR_UNMAPPED);
  ASSERT_EQ(faultline_map_ram(engine, 0x200000, 0x1000), FAULTLINE_OK);
  place({0x48, 0xF4}, 0x200000);
  EXPECT_EQ(faultline_start(engine, 0x200000, FAULTLINE_NOWHERE, 100, 0), FAULTLINE_OK);
  EXPECT_EQ(get(FAULTLINE_EAX), 0u);
}

TEST_F(Embedded, DecodedCodeFollowsWritesFromOutside) {
  place({0x40, 0xF4});
  run();
  EXPECT_EQ(get(FAULTLINE_EAX), 1u);
  place({0x48, 0xF4});
  run();
  EXPECT_EQ(get(FAULTLINE_EAX), 0u);
}

}  // namespace
}  // namespace faultline::test
