// The TLB: the i386's sets by hand, then every geometry against an independent model.
#include "tlb/tlb.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace faultline {
namespace {

TlbEntry entry_for(u32 page, u32 frame = 0x1000) {
  return {.page = {page}, .frame = {frame}, .valid = true, .user = true, .writable = true};
}

using I386Tlb = Tlb<I386TlbGeometry>;

TEST(I386Tlb, SetIsLinear14To12) {
  EXPECT_EQ(I386Tlb::set_of({0x00000000}), 0u);
  EXPECT_EQ(I386Tlb::set_of({0x00001FFF}), 1u);
  EXPECT_EQ(I386Tlb::set_of({0x00007000}), 7u);
  EXPECT_EQ(I386Tlb::set_of({0x00008000}), 0u);
  EXPECT_EQ(I386Tlb::set_of({0xC0305000}), 5u);
}

TEST(I386Tlb, FifthPageOfASetEvictsByPseudoLru) {
  I386Tlb tlb;
  for (const u32 page : {0x1000u, 0x9000u, 0x11000u, 0x19000u}) tlb.fill(entry_for(page));
  EXPECT_EQ(tlb.counters.evictions, 0u);
  EXPECT_EQ(tlb.entry(1, 3).page.value, 0x19000u);
  ASSERT_NE(tlb.lookup({0x1234}), nullptr);  // uses 0 1 2 3 0: the victim is way 2
  tlb.fill(entry_for(0x21000));
  EXPECT_EQ(tlb.counters.evictions, 1u);
  EXPECT_EQ(tlb.probe({0x11000}), nullptr);
  EXPECT_EQ(tlb.entry(1, 2).page.value, 0x21000u);
  EXPECT_NE(tlb.probe({0x9000}), nullptr);
}

TEST(I386Tlb, AnInvalidWayIsFilledBeforeThePseudoLruVictim) {
  I386Tlb tlb;
  for (const u32 page : {0x1000u, 0x9000u, 0x11000u, 0x19000u}) tlb.fill(entry_for(page));
  tlb.flush_page({0x19FFF});
  tlb.fill(entry_for(0x21000));
  EXPECT_EQ(tlb.entry(1, 3).page.value, 0x21000u);
  EXPECT_EQ(tlb.counters.evictions, 0u);
}

template <class G>
class EveryGeometry : public testing::Test {};
using Geometries =
    testing::Types<I386TlbGeometry, AlphaDataTlbGeometry, AlphaInstructionTlbGeometry>;
TYPED_TEST_SUITE(EveryGeometry, Geometries);

TYPED_TEST(EveryGeometry, HitsAnywhereInThePageAndNowhereElse) {
  Tlb<TypeParam> tlb;
  const u32 size = 1u << TypeParam::page_shift, page = 5 * size;
  tlb.fill(entry_for(page, 0x40000));
  ASSERT_NE(tlb.lookup({page + size - 1}), nullptr);
  EXPECT_EQ(tlb.lookup({page})->frame.value, 0x40000u);
  EXPECT_EQ(tlb.lookup({page - 1}), nullptr);
  EXPECT_EQ(tlb.lookup({page + size}), nullptr);
}

TYPED_TEST(EveryGeometry, AnEmptyTlbHitsNothingNotEvenPageZero) {
  Tlb<TypeParam> tlb;
  EXPECT_EQ(tlb.lookup({0}), nullptr);
}

TYPED_TEST(EveryGeometry, HoldsAsManyPagesAsItHasEntries) {
  Tlb<TypeParam> tlb;
  const u32 count = TypeParam::sets * TypeParam::ways;
  for (u32 i = 0; i < count; ++i) tlb.fill(entry_for(i << TypeParam::page_shift));
  EXPECT_EQ(tlb.counters.evictions, 0u);
  for (u32 i = 0; i < count; ++i) EXPECT_NE(tlb.probe({i << TypeParam::page_shift}), nullptr);
  tlb.fill(entry_for(count << TypeParam::page_shift));
  EXPECT_EQ(tlb.counters.evictions, 1u);
}

TYPED_TEST(EveryGeometry, ProbeLeavesTheStateAlone) {
  Tlb<TypeParam> tlb;
  for (u32 i = 0; i < 12; ++i) tlb.fill(entry_for(i << TypeParam::page_shift));
  const Tlb<TypeParam> before = tlb;
  for (u32 i = 0; i < 40; ++i) tlb.probe({i << TypeParam::page_shift});
  EXPECT_TRUE(tlb == before);
}

TYPED_TEST(EveryGeometry, Flushes) {
  Tlb<TypeParam> tlb;
  const u32 size = 1u << TypeParam::page_shift;
  tlb.fill(entry_for(0)), tlb.fill(entry_for(size));
  tlb.flush_page({1});
  EXPECT_EQ(tlb.probe({0}), nullptr);
  EXPECT_NE(tlb.probe({size}), nullptr);
  tlb.flush_page({7 * size});  // not there: no effect
  tlb.flush_all();
  EXPECT_EQ(tlb.probe({size}), nullptr);
  EXPECT_TRUE(tlb == Tlb<TypeParam>());
  EXPECT_EQ(tlb.counters.flushes, 1u);
  EXPECT_EQ(tlb.counters.page_flushes, 2u);
}

/// The same machine told another way: pages in slots, and per set a history of uses, newest first,
/// from which the victim is deduced.
struct Model {
  explicit Model(unsigned sets, unsigned ways, bool pseudo_lru)
      : ways(ways),
        pseudo_lru(pseudo_lru),
        slots(sets, std::vector<s64>(ways, -1)),
        history(sets),
        pointer(sets, 0) {}

