// The cache of predecoded blocks: found, dropped by stores, bounded.
#include <gtest/gtest.h>

#include "cpu/interpreter/block.hpp"

namespace faultline {
namespace {

const Block* insert(BlockCache& cache, u32 start, u32 bytes) {
  const Instruction instructions[2] = {};
  return cache.insert({start}, bytes, {}, instructions, nullptr);
}

TEST(BlockCache, AStoreDropsTheBlocksItTouchesAndNoOther) {
  PhysicalMemory memory(1u << 20);
  BlockCache cache(memory);
  insert(cache, 0x1000, 4);
  const Block* second = insert(cache, 0x1004, 4);
  EXPECT_TRUE(cache.invalidate({0x1003}, 1));
  EXPECT_EQ(cache.find({0x1000}, {}), nullptr);
  EXPECT_EQ(cache.find({0x1004}, {}), second);
  EXPECT_FALSE(cache.invalidate({0x1008}, 4));
}

TEST(BlockCache, IsFullBeforeAGuestCanFillTheHost) {
  PhysicalMemory memory(1u << 20);
  BlockCache cache(memory);
  u32 start = 0;
  while (!cache.full() && start < 0xA0000) insert(cache, start++, 1);
  EXPECT_TRUE(cache.full());
  EXPECT_LE(start, 70'000u);
  cache.clear();
  EXPECT_FALSE(cache.full());
  EXPECT_EQ(cache.find({start - 1}, {}), nullptr);
}

}  // namespace
}  // namespace faultline
