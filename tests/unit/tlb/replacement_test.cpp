// Replacement policies by sequences worked out by hand from the manual's diagram.
#include "tlb/replacement.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace faultline {
namespace {

unsigned victim_after(const std::vector<unsigned>& uses) {
  TreePseudoLru plru;
  for (const unsigned way : uses) plru.touch(way);
  return plru.victim();
}

TEST(TreePseudoLru, VictimsByHand) {
  EXPECT_EQ(victim_after({}), 0u);
  EXPECT_EQ(victim_after({0}), 2u);           // B0=1 B1=1 B2=0
  EXPECT_EQ(victim_after({0, 2}), 1u);        // B0=0 B1=1 B2=1
  EXPECT_EQ(victim_after({0, 2, 1}), 3u);     // B0=1 B1=0 B2=1
  EXPECT_EQ(victim_after({0, 2, 1, 3}), 0u);  // B0=0 B1=0 B2=0
  EXPECT_EQ(victim_after({3, 1}), 2u);        // B0=1 B1=0 B2=0
  EXPECT_EQ(victim_after({0, 1, 2, 3}), 0u);
}

TEST(TreePseudoLru, IsNotTrueLru) {
  EXPECT_EQ(victim_after({0, 1, 2, 3, 0}), 2u);  // true LRU would take way 1
}

TEST(TreePseudoLru, BitsAreB0B1B2) {
  TreePseudoLru plru;
  plru.touch(1);
  EXPECT_EQ(plru.state, 1u);  // B0 away from {0,1}; B1 towards 0
  plru.touch(2);
  EXPECT_EQ(plru.state, 4u);  // B0 away from {2,3}; B2 towards 3
  plru.touch(0);
  EXPECT_EQ(plru.state, 7u);
}

TEST(TreePseudoLru, OnlyTheLastUsedWayIsIdle) {
  for (unsigned state = 0; state < 8; ++state) {
    for (unsigned last = 0; last < 4; ++last) {
      TreePseudoLru plru{static_cast<u8>(state)};
      plru.touch(last);
      for (unsigned way = 0; way < 4; ++way) EXPECT_EQ(touch_is_idle(plru, way), way == last);
    }
  }
}

TEST(NotLastUsed, PointerStepsOnlyOffAUsedWay) {
  NotLastUsed<4> nlu;
  EXPECT_EQ(nlu.victim(), 0u);
  nlu.touch(2);
  EXPECT_EQ(nlu.victim(), 0u);
  nlu.touch(0);
  EXPECT_EQ(nlu.victim(), 1u);
  nlu.touch(1);
  nlu.touch(2);
  nlu.touch(3);
  EXPECT_EQ(nlu.victim(), 0u);  // wrapped
}

TEST(NotLastUsed, NeverNamesTheLastUsedAndIsIdleElsewhere) {
  for (unsigned pointer = 0; pointer < 32; ++pointer) {
    for (unsigned way = 0; way < 32; ++way) {
      NotLastUsed<32> nlu{static_cast<u8>(pointer)};
      EXPECT_EQ(touch_is_idle(nlu, way), way != pointer);
      nlu.touch(way);
      EXPECT_NE(nlu.victim(), way);
    }
  }
}

}  // namespace
}  // namespace faultline
