// Pool blocks: splitting, merging, giving pages back, noticing a header that was overwritten.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <stdexcept>
#include <vector>

#include "kernel/mm/pool_blocks.hpp"

namespace {

using arch::u32;
constexpr u32 page_size = 4096;

struct HostPages {
  u32 pages = 0, limit = 1000;
  // Not inlined: the compiler would follow the page's size into code it takes for a fixed split.
  [[gnu::noinline]] void* allocate_page() {
    if (pages == limit) return nullptr;
    ++pages;
    return std::aligned_alloc(page_size, page_size);
  }
  void free_page(void* page) {
    --pages;
    std::free(page);
  }
  [[noreturn]] void corrupt(void*) { throw std::runtime_error("bad pool header"); }
};

using Pool = PoolBlocks<page_size, HostPages>;

TEST(Pool, APageComesBackWhole) {
  Pool pool;
  void* first = pool.allocate(100, 'a');
  void* second = pool.allocate(200, 'b');
  void* third = pool.allocate(300, 'c');
  EXPECT_EQ(pool.pages().pages, 1u);
  pool.free(second);
  pool.free(first);
  EXPECT_EQ(pool.pages().pages, 1u);
  pool.free(third);
  EXPECT_EQ(pool.pages().pages, 0u);
}

TEST(Pool, AFreedBlockIsUsedAgain) {
  Pool pool;
  void* first = pool.allocate(64, 'a');
  void* keep = pool.allocate(64, 'b');
  pool.free(first);
  EXPECT_EQ(pool.allocate(64, 'c'), first);
  pool.free(first);
  pool.free(keep);
}

TEST(Pool, TheLargestBlockFillsItsPage) {
  Pool pool;
  void* all = pool.allocate(Pool::largest, 'a');
  void* more = pool.allocate(1, 'b');
  EXPECT_EQ(pool.pages().pages, 2u);
  pool.free(all);
  pool.free(more);
  EXPECT_EQ(pool.pages().pages, 0u);
}

TEST(Pool, SaysWhenThereAreNoPages) {
  Pool pool;
  pool.pages().limit = 1;
  void* all = pool.allocate(Pool::largest, 'a');
  EXPECT_EQ(pool.allocate(8, 'b'), nullptr);
  pool.free(all);
  void* again = pool.allocate(8, 'b');
  EXPECT_NE(again, nullptr);
  pool.free(again);
}

TEST(Pool, NoticesAnOverwrittenHeader) {
  Pool pool;
  auto* first = static_cast<char*>(pool.allocate(32, 'a'));
  void* second = pool.allocate(32, 'b');
  const Pool::Header header = reinterpret_cast<Pool::Header*>(second)[-1];
  std::memset(first + 32, 0xEE, sizeof(Pool::Header));  // one block written past its end
  EXPECT_THROW(pool.free(first), std::runtime_error);
  std::memcpy(first + 32, &header, sizeof header);
  pool.free(first);
  EXPECT_THROW(pool.free(first), std::runtime_error);  // twice
  pool.free(second);
}

TEST(Pool, BlocksNeverOverlapUnderRandomUse) {
  struct Block {
    unsigned char* body;
    u32 size;
    unsigned char fill;
  };
  Pool pool;
  std::vector<Block> blocks;
  std::mt19937 random(42);
  const auto intact = [](const Block& block) {
    return std::all_of(block.body, block.body + block.size,
                       [&](unsigned char c) { return c == block.fill; });
  };
  for (int step = 0; step < 50000; ++step) {
    if (random() % 2 != 0 || blocks.empty()) {
      const u32 size = 1 + random() % (random() % 8 == 0 ? Pool::largest : 200);
      const auto fill = static_cast<unsigned char>(random());
      auto* body = static_cast<unsigned char*>(pool.allocate(size, 'r'));
      ASSERT_NE(body, nullptr);
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(body) % 8, 0u);
      std::memset(body, fill, size);
      blocks.push_back({body, size, fill});
    } else {
      std::swap(blocks[random() % blocks.size()], blocks.back());
      ASSERT_TRUE(intact(blocks.back()));
      pool.free(blocks.back().body);
      blocks.pop_back();
    }
  }
  for (const Block& block : blocks) {
    ASSERT_TRUE(intact(block));
    pool.free(block.body);
  }
  EXPECT_EQ(pool.pages().pages, 0u);
}

}  // namespace
