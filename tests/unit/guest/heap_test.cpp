// ntdll's heap on the host: NT's spacing, first fit, coalescing, growth, and a long random storm
// checked by the heap's own validation after every step.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "tests/unit/guest/heap_arena.hpp"

namespace {

using rtl::Heap;
using rtl::HeapEntry;
using rtl::u32;

using Manager = rtl::HeapManager<ArenaPages>;

class HeapTest : public testing::Test {
 protected:
  void SetUp() override { ArenaPages::reset(); }
  Heap* growable() { return Manager::create(Manager::growable, 0x100000, 4096, sizeof(Heap)); }
};

long distance(void* a, void* b) { return static_cast<char*>(b) - static_cast<char*>(a); }

TEST_F(HeapTest, BlocksLieAsFarApartAsOnNt) {
  Heap* heap = growable();
  const struct {
    u32 size;
    long spacing;
  } rows[] = {{1, 16}, {8, 16}, {9, 24}, {16, 24}, {17, 32}, {24, 32}};
  for (const auto& row : rows) {
    void* first = Manager::allocate(heap, 0, row.size);
    void* second = Manager::allocate(heap, 0, row.size);
    EXPECT_EQ(distance(first, second), row.spacing) << row.size;
    EXPECT_EQ(Manager::size(first), row.size);
  }
  EXPECT_TRUE(Manager::validate(heap));
}

TEST_F(HeapTest, TheFirstHoleThatFitsIsTaken) {
  Heap* heap = growable();
  void* blocks[6];
  for (void*& block : blocks) block = Manager::allocate(heap, 0, 100);
  Manager::free(heap, blocks[3]);
  Manager::free(heap, blocks[1]);
  EXPECT_EQ(Manager::allocate(heap, 0, 100), blocks[1]);
  EXPECT_EQ(Manager::allocate(heap, 0, 50), blocks[3]);
}

TEST_F(HeapTest, NeighboursJoinInEveryOrder) {
  for (const auto& order : {std::vector<int>{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}}) {
    ArenaPages::reset();
    Heap* heap = growable();
    void* blocks[3];
    for (void*& block : blocks) block = Manager::allocate(heap, 0, 1000);
    void* fence = Manager::allocate(heap, 0, 1000);
    for (int which : order) {
      Manager::free(heap, blocks[which]);
      EXPECT_TRUE(Manager::validate(heap));
    }
    EXPECT_EQ(Manager::allocate(heap, 0, 3 * 1008 - 8), blocks[0]);
    EXPECT_NE(fence, nullptr);
  }
}

TEST_F(HeapTest, PagesAreCommittedOnlyAsTheyAreNeeded) {
  Heap* heap = growable();
  EXPECT_EQ(ArenaPages::committed, 4096u);
  Manager::allocate(heap, 0, 10000);
  EXPECT_LE(ArenaPages::committed, 4u * 4096);
  EXPECT_EQ(heap->segment_count, 1u);
}

TEST_F(HeapTest, AFullSegmentIsFollowedByAnotherMegabyte) {
  Heap* heap = growable();
  for (int i = 0; i < 40; ++i) ASSERT_NE(Manager::allocate(heap, 0, 60000), nullptr);
  EXPECT_GE(heap->segment_count, 3u);
  EXPECT_TRUE(Manager::validate(heap));
}

TEST_F(HeapTest, AFixedHeapRunsOutAndRecovers) {
  Heap* heap = Manager::create(0, 0x20000, 4096, sizeof(Heap));
  std::vector<void*> blocks;
  while (void* block = Manager::allocate(heap, 0, 4000)) blocks.push_back(block);
  EXPECT_GE(blocks.size(), 31u);
  EXPECT_LE(ArenaPages::committed, 0x20000u);
  EXPECT_EQ(Manager::allocate(heap, 0, 0x80000), nullptr);
  for (void* block : blocks) Manager::free(heap, block);
  EXPECT_TRUE(Manager::validate(heap));
  EXPECT_NE(Manager::allocate(heap, 0, 0x1E000), nullptr);
}

TEST_F(HeapTest, LargeBlocksHavePagesOfTheirOwn) {
  Heap* heap = growable();
  auto* block = static_cast<char*>(Manager::allocate(heap, Manager::zero_memory, 0x180000));
  ASSERT_NE(block, nullptr);
  EXPECT_TRUE(Manager::owns(heap, block));
  EXPECT_EQ(Manager::size(block), 0x180000u);
  std::memset(block, 7, 0x180000);
  block = static_cast<char*>(Manager::reallocate(heap, Manager::zero_memory, block, 0x300000));
  EXPECT_EQ(block[0x17FFFF], 7);
  EXPECT_EQ(block[0x180000], 0);
  const auto reservations = ArenaPages::reservations.size();
  Manager::free(heap, block);
  EXPECT_EQ(ArenaPages::reservations.size(), reservations - 1);
}

TEST_F(HeapTest, DestructionGivesEverythingBack) {
  Heap* heap = growable();
  for (int i = 0; i < 100; ++i) Manager::allocate(heap, 0, 30000);
  Manager::allocate(heap, 0, 0x100000);
  Manager::destroy(heap);
  EXPECT_TRUE(ArenaPages::reservations.empty());
}

TEST_F(HeapTest, AFailedCommitLeavesTheHeapWhole) {
  Heap* heap = growable();
  ArenaPages::commit_limit = 0x10000;
  while (Manager::allocate(heap, 0, 5000) != nullptr) {
  }
  EXPECT_TRUE(Manager::validate(heap));
  EXPECT_EQ(Manager::allocate(heap, 0, 0xFFFFFFFF), nullptr);
  EXPECT_NE(Manager::allocate(heap, 0, 16), nullptr);
}

TEST_F(HeapTest, ForeignPointersAreNotOwned) {
  Heap* heap = growable();
  const void* volatile foreign = &heap;  // volatile: the compiler must not see whose it is
  auto* block = static_cast<char*>(Manager::allocate(heap, 0, 64));
  EXPECT_TRUE(Manager::owns(heap, block));
  EXPECT_FALSE(Manager::owns(heap, block + 4));
  EXPECT_FALSE(Manager::owns(heap, foreign));
  Manager::free(heap, block);
  EXPECT_FALSE(Manager::owns(heap, block));
}

TEST_F(HeapTest, SurvivesARandomStorm) {
  Heap* heap = growable();
  std::mt19937 random(1);
  std::vector<std::pair<unsigned char*, u32>> blocks;
  for (int step = 0; step < 20000; ++step) {
    const u32 size = random() % (step % 50 == 0 ? 700000 : 600);
    if (blocks.empty() || random() % 5 < 2) {
      auto* block = static_cast<unsigned char*>(Manager::allocate(heap, 0, size));
      ASSERT_NE(block, nullptr);
      std::memset(block, static_cast<int>(size), size);
      blocks.emplace_back(block, size);
    } else {
      const std::size_t index = random() % blocks.size();
      auto& [block, old_size] = blocks[index];
      ASSERT_TRUE(Manager::owns(heap, block));
      ASSERT_EQ(Manager::size(block), old_size);
      for (u32 i = 0; i < old_size; i += 97) ASSERT_EQ(block[i], old_size & 0xFF);
      if (random() % 3 == 0) {
        block = static_cast<unsigned char*>(Manager::reallocate(heap, 0, block, size));
        for (u32 i = 0; i < std::min(size, old_size); i += 97) {
          ASSERT_EQ(block[i], old_size & 0xFF);
        }
        std::memset(block, static_cast<int>(size), size);
        old_size = size;
      } else {
        Manager::free(heap, block);
        std::swap(blocks[index], blocks.back());
        blocks.pop_back();
      }
    }
    if (step % 16 == 0) {
      ASSERT_TRUE(Manager::validate(heap)) << step;
    }
  }
  for (auto& [block, size] : blocks) Manager::free(heap, block);
  EXPECT_TRUE(Manager::validate(heap));
}

}  // namespace
