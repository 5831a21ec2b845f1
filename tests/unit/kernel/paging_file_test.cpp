// Space in paging files, where it lies on the disk, the clusters that are read from it, and the
// boot option that asks for them.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>
#include <vector>

#include "kernel/ex/bad_memory_option.hpp"
#include "kernel/ex/paging_file_option.hpp"
#include "kernel/mm/in_page_cluster.hpp"
#include "kernel/mm/paging_file_space.hpp"
#include "kernel/mm/pte_alpha.hpp"
#include "kernel/mm/pte_i386.hpp"

namespace {

using arch::u32;
using Span = std::pair<u32, u32>;  // first page and length

struct PagingFile {
  explicit PagingFile(u32 pages) : PagingFile(pages, pages) {}
  PagingFile(u32 pages, u32 maximum) : bitmap(MiBitmapWords(maximum)) {
    MiInitializePageFileSpace(space, bitmap.data(), pages, maximum);
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

TEST(PagingFileSpace, AFileThatGrowsHasMoreAtItsEnd) {
  PagingFile file(33, 70);
  EXPECT_EQ(file.take(32), Span(1, 32));
  EXPECT_EQ(file.take(8).second, 0u);
  MiExtendPageFileSpace(file.space, 10);
  EXPECT_EQ(file.space.FreeSpace, 10u);
  EXPECT_EQ(file.take(16), Span(33, 10));
  EXPECT_TRUE(MiFreePageFilePage(file.space, 32));
  MiExtendPageFileSpace(file.space, file.space.MaximumSize - file.space.Size);
  EXPECT_EQ(file.take(40), Span(43, 27));
  EXPECT_EQ(file.take(40), Span(32, 1));
  EXPECT_EQ(file.space.PeakUsage, 69u);
  EXPECT_EQ(MiPageFileUsage(file.space), 69u);
}

/// The place of a page-file PTE, put in and taken out again.
template <class Scheme>
u32 through_pte(u32 place) {
  using Pte = PteFormat<Scheme>;
  const u32 pte = MiFileOfPlace(place) << Pte::page_file_low_shift |
                  MiPageOfPlace(place) << Pte::page_file_high_shift;
  EXPECT_EQ(pte & (Pte::Valid | Pte::Prototype | Pte::Transition), 0u);
  return MiPageFilePlace(pte >> Pte::page_file_low_shift & 15, pte >> Pte::page_file_high_shift);
}

/// As the kernel uses them: a PTE says which file and which page, and nothing is given twice.
TEST(PagingFileSpace, SixteenFilesAreToldApartByTheirPtes) {
  std::vector<PagingFile> files;
  u32 room = 0;
  for (u32 i = 0; i < 16; ++i) {
    files.emplace_back(50 + 40 * i, 100 + 50 * i);
    room += files.back().space.FreeSpace;
  }
  std::mt19937 random(5);
  std::set<u32> used;  // places
  for (int step = 0; step < 20000; ++step) {
    const u32 number = random() % 16;
    PagingFile& file = files[number];
    if (random() % 16 == 0 && file.space.Size + 10 <= file.space.MaximumSize) {
      MiExtendPageFileSpace(file.space, 10);
      room += 10;
    } else if (random() % 3 != 0) {
      const auto [first, count] = file.take(1 + random() % 16);
      for (u32 i = 0; i < count; ++i) {
        const u32 place = MiPageFilePlace(number, first + i);
        EXPECT_EQ(through_pte<arch::PagingI386>(place), place);
        EXPECT_EQ(through_pte<arch::PagingAlpha>(place), place);
        ASSERT_TRUE(used.insert(place).second);
      }
    } else if (!used.empty()) {
      auto at = used.lower_bound(random() % 16 << MM_PAGE_FILE_PAGE_BITS);
      for (int i = 0; i < 12 && at != used.end(); ++i, at = used.erase(at)) {
        ASSERT_TRUE(MiFreePageFilePage(files[MiFileOfPlace(*at)].space, MiPageOfPlace(*at)));
      }
    }
    u32 free = 0, usage = 0;
    for (const PagingFile& each : files) {
      free += each.space.FreeSpace;
      usage += MiPageFileUsage(each.space);
    }
    ASSERT_EQ(usage, used.size());
    ASSERT_EQ(free, room - used.size());
  }
}

TEST(PagingFileMap, PagesAreFoundInTheirRuns) {
  MMPAGING_FILE_MAP map;
  EXPECT_TRUE(MiAddPagingFileRun(map, 1000, 10, 8));
  EXPECT_TRUE(MiAddPagingFileRun(map, 1080, 5, 8));  // goes on where the first ends
  EXPECT_TRUE(MiAddPagingFileRun(map, 300, 4, 8));
  EXPECT_EQ(map.Count, 2u);
  EXPECT_EQ(map.Pages, 19u);
  u32 sector = 0;
  EXPECT_EQ(MiFindPagingFileRun(map, 0, 16, 8, sector), 15u);
  EXPECT_EQ(sector, 1000u);
  EXPECT_EQ(MiFindPagingFileRun(map, 14, 16, 8, sector), 1u);
  EXPECT_EQ(sector, 1000u + 14 * 8);
  EXPECT_EQ(MiFindPagingFileRun(map, 15, 16, 8, sector), 4u);
  EXPECT_EQ(sector, 300u);
  EXPECT_EQ(MiFindPagingFileRun(map, 16, 2, 8, sector), 2u);
  EXPECT_EQ(sector, 308u);
}

TEST(PagingFileMap, HasAnEnd) {
  MMPAGING_FILE_MAP map;
  for (u32 i = 0; i < MMPAGING_FILE_MAP::most_runs; ++i) {
    ASSERT_TRUE(MiAddPagingFileRun(map, 1000 + i * 100, 1, 8));
  }
  EXPECT_FALSE(MiAddPagingFileRun(map, 5, 1, 8));
  EXPECT_TRUE(MiAddPagingFileRun(map, 1000 + 63 * 100 + 8, 1, 8));
  EXPECT_EQ(map.Pages, 65u);
}

TEST(BadMemoryOption, NamesFramesAndRanges) {
  const auto frames = [](const char* text) {
    std::vector<std::pair<u32, u32>> found;
    const bool good =
        ExParseBadMemory(text, [&](u32 first, u32 last) { found.emplace_back(first, last); });
    return std::pair(good, found);
  };
  using Pairs = std::vector<Span>;
  EXPECT_EQ(frames("100"), std::pair(true, Pairs({{0x100, 0x100}})));
  EXPECT_EQ(frames("100,2f0-2FF RUN=a"), std::pair(true, Pairs({{0x100, 0x100}, {0x2F0, 0x2FF}})));
  EXPECT_EQ(frames("FFFFF"), std::pair(true, Pairs({{0xFFFFF, 0xFFFFF}})));
  for (const char* bad : {"", " 1", "1,", "1-", "2-1", "1;2", "100000", "1-2-3", "g", "0x10"}) {
    EXPECT_FALSE(frames(bad).first) << bad;
  }
}

TEST(PagingFileOption, NamesDrivesAndSizes) {
  std::array<ExPagingFileOption, 16> files;
  const auto parse = [&](const char* text) { return ExParsePagingFiles(text, files.data(), 16); };
  EXPECT_EQ(parse("8 RUN=X"), 1);
  EXPECT_EQ(files[0].Drive, 'C');
  EXPECT_EQ(files[0].Maximum, 8u);
  EXPECT_EQ(parse("C:8,24;d:4,16"), 2);
  EXPECT_EQ(files[0].Minimum, 8u);
  EXPECT_EQ(files[0].Maximum, 24u);
  EXPECT_EQ(files[1].Drive, 'D');
  EXPECT_EQ(files[1].Minimum, 4u);
  EXPECT_EQ(files[1].Maximum, 16u);
  EXPECT_EQ(parse("0"), 0);
  EXPECT_EQ(parse("1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1"), 16);
  for (const char* wrong : {"", "C:", "x", "8,", "8,4", "8;", "0;1", "1;0", "8x", "C8", "4096",
                            "99999999999", "1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1"}) {
    EXPECT_EQ(parse(wrong), -1) << wrong;
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
