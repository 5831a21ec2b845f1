// The page walker of both schemes against an oracle written from the manual's tables.
// [386 §5.2.4, §6.4] [486 §6.4.3]
#include "mmu/page_walker.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tests/unit/mmu/board.hpp"

namespace faultline {
namespace {

using namespace testing_support;

struct Expected {
  bool allowed;
  u32 error_code;
};

/// The manual in five lines; `rights` as in Rights, error code P=1 W=2 U=4.
Expected oracle(bool alpha, u32 pde, u32 pte, AccessKind kind, bool user, bool wp) {
  const bool write = kind == AccessKind::Write;
  const u32 code = (write ? 2u : 0u) | (user ? 4u : 0u);
  if ((pde & 1) == 0 || (pte & 1) == 0) return {false, code};
  const bool page_user = (pde & pte & 4) != 0, page_writable = (pde & pte & 2) != 0;
  if (user && !page_user) return {false, code | 1};
  if (write && !page_writable && (user || wp || alpha)) return {false, code | 1};
  return {true, 0};
}

template <class P>
class PageWalkerTest : public testing::Test {
 protected:
  static constexpr bool alpha = std::is_same_v<P, PagingAlpha>;
  static constexpr u32 linear = 0x12345678;
  Board<P> board;

  WalkResult walk(AccessKind kind, Privilege privilege) {
    return PageWalker<P>::walk(board.memory, board.state.registers, {linear}, kind, privilege);
  }
};
using Schemes = testing::Types<PagingI386, PagingAlpha>;
TYPED_TEST_SUITE(PageWalkerTest, Schemes);

TYPED_TEST(PageWalkerTest, EveryCombinationOfRights) {
  using B = Board<TypeParam>;
  constexpr bool alpha = TestFixture::alpha;
  constexpr u32 linear = TestFixture::linear, frame = 0x40000;
  unsigned allowed = 0;
  for (u32 c = 0; c < 512; ++c) {
    const u32 pde_rights = c & 7, pte_rights = c >> 3 & 7;
    const auto kind = static_cast<AccessKind>(c >> 6 & 3);
    if (static_cast<unsigned>(kind) > 2) continue;
    const bool user = (c >> 8 & 1) != 0;
    for (const bool wp : {false, true}) {
      B& board = this->board;
      board.state.registers.cr0 = wp ? 0x80010001 : 0x80000001;
      board.map(linear, frame, pte_rights, pde_rights);
      const u32 pde = board.word(B::pde_at(linear)), pte = board.word(B::pte_at(linear));
      const WalkResult result = this->walk(kind, user ? U : S);
      const Expected expected = oracle(alpha, pde_rights, pte_rights, kind, user, wp);
      SCOPED_TRACE(testing::Message() << "pde " << pde_rights << " pte " << pte_rights << " kind "
                                      << (c >> 6 & 3) << " user " << user << " wp " << wp);
      ASSERT_EQ(static_cast<bool>(result), expected.allowed);
      const bool write = kind == AccessKind::Write;
      const u32 marks = alpha || !expected.allowed ? 0 : 0x20;
      EXPECT_EQ(board.word(B::pde_at(linear)), pde | marks);
      EXPECT_EQ(board.word(B::pte_at(linear)), pte | marks | (marks && write ? 0x40 : 0));
      EXPECT_EQ(result.updates, marks ? 2u : 0u);
      EXPECT_EQ(result.reads, pde_rights & 1 ? 2u : 1u);
      EXPECT_EQ(result.path.pde, pde);
      EXPECT_EQ(result.path.pde_address.value, B::pde_at(linear));
      if (!expected.allowed) {
        EXPECT_EQ(result.error_code, expected.error_code);
        const WalkFailure failure = !(pde_rights & 1)   ? WalkFailure::DirectoryNotPresent
                                    : !(pte_rights & 1) ? WalkFailure::TableNotPresent
                                                        : WalkFailure::Protection;
        EXPECT_EQ(result.failure, failure);
        continue;
      }
      ++allowed;
      EXPECT_EQ(result.path.pte, pte);
      EXPECT_EQ(result.path.pte_address.value, B::pte_at(linear));
      EXPECT_EQ(PageWalker<TypeParam>::frame_address(result.entry.frame).value, frame);
      EXPECT_EQ(result.entry.user, (pde_rights & pte_rights & 4) != 0);
      EXPECT_EQ(result.entry.writable, (pde_rights & pte_rights & 2) != 0);
    }
  }
  EXPECT_GT(allowed, 50u);
}

using PageWalkerI386 = PageWalkerTest<PagingI386>;
TEST_F(PageWalkerI386, MarksOnlyWhatIsClear) {
  board.map(linear, 0x40000, Present | Writable);
  EXPECT_EQ(walk(AccessKind::Read, S).updates, 2u);
  EXPECT_EQ(walk(AccessKind::Read, S).updates, 0u);
  EXPECT_EQ(walk(AccessKind::Write, S).updates, 1u);  // D, in the PTE only
  EXPECT_EQ(walk(AccessKind::Write, S).updates, 0u);
  EXPECT_EQ(board.word(board.pde_at(linear)) & 0x60, 0x20u);
  EXPECT_EQ(board.word(board.pte_at(linear)) & 0x60, 0x60u);
}

TYPED_TEST(PageWalkerTest, LowBitsOfCr3AreIgnored) {
  this->board.map(TestFixture::linear, 0x40000, Present);
  this->board.state.registers.cr3 |= Board<TypeParam>::page_size - 1;
  EXPECT_TRUE(this->walk(AccessKind::Read, S));
}

TYPED_TEST(PageWalkerTest, ExamineHasNoSideEffects) {
  using B = Board<TypeParam>;
  B& board = this->board;
  board.map(TestFixture::linear, 0x40000, Present | User);
  const u32 pde = board.word(B::pde_at(TestFixture::linear));
  const u32 pte = board.word(B::pte_at(TestFixture::linear));
  const PageTablePath path =
      PageWalker<TypeParam>::examine(board.memory, B::directory, {TestFixture::linear});
  EXPECT_EQ(path.pde, pde);
  EXPECT_EQ(path.pte, pte);
  EXPECT_EQ(board.word(B::pde_at(TestFixture::linear)), pde);
  EXPECT_EQ(board.word(B::pte_at(TestFixture::linear)), pte);
}

/// Page tables as a vector of words, walked by division, beside the walker's memory.
TYPED_TEST(PageWalkerTest, AMillionAccessesAgreeWithAModel) {
  using B = Board<TypeParam>;
  constexpr bool alpha = TestFixture::alpha;
  constexpr u32 pages = 16, tables = 4;
  B& board = this->board;
  std::vector<u32> pde(tables), pte(tables * pages);
  std::mt19937 random(486);
  for (unsigned step = 0; step < 1000000; ++step) {
    const u32 table = random() % tables, page = random() % pages;
    const u32 linear = table * B::table_span + page * B::page_size + random() % B::page_size;
    u32& pde_word = pde[table];
    u32& pte_word = pte[table * pages + page];
    if (step % 8 == 0) {  // new rights, biased towards present; the software bits are noise
      const u32 noise = alpha ? random() & 0x1F8 : random() & 0xE00;
      pte_word = raw_entry<TypeParam>(random() % 8 | (random() % 4 != 0), 0x40 + page) | noise;
      board.set_word(B::pte_at(linear), pte_word);
      if (step % 64 == 0) {
        pde_word = raw_entry<TypeParam>(random() % 8 | (random() % 4 != 0),
                                        B::table_of(linear) / B::page_size);
        board.set_word(B::pde_at(linear), pde_word);
      }
    }
    const auto kind = static_cast<AccessKind>(random() % 3);
    const bool user = random() % 2 != 0, wp = random() % 2 != 0;
    board.state.registers.cr0 = wp ? 0x80010001 : 0x80000001;
    const auto rights = [](u32 raw) -> u32 {
      return alpha ? (raw & 1) | (raw & 2 ? 4 : 0) | (raw & 4 ? 2 : 0) : raw & 7;
    };
    const Expected expected = oracle(alpha, rights(pde_word), rights(pte_word), kind, user, wp);
    const WalkResult result = PageWalker<TypeParam>::walk(board.memory, board.state.registers,
                                                          {linear}, kind, user ? U : S);
    ASSERT_EQ(static_cast<bool>(result), expected.allowed) << "step " << step;
    if (expected.allowed) {
      if (!alpha) {
        pde_word |= 0x20;
        pte_word |= kind == AccessKind::Write ? 0x60 : 0x20;
      }
      ASSERT_EQ(result.entry.frame, 0x40 + page) << "step " << step;
    } else {
      ASSERT_EQ(result.error_code, expected.error_code) << "step " << step;
    }
    ASSERT_EQ(board.word(B::pde_at(linear)), pde_word) << "step " << step;
    ASSERT_EQ(board.word(B::pte_at(linear)), pte_word) << "step " << step;
  }
}

}  // namespace
}  // namespace faultline
