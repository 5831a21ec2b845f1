// The arithmetic of both paging schemes against literal numbers, and the bits of their entries.
#include "arch/paging.hpp"

#include <gtest/gtest.h>

#include "arch/paging_alpha.hpp"
#include "arch/paging_i386.hpp"

namespace arch {
namespace {

using I386 = Geometry<PagingI386>;
using Alpha = Geometry<PagingAlpha>;

TEST(I386Geometry, Sizes) {
  EXPECT_EQ(I386::page_size, 4096u);
  EXPECT_EQ(I386::table_entries, 1024u);
  EXPECT_EQ(I386::directory_entries, 1024u);
  EXPECT_EQ(I386::bytes_per_table, 0x400000u);
  EXPECT_EQ(I386::page_mask, 0xFFFFF000u);
  EXPECT_EQ(I386::round_up(1), 4096u);
  EXPECT_EQ(I386::round_up(4096), 4096u);
}

TEST(I386Geometry, SelfMap) {
  EXPECT_EQ(I386::directory_base, 0xC0300000u);
  EXPECT_EQ(I386::pte_address(0x00000000), 0xC0000000u);
  EXPECT_EQ(I386::pte_address(0x80000000), 0xC0200000u);
  EXPECT_EQ(I386::pte_address(0xC0000000), 0xC0300000u);
  EXPECT_EQ(I386::pte_address(0xC0300000), 0xC0300C00u);
  EXPECT_EQ(I386::pte_address(0xFFFFFFFF), 0xC03FFFFCu);
  EXPECT_EQ(I386::pde_address(0x00000000), 0xC0300000u);
  EXPECT_EQ(I386::pde_address(0x80000000), 0xC0300800u);
  EXPECT_EQ(I386::pde_address(0xC0300000), 0xC0300C00u);
}

TEST(I386Geometry, Split) {
  EXPECT_EQ(I386::directory_index(0x12345678), 0x048u);
  EXPECT_EQ(I386::table_index(0x12345678), 0x345u);
  EXPECT_EQ(I386::page_of(0x12345678), 0x12345u);
  EXPECT_EQ(0x12345678u & I386::offset_mask, 0x678u);
}

TEST(AlphaGeometry, Sizes) {
  EXPECT_EQ(Alpha::page_size, 8192u);
  EXPECT_EQ(Alpha::table_entries, 2048u);
  EXPECT_EQ(Alpha::directory_entries, 256u);
  EXPECT_EQ(Alpha::bytes_per_table, 0x1000000u);
  EXPECT_EQ(Alpha::page_mask, 0xFFFFE000u);
  EXPECT_EQ(Alpha::round_up(8193), 16384u);
}

TEST(AlphaGeometry, SelfMap) {
  EXPECT_EQ(Alpha::directory_base, 0xC0180000u);
  EXPECT_EQ(Alpha::pte_address(0x00000000), 0xC0000000u);
  EXPECT_EQ(Alpha::pte_address(0x80000000), 0xC0100000u);
  EXPECT_EQ(Alpha::pte_address(0xC0000000), 0xC0180000u);
  EXPECT_EQ(Alpha::pte_address(0xC0180000), 0xC0180300u);
  EXPECT_EQ(Alpha::pte_address(0xFFFFFFFF), 0xC01FFFFCu);
  EXPECT_EQ(Alpha::pde_address(0x80000000), 0xC0180200u);
  EXPECT_EQ(Alpha::pde_address(0xFFFFFFFF), 0xC01803FCu);
}

TEST(AlphaGeometry, Split) {
  EXPECT_EQ(Alpha::directory_index(0x12345678), 0x12u);
  EXPECT_EQ(Alpha::table_index(0x12345678), 0x1A2u);
  EXPECT_EQ(Alpha::page_of(0x12345678), 0x91A2u);
  EXPECT_EQ(0x12345678u & Alpha::offset_mask, 0x1678u);
}

TEST(I386Entry, Bits) {
  EXPECT_EQ(PagingI386::decode(0x12345067), (PageEntry{.present = true,
                                                       .writable = true,
                                                       .user = true,
                                                       .accessed = true,
                                                       .dirty = true,
                                                       .frame = 0x12345}));
  EXPECT_EQ(PagingI386::decode(0x00000F98),
            (PageEntry{}));  // the OS's bits and PWT, PCD are no rights
  EXPECT_EQ(PagingI386::encode({.present = true, .user = true, .frame = 0xFFFFF}), 0xFFFFF005u);
  EXPECT_EQ(PagingI386::with_accessed(0x1001), 0x1021u);
  EXPECT_EQ(PagingI386::with_dirty(0x1001), 0x1041u);
}

TEST(AlphaEntry, Bits) {
  EXPECT_EQ(PagingAlpha::decode(0x00000A07), (PageEntry{.present = true,
                                                        .writable = true,
                                                        .user = true,
                                                        .accessed = true,
                                                        .dirty = true,
                                                        .frame = 5}));
  const PageEntry clean = PagingAlpha::decode(0x00000203);
  EXPECT_TRUE(clean.present && clean.user);
  EXPECT_FALSE(clean.writable || clean.dirty);
  EXPECT_FALSE(PagingAlpha::decode(0x000001F8).present);
  EXPECT_EQ(PagingAlpha::encode({.present = true, .writable = true, .frame = 3}), 0x605u);
}

template <class P>
class EveryScheme : public testing::Test {};
using Schemes = testing::Types<PagingI386, PagingAlpha>;
TYPED_TEST_SUITE(EveryScheme, Schemes);

TYPED_TEST(EveryScheme, EncodeUndoesDecode) {
  for (u32 rights = 0; rights < 8; ++rights) {
    PageEntry entry{.present = (rights & 1) != 0,
                    .writable = (rights & 2) != 0,
                    .user = (rights & 4) != 0,
                    .frame = 0x1A2B3 + rights};
    const PageEntry back = TypeParam::decode(TypeParam::encode(entry));
    EXPECT_EQ(back.present, entry.present);
    EXPECT_EQ(back.writable, entry.writable);
    EXPECT_EQ(back.user, entry.user);
    EXPECT_EQ(back.frame, entry.frame);
  }
}

TYPED_TEST(EveryScheme, TheSelfMapIsAFixedPoint) {
  using G = Geometry<TypeParam>;
  const u32 self_pde = G::pde_address(G::directory_base);
  EXPECT_EQ(G::pte_address(G::directory_base), self_pde);
  EXPECT_EQ(G::pte_address(self_pde), self_pde);
}

}  // namespace
}  // namespace arch