  unsigned recency(unsigned set, unsigned way) const {  // larger is longer ago
    const auto& h = history[set];
    return static_cast<unsigned>(std::find(h.begin(), h.end(), way) - h.begin());
  }
  unsigned victim(unsigned set) const {
    if (!pseudo_lru) return pointer[set];
    for (unsigned way = 0; way < ways; ++way) {
      if (slots[set][way] < 0) return way;
    }
    // The pair that was not used last, and in it the way that was not used last.
    const bool low_last =
        std::min(recency(set, 0), recency(set, 1)) < std::min(recency(set, 2), recency(set, 3));
    const unsigned first = low_last ? 2 : 0;
    return recency(set, first) < recency(set, first + 1) ? first + 1 : first;
  }
  void use(unsigned set, unsigned way) {
    auto& h = history[set];
    h.erase(std::remove(h.begin(), h.end(), way), h.end());
    h.insert(h.begin(), way);
    if (pointer[set] == way) pointer[set] = (way + 1) % ways;
  }
  bool lookup(unsigned set, s64 page) {
    for (unsigned way = 0; way < ways; ++way) {
      if (slots[set][way] == page) return use(set, way), true;
    }
    return false;
  }

  unsigned ways;
  bool pseudo_lru;
  std::vector<std::vector<s64>> slots;
  std::vector<std::vector<unsigned>> history;
  std::vector<unsigned> pointer;
};

TYPED_TEST(EveryGeometry, AgreesWithAModelOverRandomWork) {
  constexpr unsigned sets = TypeParam::sets, ways = TypeParam::ways;
  Tlb<TypeParam> tlb;
  Model model(sets, ways, sets > 1);
  std::mt19937 random(386);
  for (unsigned step = 0; step < 300000; ++step) {
    const u32 number = random() % (sets * ways * 3 / 2);
    const u32 page = number << TypeParam::page_shift;
    const unsigned set = number % sets;
    const unsigned what = random() % 1000;
    if (what == 0) {
      tlb.flush_all();
      model = Model(sets, ways, sets > 1);
    } else if (what < 30) {
      tlb.flush_page({page});
      std::replace(model.slots[set].begin(), model.slots[set].end(), s64{page}, s64{-1});
    } else {
      const bool hit = tlb.lookup({page}) != nullptr;
      ASSERT_EQ(hit, model.lookup(set, page)) << "step " << step;
      if (!hit) {
        const unsigned way = model.victim(set);
        tlb.fill(entry_for(page));
        model.slots[set][way] = page;
        model.use(set, way);
      }
    }
    for (unsigned way = 0; way < ways; ++way) {
      const TlbEntry& entry = tlb.entry(set, way);
      ASSERT_EQ(entry.valid ? s64{entry.page.value} : -1, model.slots[set][way]) << "step " << step;
    }
  }
  EXPECT_GT(tlb.counters.evictions, 1000u);
}

}  // namespace
}  // namespace faultline
