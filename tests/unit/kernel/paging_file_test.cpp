// Space in a paging file, and the clusters that are read from it.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "kernel/mm/in_page_cluster.hpp"
#include "kernel/mm/paging_file_space.hpp"

namespace {

using arch::u32;
using Span = std::pair<u32, u32>;  // first page and length

struct PagingFile {
  explicit PagingFile(u32 pages) : bitmap(MiBitmapWords(pages)) {
    MiInitializePageFileSpace(space, bitmap.data(), pages);
  }
  /// First page and length of what was given.
  std::pair<u32, u32> take(u32 wanted) {
    u32 first = 0;
    const u32 count = MiAllocatePageFileRun(space, wanted, first);
    return {first, count};
  }
  std::vector<u32> bitmap;
  MMPAGING_FILE_SPACE space;
};

TEST(PagingFileSpace, PageZeroIsNeverGiven) {
  PagingFile file(4);
  EXPECT_EQ(file.space.FreeSpace, 3u);
  EXPECT_EQ(file.take(4), Span(1, 3));
  EXPECT_EQ(file.take(1).second, 0u);
  EXPECT_FALSE(MiFreePageFilePage(file.space, 0));
}

TEST(PagingFileSpace, RunsFollowOneAnother) {
  PagingFile file(100);
  EXPECT_EQ(file.take(16), Span(1, 16));
  EXPECT_EQ(file.take(16), Span(17, 16));
  EXPECT_EQ(file.space.FreeSpace, 99u - 32);
}

TEST(PagingFileSpace, TheLongestRunIsGivenWhenNoneIsLongEnough) {
  PagingFile file(32);
  file.take(31);
  for (const u32 page : {3u, 10u, 11u, 12u, 20u, 21u}) {
    EXPECT_TRUE(MiFreePageFilePage(file.space, page));
  }
  EXPECT_EQ(file.take(8), Span(10, 3));
  EXPECT_EQ(file.take(8), Span(20, 2));
  EXPECT_EQ(file.take(8), Span(3, 1));
  EXPECT_EQ(file.take(8).second, 0u);
}

TEST(PagingFileSpace, TheSearchGoesOnFromTheStartButNoRunGoesRoundTheEnd) {
  PagingFile file(33);
  file.take(30);
  for (const u32 page : {1u, 2u, 3u}) MiFreePageFilePage(file.space, page);
  EXPECT_EQ(file.take(3), Span(1, 3));  // 31 and 32 are two only
  EXPECT_EQ(file.take(2), Span(31, 2));
}

TEST(PagingFileSpace, APageIsFreedOnce) {
  PagingFile file(8);
  file.take(2);
  EXPECT_TRUE(MiFreePageFilePage(file.space, 1));
  EXPECT_FALSE(MiFreePageFilePage(file.space, 1));
  EXPECT_FALSE(MiFreePageFilePage(file.space, 5));
  EXPECT_FALSE(MiFreePageFilePage(file.space, 8));
  EXPECT_EQ(file.space.FreeSpace, 6u);
}

TEST(PagingFileSpace, NoPageIsGivenTwiceUnderRandomUse) {
  constexpr u32 pages = 777;
  PagingFile file(pages);
  std::vector<bool> used(pages);
  u32 free = pages - 1;
  std::mt19937 random(11);
  for (int step = 0; step < 20000; ++step) {
    if (random() % 3 != 0) {
      const auto [first, count] = file.take(1 + random() % 16);
      ASSERT_EQ(count == 0, free == 0);
      for (u32 page = first; page < first + count; ++page) {
        ASSERT_FALSE(page == 0 || used[page]);
        used[page] = true;
      }
      free -= count;
    } else {
      for (u32 i = 0; i < 12; ++i) {
        const u32 page = random() % pages;
        ASSERT_EQ(MiFreePageFilePage(file.space, page), used[page]);
        if (used[page]) ++free;
        used[page] = false;
      }
    }
    ASSERT_EQ(file.space.FreeSpace, free);
  }
}

MiCluster choose(const std::vector<u32>& places, u32 index, u32 limit) {
  return MiChooseInPageCluster(index, static_cast<u32>(places.size()), limit,
                               [&](u32 i) { return places[i]; });
}
bool is(const MiCluster& cluster, u32 first, u32 count) {
  return cluster.first == first && cluster.count == count;
}

TEST(InPageCluster, TakesNeighboursThatAreNeighboursInTheFile) {
  const std::vector<u32> places = {0, 50, 51, 52, 53, 99, 54, 0};
  EXPECT_TRUE(is(choose(places, 2, 8), 1, 4));
  EXPECT_TRUE(is(choose(places, 4, 8), 1, 4));
  EXPECT_TRUE(is(choose(places, 5, 8), 5, 1));
  EXPECT_TRUE(is(choose(places, 6, 8), 6, 1));
}

TEST(InPageCluster, WhatFollowsComesBeforeWhatPrecedes) {
  const std::vector<u32> places = {10, 11, 12, 13, 14, 15};
  EXPECT_TRUE(is(choose(places, 2, 3), 2, 3));
  EXPECT_TRUE(is(choose(places, 2, 5), 1, 5));
  EXPECT_TRUE(is(choose(places, 5, 2), 4, 2));
  EXPECT_TRUE(is(choose(places, 3, 1), 3, 1));
}

TEST(InPageCluster, StaysInTheTableAndClearOfPageZero) {
  EXPECT_TRUE(is(choose({1, 2, 3}, 0, 8), 0, 3));
  // Demand-zero neighbours have no place; that is not place 0 of the file.
  EXPECT_TRUE(is(choose({0, 1, 2}, 1, 8), 1, 2));
}

}  // namespace
