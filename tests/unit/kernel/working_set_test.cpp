// The working-set list: slots, the FIFO hand, growth, and how much is trimmed.
#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

#include "kernel/mm/working_set_list.hpp"

namespace {

using arch::u32;

struct WorkingSet {
  explicit WorkingSet(u32 slots) : array(slots) { MiGrowWsl(list, array.data(), slots); }
  u32 page(u32 index) const { return list.Wsle[index].VirtualPageNumber; }
  std::vector<MMWSLE> array;
  MMWSL list;
};

constexpr auto any = [](u32) { return true; };

TEST(WorkingSetList, SlotsAreTakenInOrderUntilThereIsNone) {
  WorkingSet set(3);
  for (u32 i = 0; i < 3; ++i) {
    EXPECT_EQ(MiTakeWsle(set.list, 0x7F000 + i), i);
    EXPECT_EQ(set.page(i), 0x7F000 + i);
  }
  EXPECT_EQ(MiTakeWsle(set.list, 1), MM_NO_WSLE);
  MiFreeWsle(set.list, 1);
  EXPECT_EQ(MiTakeWsle(set.list, 9), 1u);
}

TEST(WorkingSetList, ReplacementIsFirstInFirstOut) {
  WorkingSet set(16);
  std::deque<u32> queue;
  for (u32 page = 0; page < 16; ++page) {
    MiTakeWsle(set.list, page);
    queue.push_back(page);
  }
  for (u32 page = 16; page < 500; ++page) {
    const u32 victim = MiNextVictim(set.list, any);
    ASSERT_EQ(set.page(victim), queue.front());
    queue.pop_front();
    MiFreeWsle(set.list, victim);
    ASSERT_EQ(MiTakeWsle(set.list, page), victim);
    queue.push_back(page);
  }
}

TEST(WorkingSetList, TheHandPassesLockedAndFreeSlots) {
  WorkingSet set(4);
  for (u32 page = 0; page < 4; ++page) MiTakeWsle(set.list, page);
  set.list.Wsle[0].LockedInWs = 1;
  set.list.Wsle[2].LockedInMemory = 1;
  MiFreeWsle(set.list, 1);
  EXPECT_EQ(MiNextVictim(set.list, any), 3u);
  EXPECT_EQ(MiNextVictim(set.list, any), 3u);
  set.list.Wsle[3].LockedInWs = 1;
  EXPECT_EQ(MiNextVictim(set.list, any), MM_NO_WSLE);
}

/// A page table with entries in use is passed, and is as old as before when its turn comes.
TEST(WorkingSetList, TheHandPassesPagesThatMayNotLeave) {
  WorkingSet set(4);
  for (u32 page = 0; page < 4; ++page) MiTakeWsle(set.list, 100 + page);
  const auto odd = [](u32 page) { return page % 2 != 0; };
  for (const u32 expected : {1u, 3u, 1u}) EXPECT_EQ(MiNextVictim(set.list, odd), expected);
  EXPECT_EQ(MiNextVictim(set.list, any), 2u);
  EXPECT_EQ(MiNextVictim(set.list, [](u32) { return false; }), MM_NO_WSLE);
}

TEST(WorkingSetList, APageIsFoundByItsHintOrBySearch) {
  WorkingSet set(4);
  for (u32 page = 0; page < 3; ++page) MiTakeWsle(set.list, 100 + page);
  MiFreeWsle(set.list, 0);
  EXPECT_EQ(MiLocateWsle(set.list, 101, 1), 1u);
  EXPECT_EQ(MiLocateWsle(set.list, 102, 1), 2u);
  EXPECT_EQ(MiLocateWsle(set.list, 100, 0), MM_NO_WSLE);
  EXPECT_EQ(MiLocateWsle(set.list, 102, MM_NO_WSLE), 2u);
}

TEST(WorkingSetList, FixedSlotsAreNoVictims) {
  WorkingSet set(4);
  for (u32 page = 0; page < 4; ++page) MiTakeWsle(set.list, page);
  set.list.FirstDynamic = 2;
  for (const u32 expected : {2u, 3u, 2u, 3u}) EXPECT_EQ(MiNextVictim(set.list, any), expected);
}

TEST(WorkingSetList, GrowingKeepsPagesHandAndFreeSlots) {
  WorkingSet set(4);
  for (u32 page = 0; page < 4; ++page) MiTakeWsle(set.list, 100 + page);
  MiFreeWsle(set.list, 2);
  MiNextVictim(set.list, any);
  std::vector<MMWSLE> larger(8);
  EXPECT_EQ(MiGrowWsl(set.list, larger.data(), 8), set.array.data());
  EXPECT_EQ(set.list.NextSlot, 1u);
  for (const u32 index : {4u, 5u, 6u, 7u, 2u}) EXPECT_EQ(MiTakeWsle(set.list, index), index);
  EXPECT_EQ(MiTakeWsle(set.list, 1), MM_NO_WSLE);
  EXPECT_EQ(set.page(3), 103u);
}

TEST(WorkingSetList, APageIsFoundFromAnyHint) {
  WorkingSet set(5);
  for (u32 page = 10; page < 14; ++page) MiTakeWsle(set.list, page);
  for (const u32 hint : {0u, 1u, 4u, 5u, MM_NO_WSLE}) {
    for (u32 page = 10; page < 14; ++page) {
      EXPECT_EQ(MiLocateWsle(set.list, page, hint), page - 10) << hint;
    }
    EXPECT_EQ(MiLocateWsle(set.list, 14, hint), MM_NO_WSLE);
  }
  MiFreeWsle(set.list, 2);  // a free slot's number is no page
  EXPECT_EQ(MiLocateWsle(set.list, MM_NO_WSLE, 2), MM_NO_WSLE);
}

TEST(WorkingSetList, NoPageIsLostUnderRandomUse) {
  WorkingSet set(64);
  std::vector<u32> slot(1024, MM_NO_WSLE);
  std::mt19937 random(3);
  u32 size = 0;
  for (int step = 0; step < 50000; ++step) {
    const u32 page = random() % 1024;
    if (slot[page] != MM_NO_WSLE) {
      ASSERT_EQ(set.page(slot[page]), page);
      if (random() % 2 != 0) continue;
      MiFreeWsle(set.list, slot[page]);
      slot[page] = MM_NO_WSLE;
      --size;
      continue;
    }
    if (size == 64) {
      const u32 victim = MiNextVictim(set.list, any);
      ASSERT_LT(victim, 64u);
      slot[set.page(victim)] = MM_NO_WSLE;
      MiFreeWsle(set.list, victim);
      --size;
    }
    slot[page] = MiTakeWsle(set.list, page);
    ASSERT_LT(slot[page], 64u);
    ++size;
  }
}

/// Two processes with as many pages; one uses all of them between two looks, one two.
TEST(Trimming, LeavesMoreToWhoeverFaults) {
  constexpr u32 pages = 128, minimum = 20;
  struct Process {
    WorkingSet set{pages};
    u32 used, size = 0;
    std::vector<bool> resident = std::vector<bool>(pages);
    u32 use() {
      u32 faults = 0;
      for (u32 page = 0; page < used; ++page) {
        if (resident[page]) continue;
        MiTakeWsle(set.list, page);
        resident[page] = true;
        ++faults;
        ++size;
      }
      return faults;
    }
    void trim(u32 count) {
      for (; count != 0; --count, --size) {
        const u32 victim = MiNextVictim(set.list, any);
        resident[set.page(victim)] = false;
        MiFreeWsle(set.list, victim);
      }
    }
  };
  Process busy, quiet;
  busy.used = quiet.used = pages;
  for (Process* process : {&busy, &quiet}) process->use();
  quiet.used = 2;
  for (int look = 0; look < 8; ++look) {
    for (Process* process : {&busy, &quiet}) {
      const u32 faults = process->use();
      process->trim(MiPagesToTrim(process->size, minimum, faults, false));
    }
  }
  EXPECT_LE(quiet.size, minimum + 2);
  EXPECT_GT(busy.size, 3 * quiet.size);
}

TEST(Trimming, HeedsTheMinimumAndTheFaultRate) {
  EXPECT_EQ(MiPagesToTrim(20, 20, 0, true), 0u);
  EXPECT_EQ(MiPagesToTrim(120, 20, 0, false), 50u);    // quiet
  EXPECT_EQ(MiPagesToTrim(120, 20, 15, false), 50u);   // an eighth, no more
  EXPECT_EQ(MiPagesToTrim(120, 20, 16, false), 13u);   // busy
  EXPECT_EQ(MiPagesToTrim(120, 20, 500, true), 100u);  // in need
  EXPECT_EQ(MiPagesToTrim(21, 20, 500, false), 1u);
}

}  // namespace
