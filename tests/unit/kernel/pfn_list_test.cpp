// The lists of the page frame database.
#include "kernel/mm/pfn_list.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

namespace {

using arch::u32;

std::vector<u32> frames_of(const std::vector<MMPFN>& database, const MMPFNLIST& list) {
  std::vector<u32> frames;
  for (u32 frame = list.Flink; frame != MM_EMPTY_LIST; frame = database[frame].u1.Flink) {
    frames.push_back(frame);
  }
  return frames;
}

TEST(PfnList, IsFirstInFirstOut) {
  std::vector<MMPFN> database(8);
  MMPFNLIST list{.ListName = FreePageList};
  for (const u32 frame : {3u, 1u, 7u}) MiInsertTailPfn(database.data(), list, frame);
  EXPECT_EQ(list.Total, 3u);
  EXPECT_EQ(database[1].PageLocation, FreePageList);
  EXPECT_EQ(MiRemoveHeadPfn(database.data(), list), 3u);
  EXPECT_EQ(MiRemoveHeadPfn(database.data(), list), 1u);
  EXPECT_EQ(MiRemoveHeadPfn(database.data(), list), 7u);
  EXPECT_EQ(MiRemoveHeadPfn(database.data(), list), MM_EMPTY_LIST);
  EXPECT_EQ(list.Total, 0u);
  EXPECT_EQ(list.Blink, MM_EMPTY_LIST);
}

TEST(PfnList, AFrameLeavesFromAnywhere) {
  std::vector<MMPFN> database(8);
  MMPFNLIST list{.ListName = ModifiedPageList};
  for (u32 frame = 0; frame < 5; ++frame) MiInsertTailPfn(database.data(), list, frame);
  MiUnlinkPfn(database.data(), list, 2);
  EXPECT_EQ(frames_of(database, list), (std::vector<u32>{0, 1, 3, 4}));
  MiUnlinkPfn(database.data(), list, 0);
  MiUnlinkPfn(database.data(), list, 4);
  EXPECT_EQ(frames_of(database, list), (std::vector<u32>{1, 3}));
  EXPECT_EQ(list.Flink, 1u);
  EXPECT_EQ(list.Blink, 3u);
  EXPECT_EQ(list.Total, 2u);
}

TEST(PfnList, AgreesWithADequeUnderRandomUse) {
  constexpr u32 frames = 64;
  std::vector<MMPFN> database(frames);
  std::vector<bool> listed(frames);
  MMPFNLIST list{.ListName = ZeroedPageList};
  std::deque<u32> model;
  std::mt19937 random(7);
  for (int step = 0; step < 20000; ++step) {
    const u32 frame = random() % frames;
    if (!listed[frame]) {
      MiInsertTailPfn(database.data(), list, frame);
      model.push_back(frame);
      listed[frame] = true;
    } else if (random() % 2 != 0) {
      MiUnlinkPfn(database.data(), list, frame);
      std::erase(model, frame);
      listed[frame] = false;
    } else {
      const u32 head = MiRemoveHeadPfn(database.data(), list);
      ASSERT_EQ(head, model.front());
      model.pop_front();
      listed[head] = false;
    }
    ASSERT_EQ(list.Total, model.size());
  }
  EXPECT_EQ(frames_of(database, list), std::vector<u32>(model.begin(), model.end()));
}

}  // namespace
