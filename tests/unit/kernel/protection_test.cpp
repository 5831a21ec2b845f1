// Protections and page-table entries, by literal numbers of NT's formats.
#include "kernel/mm/protection.hpp"

#include <gtest/gtest.h>

#include "kernel/mm/pte_alpha.hpp"
#include "kernel/mm/pte_i386.hpp"

namespace {

TEST(Protection, EveryPageConstantHasItsCode) {
  EXPECT_EQ(MiMakeProtectionMask(0x01), 0x18u);  // PAGE_NOACCESS
  EXPECT_EQ(MiMakeProtectionMask(0x02), 1u);
  EXPECT_EQ(MiMakeProtectionMask(0x04), 4u);
  EXPECT_EQ(MiMakeProtectionMask(0x08), 5u);
  EXPECT_EQ(MiMakeProtectionMask(0x10), 2u);
  EXPECT_EQ(MiMakeProtectionMask(0x20), 3u);
  EXPECT_EQ(MiMakeProtectionMask(0x40), 6u);
  EXPECT_EQ(MiMakeProtectionMask(0x80), 7u);
  EXPECT_EQ(MiMakeProtectionMask(0x104), 0x14u);  // PAGE_GUARD
  EXPECT_EQ(MiMakeProtectionMask(0x204), 0x0Cu);  // PAGE_NOCACHE
}

TEST(Protection, NonsenseIsRefused) {
  for (const unsigned bad : {0x00u, 0x03u, 0x06u, 0x100u, 0x101u, 0x201u, 0x304u, 0x404u, 0x44u}) {
    EXPECT_EQ(MiMakeProtectionMask(bad), MM_INVALID_PROTECTION) << std::hex << bad;
  }
}

TEST(Protection, ThereAndBackAgain) {
  for (const unsigned base : {0x02u, 0x04u, 0x08u, 0x10u, 0x20u, 0x40u, 0x80u}) {
    for (const unsigned modifier : {0u, 0x100u, 0x200u}) {
      EXPECT_EQ(MiProtectionToPage(MiMakeProtectionMask(base | modifier)), base | modifier);
    }
  }
  EXPECT_EQ(MiProtectionToPage(MiMakeProtectionMask(0x01)), 0x01u);
}

TEST(Protection, GuardIsNotDecommit) {
  EXPECT_TRUE(MiIsGuard(0x14));
  EXPECT_FALSE(MiIsGuard(MM_DECOMMIT));
  EXPECT_FALSE(MiIsGuard(MM_NOACCESS));
  EXPECT_TRUE(MiIsNoAccess(MM_DECOMMIT));
  EXPECT_TRUE(MiIsNoAccess(MM_NOACCESS));
}

TEST(PteFormat, I386FieldsAreWhereNtHasThem) {
  using Format = PteFormat<arch::PagingI386>;
  EXPECT_EQ(MM_READWRITE << Format::protection_shift, 0x80u);  // NT's demand-zero PTE
  EXPECT_EQ(Format::Write, 0x002u);
  EXPECT_EQ(Format::Owner, 0x004u);
  EXPECT_EQ(Format::Dirty, 0x040u);
  EXPECT_EQ(Format::CopyOnWrite, 0x200u);
  EXPECT_EQ(Format::Prototype, 0x400u);
  EXPECT_EQ(Format::Transition, 0x800u);
  EXPECT_EQ(Format::pfn_shift, 12u);
}

TEST(PteFormat, AlphaIsDirtyOnlyWhereItMayBeWritten) {
  using Format = PteFormat<arch::PagingAlpha>;
  EXPECT_EQ(Format::access_bits(true, false), 0x80u);
  EXPECT_EQ(Format::access_bits(true, true), 0x84u);
  EXPECT_EQ(Format::access_bits(false, true), 0u);
  EXPECT_EQ(Format::Owner, 2u);
  EXPECT_EQ(Format::pfn_shift, 9u);
}

}  // namespace
