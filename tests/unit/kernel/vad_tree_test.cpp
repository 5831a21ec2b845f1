// The VAD tree: order, balance, overlap and the search for free ranges, against a plain list.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <random>

#include "kernel/mm/vad.hpp"

namespace {

using arch::u32;

class VadTreeTest : public testing::Test {
 protected:
  MMVAD* insert(u32 first, u32 last) {
    auto node = std::make_unique<MMVAD>();
    node->StartingVpn = first;
    node->EndingVpn = last;
    tree_.insert(node.get());
    model_[first] = last;
    return (nodes_[first] = std::move(node)).get();
  }

  void remove(u32 first) {
    tree_.remove(nodes_[first].get());
    nodes_.erase(first);
    model_.erase(first);
  }

  bool overlaps(u32 first, u32 last) const {
    return std::any_of(model_.begin(), model_.end(), [&](const auto& range) {
      return range.first <= last && first <= range.second;
    });
  }

  /// Height as counted, with order, parents and balance checked on the way.
  u32 check(const MMVAD* node, const MMVAD* parent) {
    if (node == nullptr) return 0;
    EXPECT_EQ(node->Parent, parent);
    const u32 left = check(node->LeftChild, node), right = check(node->RightChild, node);
    EXPECT_LE(std::max(left, right) - std::min(left, right), 1u);
    EXPECT_EQ(node->Height, std::max(left, right) + 1);
    if (node->LeftChild != nullptr) {
      EXPECT_LT(node->LeftChild->EndingVpn, node->StartingVpn);
    }
    if (node->RightChild != nullptr) {
      EXPECT_GT(node->RightChild->StartingVpn, node->EndingVpn);
    }
    return node->Height;
  }

  void check_against_model() {
    check(tree_.root(), nullptr);
    ASSERT_EQ(tree_.size(), model_.size());
    MMVAD* node = tree_.first();
    for (const auto& [first, last] : model_) {
      ASSERT_NE(node, nullptr);
      EXPECT_EQ(node->StartingVpn, first);
      EXPECT_EQ(node->EndingVpn, last);
      node = VadTree::next(node);
    }
    EXPECT_EQ(node, nullptr);
    node = tree_.last();
    for (auto range = model_.rbegin(); range != model_.rend(); ++range) {
      ASSERT_NE(node, nullptr);
      EXPECT_EQ(node->StartingVpn, range->first);
      node = VadTree::previous(node);
    }
    EXPECT_EQ(node, nullptr);
  }

  /// The answers of an exhaustive search.
  bool slow_bottom_up(u32 pages, u32 alignment, u32 lowest, u32 highest, u32& start) const {
    for (u32 at = (lowest + alignment - 1) / alignment * alignment; at + pages - 1 <= highest;
         at += alignment) {
      if (overlaps(at, at + pages - 1)) continue;
      start = at;
      return true;
    }
    return false;
  }
  bool slow_top_down(u32 pages, u32 alignment, u32 lowest, u32 highest, u32& start) const {
    if (highest + 1 < pages) return false;
    for (u32 at = (highest + 1 - pages) / alignment * alignment; at >= lowest; at -= alignment) {
      if (!overlaps(at, at + pages - 1)) {
        start = at;
        return true;
      }
      if (at < alignment) break;
    }
    return false;
  }

  VadTree tree_;
  std::map<u32, std::unique_ptr<MMVAD>> nodes_;
  std::map<u32, u32> model_;
};

TEST_F(VadTreeTest, EmptyTreeHasRoomEverywhere) {
  u32 start = 0;
  EXPECT_TRUE(tree_.empty());
  EXPECT_EQ(tree_.find(5), nullptr);
  EXPECT_TRUE(tree_.find_free_bottom_up(4, 16, 16, 0x7FFDF, start));
  EXPECT_EQ(start, 16u);
  EXPECT_TRUE(tree_.find_free_top_down(4, 16, 16, 0x7FFDF, start));
  EXPECT_EQ(start, 0x7FFD0u);
}

TEST_F(VadTreeTest, AscendingInsertionStaysBalanced) {
  for (u32 i = 0; i < 1000; ++i) insert(i * 16, i * 16 + 3);
  check_against_model();
  EXPECT_LE(tree_.root()->Height, 1.4405 * std::log2(1002.0));
}

TEST_F(VadTreeTest, FindsTheRangeThatHoldsAPage) {
  MMVAD* low = insert(16, 19);
  MMVAD* high = insert(32, 32);
  EXPECT_EQ(tree_.find(15), nullptr);
  EXPECT_EQ(tree_.find(16), low);
  EXPECT_EQ(tree_.find(19), low);
  EXPECT_EQ(tree_.find(20), nullptr);
  EXPECT_EQ(tree_.find_overlap(20, 32), high);
  EXPECT_EQ(tree_.at_or_above(20), high);
  EXPECT_EQ(tree_.at_or_above(33), nullptr);
}

TEST_F(VadTreeTest, FreeSpaceEndsAtTheLimits) {
  insert(16, 31);
  u32 start = 0;
  EXPECT_TRUE(tree_.find_free_bottom_up(16, 16, 16, 47, start));
  EXPECT_EQ(start, 32u);
  EXPECT_FALSE(tree_.find_free_bottom_up(17, 16, 16, 47, start));
  EXPECT_FALSE(tree_.find_free_top_down(17, 16, 16, 47, start));
  insert(32, 47);
  EXPECT_FALSE(tree_.find_free_bottom_up(1, 1, 16, 47, start));
  EXPECT_FALSE(tree_.find_free_top_down(1, 1, 16, 47, start));
}

TEST_F(VadTreeTest, AgreesWithAListUnderRandomUse) {
  std::mt19937 random(20261122);
  constexpr u32 lowest = 16, highest = 1023;
  for (int step = 0; step < 20000; ++step) {
    const u32 first = lowest + random() % (highest - lowest);
    const u32 last = std::min(highest, first + static_cast<u32>(random() % 12));
    EXPECT_EQ(tree_.find_overlap(first, last) != nullptr, overlaps(first, last));
    if (random() % 3 != 0 && !overlaps(first, last)) {
      insert(first, last);
    } else if (!model_.empty()) {
      auto victim = model_.lower_bound(first);
      if (victim == model_.end()) victim = model_.begin();
      remove(victim->first);
    }
    const u32 pages = 1 + random() % 20, alignment = 1u << random() % 5;
    u32 fast = 0, slow = 0;
    const bool up = slow_bottom_up(pages, alignment, lowest, highest, slow);
    ASSERT_EQ(tree_.find_free_bottom_up(pages, alignment, lowest, highest, fast), up);
    if (up) {
      ASSERT_EQ(fast, slow);
    }
    const bool down = slow_top_down(pages, alignment, lowest, highest, slow);
    ASSERT_EQ(tree_.find_free_top_down(pages, alignment, lowest, highest, fast), down);
    if (down) {
      ASSERT_EQ(fast, slow);
    }
    if (step % 500 == 0) check_against_model();
  }
  while (!model_.empty()) remove(model_.begin()->first);
  check_against_model();
}

}  // namespace
