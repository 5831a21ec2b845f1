// The rules of paging where emulators go wrong, one test a rule, on both schemes.
// (docs/mmu.md, "The rules")
#include "mmu/mmu.hpp"

#include <gtest/gtest.h>

#include "tests/unit/mmu/board.hpp"

namespace faultline {
namespace {

using namespace testing_support;

constexpr u32 edge = 0x402000;  // where a page begins and another ends in both schemes
constexpr u32 low_frame = 0x60000, high_frame = 0x40000;  // of the pages below and above the edge
constexpr u32 all = Present | Writable | User;

template <class P>
constexpr bool is_alpha = std::is_same_v<P, PagingAlpha>;

template <class P>
struct MappedBoard : Board<P> {
  explicit MappedBoard(u32 rights = all) {
    this->map(edge - 1, low_frame, rights);
    this->map(edge, high_frame, rights);
  }
  /// Physical address of the byte `distance` below the edge.
  static u32 below(u32 distance) { return low_frame + Board<P>::page_size - distance; }

  PageFault reading(u32 at, Privilege privilege = U) {
    return this->fault_of([&] { this->mmu.template read<u8>({at}, privilege); });
  }
  PageFault writing(u32 at, Privilege privilege = U) {
    return this->fault_of([&] { this->mmu.template write<u8>({at}, 1, privilege); });
  }
  void set_wp(bool on) {
    this->state.registers.cr0 = on ? 0x80010001 : 0x80000001;
    this->mmu.drop_shadow();
  }
};

template <class P>
class MmuTest : public testing::Test {};
using Schemes = testing::Types<PagingI386, PagingAlpha>;
TYPED_TEST_SUITE(MmuTest, Schemes);

TYPED_TEST(MmuTest, ReadsAndWritesThroughThePageTables) {
  MappedBoard<TypeParam> board;
  board.mmu.template write<u32>({edge + 0x10}, 0x11223344, U);
  EXPECT_EQ(board.word(high_frame + 0x10), 0x11223344u);
  EXPECT_EQ(board.mmu.template read<u16>({edge + 0x12}, U), 0x1122);
  EXPECT_EQ(board.mmu.template read<u8>({edge + 0x11}, S), 0x33);
  EXPECT_EQ(board.mmu.translate_code({edge + 0x123}, U).value, high_frame + 0x123);
}

TYPED_TEST(MmuTest, FaultCarriesTheAddressAndWritesCr2) {
  MappedBoard<TypeParam> board;
  const u32 hole = edge + 0x10000 + 5;
  const PageFault fault = board.writing(hole);
  EXPECT_EQ(fault.address.value, hole);
  EXPECT_EQ(fault.error_code, 6u);
  EXPECT_EQ(board.state.registers.cr2, hole);
  EXPECT_EQ(board.reading(hole, S).error_code, 0u);
  EXPECT_EQ(board.fault_of([&] { board.mmu.translate_code({hole}, U); }).error_code, 4u);
}

TYPED_TEST(MmuTest, SupervisorWritesObeyReadOnlyOnlyWithWp) {
  MappedBoard<TypeParam> board(Present | User);
  board.set_wp(false);
  const u32 without = board.writing(edge, S).error_code;
  EXPECT_EQ(without, is_alpha<TypeParam> ? 3u : no_fault);
  board.set_wp(true);
  EXPECT_EQ(board.writing(edge, S).error_code, 3u);
  EXPECT_EQ(board.writing(edge, U).error_code, 7u);
  EXPECT_EQ(board.reading(edge, U).error_code, no_fault);
}

TYPED_TEST(MmuTest, UserIsKeptFromSupervisorPages) {
  MappedBoard<TypeParam> board(Present | Writable);
  EXPECT_EQ(board.reading(edge, S).error_code, no_fault);
  EXPECT_EQ(board.reading(edge, U).error_code, 5u);  // by a TLB entry the supervisor filled
  EXPECT_EQ(board.writing(edge, U).error_code, 7u);
  EXPECT_FALSE(board.mmu.code_page_is_mru({edge}, U));
  EXPECT_EQ(board.fault_of([&] { board.mmu.translate_code({edge}, U); }).error_code, 5u);
}

TYPED_TEST(MmuTest, RightsOfTheDirectoryCount) {
  MappedBoard<TypeParam> board;
  board.map_table(edge, Present);
  EXPECT_EQ(board.reading(edge, U).error_code, 5u);
  EXPECT_EQ(board.reading(edge, S).error_code, no_fault);
}

// Rule 4.
TYPED_TEST(MmuTest, StalePermissiveEntryStaysUsable) {
  MappedBoard<TypeParam> board;
  ASSERT_EQ(board.writing(edge).error_code, no_fault);
  board.map(edge, high_frame, None);
  EXPECT_EQ(board.writing(edge).error_code, no_fault);
  board.mmu.drop_shadow();  // the shadow is not what keeps it
  EXPECT_EQ(board.writing(edge).error_code, no_fault);
  board.mmu.flush_page({edge + 7});
  EXPECT_EQ(board.writing(edge).error_code, 6u);
}

TYPED_TEST(MmuTest, StaleRestrictiveEntryIsWalkedAgainBeforeAFault) {
  MappedBoard<TypeParam> board(Present | User);
  ASSERT_EQ(board.writing(edge).error_code, 7u);
  ASSERT_EQ(board.reading(edge).error_code, no_fault);
  board.map(edge, high_frame, all);
  EXPECT_EQ(board.writing(edge).error_code, no_fault);
  EXPECT_EQ(board.mmu.counters().refreshes, 1u);
}

// Rule 5.
TEST(MmuI386, FirstWriteRenewsTheEntryInPlace) {
  MappedBoard<PagingI386> board;
  board.reading(edge);
  EXPECT_EQ(board.word(board.pte_at(edge)) & 0x60, 0x20u);
  EXPECT_EQ(board.writing(edge).error_code, no_fault);
  EXPECT_EQ(board.word(board.pte_at(edge)) & 0x60, 0x60u);
  EXPECT_EQ(board.word(board.pde_at(edge)) & 0x60, 0x20u);  // D is not set in the directory
  const auto& tlb = board.state.tlb.data();
  unsigned copies = 0;
  for (unsigned way = 0; way < 4; ++way) {
    const TlbEntry& entry = tlb.entry(tlb.set_of({edge}), way);
    copies += entry.valid && entry.page.value == edge;
  }
  EXPECT_EQ(copies, 1u);
  EXPECT_TRUE(tlb.probe({edge})->dirty);
  const TlbCounters counters = board.mmu.counters();
  EXPECT_EQ(counters.data_misses, 1u);
  EXPECT_EQ(counters.refreshes, 1u);
}

TEST(MmuAlpha, CleanPageFaultsOnWrite) {
  MappedBoard<PagingAlpha> board(Present | User);  // V, Owner, Dirty clear
  ASSERT_EQ(board.reading(edge).error_code, no_fault);
  EXPECT_EQ(board.writing(edge, S).error_code, 3u);
  board.map(edge, high_frame, all);  // what the kernel does: set Dirty, drop the one entry
  board.mmu.flush_page({edge});
  EXPECT_EQ(board.writing(edge, U).error_code, no_fault);
  EXPECT_EQ(board.word(board.pte_at(edge)), 0x4007u);  // nothing marked: 40000h/2000h << 9 | 7
}

// Rule 6.
TYPED_TEST(MmuTest, ReadModifyWriteFaultsAsAWriteOnItsRead) {
  MappedBoard<TypeParam> board(Present | User);
  board.reading(edge);
  const PageFault fault =
      board.fault_of([&] { board.mmu.template read_for_write<u16>({edge + 2}, U); });
  EXPECT_EQ(fault.error_code, 7u);
  EXPECT_EQ(fault.address.value, edge + 2);
}

TYPED_TEST(MmuTest, AfterReadForWriteTheWriteIsReady) {
  MappedBoard<TypeParam> board;
  board.set_word(high_frame, 0x55);
  EXPECT_EQ(board.mmu.template read_for_write<u32>({edge}, U), 0x55u);
  const TlbEntry* entry = board.state.tlb.data().probe({edge});
  ASSERT_NE(entry, nullptr);
  EXPECT_TRUE(entry->dirty && entry->writable);
  board.mmu.template write<u32>({edge}, 0x66, U);
  EXPECT_EQ(board.word(high_frame), 0x66u);
  EXPECT_EQ(board.mmu.counters().refreshes, 0u);
}

// Rule 7.
TYPED_TEST(MmuTest, OperandAcrossTwoPages) {
  MappedBoard<TypeParam> board;
  for (u32 distance = 1; distance < 4; ++distance) {
    board.mmu.template write<u32>({edge - distance}, 0x44332211, U);
    EXPECT_EQ(board.mmu.template read<u32>({edge - distance}, U), 0x44332211u);
    EXPECT_EQ(board.mmu.template read_for_write<u32>({edge - distance}, U), 0x44332211u);
    for (u32 i = 0; i < 4; ++i) {
      const u32 at = i < distance ? board.below(distance - i) : high_frame + i - distance;
      EXPECT_EQ(board.memory.template read<u8>({at}), 0x11 * (i + 1));
    }
  }
}

TYPED_TEST(MmuTest, FaultInTheSecondPageLeavesTheFirstAlone) {
  MappedBoard<TypeParam> board;
  board.map(edge, high_frame, None);
  board.set_word(board.below(4), 0xAAAAAAAA);
  const PageFault fault =
      board.fault_of([&] { board.mmu.template write<u32>({edge - 2}, 0x11111111, U); });
  EXPECT_EQ(fault.address.value, edge);  // the first byte of the page that is missing
  EXPECT_EQ(fault.error_code, 6u);
  EXPECT_EQ(board.word(board.below(4)), 0xAAAAAAAAu);
}

TYPED_TEST(MmuTest, WarmFirstPageDoesNotHideTheSecond) {
  MappedBoard<TypeParam> board;
  board.map(edge, high_frame, Present | Writable);
  board.writing(edge - 1);  // the shadow now allows the first page
  EXPECT_EQ(board.fault_of([&] { board.mmu.template read<u16>({edge - 1}, U); }).error_code, 5u);
  EXPECT_EQ(board.reading(edge - 1).error_code, no_fault);
}

TYPED_TEST(MmuTest, OperandAtTheTopOfLinearSpaceWraps) {
  MappedBoard<TypeParam> board;
  PhysicalMemory& memory = board.memory;
  board.state.registers.cr0 = cr0::PE;
  board.mmu.drop_shadow();
  memory.write<u16>({0}, 0xBEEF);
  EXPECT_EQ(board.mmu.template read<u32>({0xFFFFFFFE}, S), 0xBEEFFFFFu);
}

TYPED_TEST(MmuTest, ProbesTranslateEveryPageAndTouchNoByte) {
  MappedBoard<TypeParam> board;
  const u32 before = board.word(board.below(4));
  board.mmu.probe_write({edge - 3}, 8, U);
  EXPECT_NE(board.state.tlb.data().probe({edge - 1}), nullptr);
  ASSERT_NE(board.state.tlb.data().probe({edge}), nullptr);
  EXPECT_TRUE(board.state.tlb.data().probe({edge})->dirty);
  EXPECT_EQ(board.word(board.below(4)), before);
  board.map(edge + board.page_size, 0x50000, Present | User);
  const u32 length = board.page_size + 4;
  EXPECT_EQ(board.fault_of([&] { board.mmu.probe_write({edge - 1}, length, U); }).address.value,
            edge + board.page_size);
  EXPECT_EQ(board.fault_of([&] { board.mmu.probe_read({edge - 1}, length, U); }).error_code,
            no_fault);
}

TYPED_TEST(MmuTest, PagingOffIsIdentityAndLeavesTheTlbAlone) {
  MappedBoard<TypeParam> board;
  board.reading(edge);
  const auto tlb = board.state.tlb;
  board.state.registers.cr0 = cr0::PE;
  board.mmu.drop_shadow();
  board.mmu.template write<u32>({0x1234}, 0xABCD, U);
  EXPECT_EQ(board.mmu.template read<u32>({0x1234}, S), 0xABCDu);
  EXPECT_EQ(board.word(0x1234), 0xABCDu);
  EXPECT_EQ(board.mmu.translate_code({0xFFFFFFF0}, S).value, 0xFFFFFFF0u);
  board.state.registers.cr0 = cr0::PE | cr0::PG;
  board.mmu.drop_shadow();
  EXPECT_TRUE(board.state.tlb.data() == tlb.data());
  EXPECT_EQ(board.mmu.counters().data_lookups, 1u);
  board.map(edge, high_frame, None);
  EXPECT_EQ(board.reading(edge).error_code, no_fault);  // the entry outlived the excursion
}

TYPED_TEST(MmuTest, Cr3LoadForgetsEverything) {
  MappedBoard<TypeParam> board;
  board.writing(edge), board.writing(edge - 1);
  board.map(edge, high_frame, None);
  board.mmu.flush_all();
  EXPECT_EQ(board.reading(edge).error_code, 4u);
  EXPECT_EQ(board.reading(edge - 1).error_code, no_fault);
}

TYPED_TEST(MmuTest, CodePageIsMruUntilItsSetIsUsedOtherwise) {
  MappedBoard<TypeParam> board;
  constexpr u32 code = edge;
  EXPECT_FALSE(board.mmu.code_page_is_mru({code}, U));
  board.mmu.translate_code({code + 0x10}, U);
  EXPECT_TRUE(board.mmu.code_page_is_mru({code}, U));
  board.reading(edge - 1);  // another set, another buffer
  EXPECT_TRUE(board.mmu.code_page_is_mru({code}, U));
  const u32 rival = code + 8 * board.page_size;  // the i386's same set
  board.map(rival, 0x50000, all);
  board.reading(rival);
  EXPECT_EQ(board.mmu.code_page_is_mru({code}, U), is_alpha<TypeParam>);
  board.mmu.translate_code({code}, U);
  board.mmu.flush_page({code});
  EXPECT_FALSE(board.mmu.code_page_is_mru({code}, U));
}

TYPED_TEST(MmuTest, DataAndInstructionBuffers) {
  MappedBoard<TypeParam> board;
  board.mmu.translate_code({edge}, U);
  EXPECT_EQ(board.state.tlb.data().probe({edge}) != nullptr, !is_alpha<TypeParam>);
  EXPECT_NE(board.state.tlb.instruction().probe({edge}), nullptr);
  board.reading(edge);
  const TlbCounters counters = board.mmu.counters();
  EXPECT_EQ(counters.instruction_misses, 1u);
  EXPECT_EQ(counters.data_misses, is_alpha<TypeParam> ? 1u : 0u);
  EXPECT_EQ(counters.data_lookups, 1u);
}

TYPED_TEST(MmuTest, HitsAreCountedOnBothPaths) {
  MappedBoard<TypeParam> board;
  for (unsigned i = 0; i < 10; ++i) board.mmu.template read<u32>({edge + 4 * i}, U);
  board.mmu.template read<u32>({edge - 2}, U);  // two pages, one of them new
  const TlbCounters counters = board.mmu.counters();
  EXPECT_EQ(counters.data_lookups, 12u);
  EXPECT_EQ(counters.data_misses, 2u);
  EXPECT_EQ(counters.data_hits(), 10u);
}

TYPED_TEST(MmuTest, WalksCostTheirBusCycles) {
  MappedBoard<TypeParam> board;
  board.state.timing = {.walk_read = 5, .walk_update = 100};
  board.reading(edge);
  EXPECT_EQ(board.clock.now, is_alpha<TypeParam> ? 10u : 210u);  // 2 reads; A in both entries
  board.reading(edge);
  EXPECT_EQ(board.clock.now, is_alpha<TypeParam> ? 10u : 210u);
  board.writing(edge);
  EXPECT_EQ(board.clock.now, is_alpha<TypeParam> ? 10u : 320u);  // 2 reads; D in the PTE
  board.clock.now = 0;
  board.reading(0x80000000);
  EXPECT_EQ(board.clock.now, 5u);  // one read: the directory entry is not present
}

TYPED_TEST(MmuTest, ChangedMapDropsTheShadow) {
  MappedBoard<TypeParam> board;
  board.map(edge, 0x100000 + high_frame, all);
  board.mmu.template write<u8>({edge}, 0x11, U);
  board.memory.template write<u8>({high_frame}, 0x22);
  EXPECT_EQ(board.mmu.template read<u8>({edge}, U), 0x11);
  board.memory.set_a20(false);
  EXPECT_EQ(board.mmu.template read<u8>({edge}, U), 0x22);
}

struct CountingListener : CodeListener {
  unsigned writes = 0;
  void on_code_write(PhysicalAddress, unsigned) override { ++writes; }
};

TYPED_TEST(MmuTest, StoresIntoWatchedCodeAreSeenThoughThePageWasWarm) {
  MappedBoard<TypeParam> board;
  CountingListener listener;
  board.memory.add_listener(listener);
  board.writing(edge);
  board.memory.watch_code(high_frame >> 12);
  board.writing(edge);
  board.reading(edge);
  board.writing(edge + 4);
  EXPECT_EQ(listener.writes, 2u);
  board.memory.unwatch_code(high_frame >> 12);
  board.writing(edge);
  EXPECT_EQ(listener.writes, 2u);
}

TYPED_TEST(MmuTest, PeekSeesTheTablesAndChangesNothing) {
  MappedBoard<TypeParam> board(Present);
  board.set_word(high_frame + 4, 0x12345678);
  const u32 pde = board.word(board.pde_at(edge)), pte = board.word(board.pte_at(edge));
  const auto peek = board.mmu.peek();
  EXPECT_EQ(peek.translate({edge + 4}), PhysicalAddress{high_frame + 4});
  EXPECT_EQ(peek.template read<u32>({edge + 4}), 0x12345678u);
  EXPECT_EQ(peek.translate({0x80000000}), std::nullopt);
  EXPECT_EQ(peek.template read<u8>({0x80000000}), std::nullopt);
  u8 bytes[8];
  const u32 last = edge + board.page_size - 3;
  EXPECT_EQ(peek.read({last}, bytes), 3u);
  EXPECT_EQ(peek.path({edge}).pte, pte);
  EXPECT_EQ(board.word(board.pde_at(edge)), pde);
  EXPECT_EQ(board.word(board.pte_at(edge)), pte);
  EXPECT_EQ(board.mmu.counters(), TlbCounters{});
}

TYPED_TEST(MmuTest, FramesBeyondTheBusAreBounded) {
  MappedBoard<TypeParam> board;
  board.set_word(board.pte_at(edge), is_alpha<TypeParam> ? 0xFFFFFE07 : 0xFFFFF007);
  EXPECT_EQ(board.mmu.template read<u32>({edge}, U), 0xFFFFFFFFu);
  board.mmu.template write<u32>({edge}, 0, U);
  board.set_word(board.pde_at(edge), is_alpha<TypeParam> ? 0xFFFFFE07 : 0xFFFFF007);
  board.mmu.flush_all();
  EXPECT_EQ(board.mmu.template read<u32>({edge}, U), 0xFFFFFFFFu);
}

}  // namespace
}  // namespace faultline
