// The heat map's counts, its text and its picture.
#include "debugger/trace/heat_map.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "arch/registers.hpp"
#include "debugger/trace/heat_picture.hpp"

namespace faultline {
namespace {

struct HeatMapTest : testing::Test {
  HeatMapTest() {
    registers.cr0 = arch::cr0::PE | arch::cr0::PG;
    registers.cr3 = 0x19000;
  }
  State state{};
  PagingRegisters registers{};
  HeatMap map{state, registers};
};

TEST_F(HeatMapTest, CountsByDirectoryAndPage) {
  map.fetch({0x00401000}, 3);
  map.fetch({0x00401003}, 3);
  map.data(AccessKind::Read, {0x80000010}, 4, 0);
  map.data(AccessKind::Write, {0x80000014}, 4, 0);
  registers.cr3 = 0x20000;
  map.data(AccessKind::Write, {0x80000014}, 4, 0);
  registers.cr0 = arch::cr0::PE;
  map.fetch({0x00401000}, 3);  // paging is off
  ASSERT_EQ(map.spaces().size(), 2u);
  AddressSpaceHeat first = map.spaces().at(0x19000);
  EXPECT_EQ(first.at(0x00401FFF).fetches, 2u);
  EXPECT_EQ(first.at(0x80000000).reads, 1u);
  EXPECT_EQ(first.at(0x80000000).writes, 1u);
  AddressSpaceHeat second = map.spaces().at(0x20000);
  EXPECT_EQ(second.at(0x80000000).total(), 1u);
  EXPECT_EQ(second.at(0x00401000).total(), 0u);
}

/// Rows of 64; a character for each power of four; rows of nothing are left out.
TEST_F(HeatMapTest, TextShowsPowersOfFour) {
  AddressSpaceHeat heat;
  using Geometry = AddressSpaceHeat::Geometry;
  heat.at(0).reads = 1;
  heat.at(Geometry::page_size).reads = 4;
  heat.at(2 * Geometry::page_size).reads = 15;
  heat.at(3 * Geometry::page_size).reads = 1u << 30;
  const std::string text = to_text(heat, 0);
  EXPECT_EQ(text, "00000000 |.::@" + std::string(60, ' ') + "|\n");
  EXPECT_EQ(to_text(heat), "00000000 |@" + std::string(63, ' ') + "|\n");
  EXPECT_EQ(to_text(heat, 1), "");
}

TEST_F(HeatMapTest, JsonTellsWhatWasTouched) {
  AddressSpaceHeat heat;
  heat.at(0x00400000).writes = 7;
  const auto json = nlohmann::json::parse(to_json(heat));
  ASSERT_EQ(json["tables"].size(), 1u);
  EXPECT_EQ(json["tables"][0]["writes"], 7);
  ASSERT_EQ(json["tables"][0]["pages"].size(), 1u);
  EXPECT_EQ(json["tables"][0]["pages"][0]["address"], "0x00400000");
}

unsigned pixels(const Image& image, u32 colour) {
  return static_cast<unsigned>(std::count(image.pixels.begin(), image.pixels.end(), colour));
}

/// One page written once: its cell, its page table's cell, and nothing else in that red.
TEST_F(HeatMapTest, PictureHasACellForEach) {
  AddressSpaceHeat heat;
  heat.at(0x00400000).writes = 1;
  const Image image = draw_heat(heat, "title");
  constexpr u32 once = (70 + 185 / 20) << 16;
  EXPECT_EQ(pixels(image, once), 13u * 13 + 5 * 5);
  EXPECT_EQ(pixels(draw_heat(AddressSpaceHeat(), ""), once), 0u);
}

}  // namespace
}  // namespace faultline
