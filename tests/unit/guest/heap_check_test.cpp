// ntdll's heap looked at on the host: walks, blocks that grow where they are, first fit against a
// search without hints, and heaps that a program has damaged.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "tests/unit/guest/heap_arena.hpp"

namespace {

using rtl::Heap;
using rtl::HeapEntry;
using rtl::HeapItem;
using rtl::u32;
using Kind = HeapItem::Kind;
using Manager = rtl::HeapManager<ArenaPages>;

class HeapCheckTest : public testing::Test {
 protected:
  void SetUp() override { ArenaPages::reset(); }
  Heap* growable() { return Manager::create(Manager::growable, 0x100000, 4096, sizeof(Heap)); }
};

std::vector<HeapItem> walk(Heap* heap) {
  std::vector<HeapItem> items;
  for (HeapItem item; Manager::is_item(heap, item) && Manager::walk(heap, item);) {
    items.push_back(item);
  }
  return items;
}

TEST_F(HeapCheckTest, AWalkMeetsEverythingInOrder) {
  Heap* heap = growable();
  void* first = Manager::allocate(heap, 0, 100);
  void* second = Manager::allocate(heap, 0, 9);
  void* third = Manager::allocate(heap, 0, 50);
  void* large = Manager::allocate(heap, 0, 0x100000);
  Manager::free(heap, second);
  const auto items = walk(heap);
  ASSERT_EQ(items.size(), 7u);
  EXPECT_EQ(items[0].kind, Kind::Segment);
  EXPECT_EQ(items[0].data, heap);
  EXPECT_EQ(items[0].size, 0x100000u);
  EXPECT_EQ(items[0].overhead, sizeof(Heap));
  EXPECT_EQ(items[1].data, first);
  EXPECT_EQ(items[1].size, 100u);
  EXPECT_EQ(items[1].overhead, 12u);
  EXPECT_EQ(items[2].kind, Kind::Free);
  EXPECT_EQ(items[2].data, second);
  EXPECT_EQ(items[2].size, 16u);
  EXPECT_EQ(items[3].data, third);
  EXPECT_EQ(items[4].kind, Kind::Free);
  EXPECT_EQ(items[5].kind, Kind::Uncommitted);
  EXPECT_EQ(items[5].size, 0x100000u - 4096);
  EXPECT_EQ(items[6].data, large);
  EXPECT_EQ(items[6].segment, rtl::heap_max_segments);
}

TEST_F(HeapCheckTest, SegmentsFollowOneAnotherInAWalk) {
  Heap* heap = growable();
  for (int i = 0; i < 40; ++i) ASSERT_NE(Manager::allocate(heap, 0, 60000), nullptr);
  u32 segments = 0, busy = 0;
  for (const HeapItem& item : walk(heap)) {
    segments += item.kind == Kind::Segment ? 1 : 0;
    busy += item.kind == Kind::Busy ? 1 : 0;
  }
  EXPECT_EQ(segments, heap->segment_count);
  EXPECT_EQ(busy, 40u);
}

TEST_F(HeapCheckTest, ABlockGrowsIntoFreeSpaceAndNewPages) {
  Heap* heap = growable();
  void* block = Manager::allocate(heap, 0, 100);
  EXPECT_EQ(Manager::reallocate(heap, Manager::in_place_only, block, 60000), block);
  EXPECT_EQ(Manager::size(block), 60000u);
  EXPECT_EQ(Manager::reallocate(heap, Manager::in_place_only, block, 10), block);
  EXPECT_NE(Manager::allocate(heap, 0, 100), nullptr);
  EXPECT_EQ(Manager::reallocate(heap, Manager::in_place_only, block, 60000), nullptr);
  EXPECT_EQ(Manager::size(block), 10u);
  EXPECT_TRUE(Manager::validate(heap));
}

TEST_F(HeapCheckTest, ALargeBlockShrinksWhereItIsWhenItMust) {
  Heap* heap = growable();
  void* block = Manager::allocate(heap, 0, 0x100000);
  EXPECT_EQ(Manager::reallocate(heap, Manager::in_place_only, block, 100), block);
  EXPECT_EQ(Manager::size(block), 100u);
  EXPECT_TRUE(Manager::validate_block(heap, block));
  EXPECT_NE(Manager::reallocate(heap, 0, block, 200), block);
  EXPECT_TRUE(Manager::validate(heap));
}

/// The free entries of a heap by their address, as a walk sees them.
void* first_fit(Heap* heap, u32 bytes) {
  const u32 needed = bytes <= 8 ? 8 : (bytes + 7) & ~7u;
  for (const HeapItem& item : walk(heap)) {
    if (item.kind == Kind::Free && item.size >= needed) return item.data;
  }
  return nullptr;
}

TEST_F(HeapCheckTest, HintsFindWhatASearchFromTheStartFinds) {
  Heap* heap = growable();
  std::mt19937 random(7);
  std::vector<void*> blocks;
  u32 compared = 0;
  for (int step = 0; step < 6000; ++step) {
    if (blocks.empty() || random() % 9 < 5) {
      const u32 bytes = random() % (random() % 20 == 0 ? 40000 : 300);
      void* expected = first_fit(heap, bytes);
      void* block = Manager::allocate(heap, 0, bytes);
      if (expected != nullptr) {
        ASSERT_EQ(block, expected) << step << ": " << bytes;
        ++compared;
      }
      blocks.push_back(block);
    } else {
      std::swap(blocks[random() % blocks.size()], blocks.back());
      Manager::free(heap, blocks.back());
      blocks.pop_back();
    }
  }
  EXPECT_GT(compared, 2000u);
  EXPECT_TRUE(Manager::validate(heap));
}

TEST_F(HeapCheckTest, AnOverrunIsFoundByValidationAlone) {
  Heap* heap = growable();
  auto* block = static_cast<char*>(Manager::allocate(heap, 0, 16));
  void* next = Manager::allocate(heap, 0, 16);
  EXPECT_TRUE(Manager::validate_block(heap, block));
  std::memset(block, 0x5A, 24);  // over the next entry
  EXPECT_FALSE(Manager::validate(heap));
  EXPECT_FALSE(Manager::validate_block(heap, block));
  EXPECT_FALSE(Manager::owns(heap, next));
  Manager::free(heap, block);
  EXPECT_NE(Manager::allocate(heap, 0, 16), nullptr);
}

TEST_F(HeapCheckTest, WhatIsWrittenToFreedBlocksIsFoundToo) {
  Heap* heap = growable();
  void* block = Manager::allocate(heap, 0, 64);
  Manager::allocate(heap, 0, 64);
  Manager::free(heap, block);
  EXPECT_TRUE(Manager::validate(heap));
  std::memset(block, 0x77, 64);
  EXPECT_FALSE(Manager::validate(heap));
}

TEST_F(HeapCheckTest, ADamagedHeapLeadsNobodyOutOfIt) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    ArenaPages::reset();
    Heap* heap = growable();
    std::vector<void*> blocks;
    for (int i = 0; i < 60; ++i) blocks.push_back(Manager::allocate(heap, 0, random() % 400));
    for (int i = 0; i < 60; i += 2) {
      Manager::free(heap, blocks[static_cast<std::size_t>(i)]);
    }
    ASSERT_TRUE(Manager::validate(heap));
    const rtl::HeapSegment& segment = heap->segments[0];
    const auto bytes = static_cast<u32>(segment.committed_end - segment.first_entry);
    for (int i = 0; i < 40; ++i)
      segment.first_entry[random() % bytes] = static_cast<char>(random());
    Manager::validate(heap);
    Manager::largest_free(heap);
    for (int i = 1; i < 60; i += 2) {
      void* block = blocks[static_cast<std::size_t>(i)];
      if (Manager::owns(heap, block)) Manager::free(heap, block);
    }
    for (int i = 0; i < 60; ++i) Manager::allocate(heap, 0, random() % 400);
  }
}

}  // namespace
