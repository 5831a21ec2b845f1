// Pool use by tag: each tag's own figures, and what happens to tags that find no entry.
#include "kernel/mm/pool_tags.hpp"

#include <gtest/gtest.h>

namespace {

TEST(PoolTags, EachTagHasItsFigures) {
  PoolTagTable<8> table;
  table.allocated('a', 16);
  table.allocated('b', 100);
  table.allocated('a', 32);
  table.freed('a', 16);
  ASSERT_EQ(table.count(), 2u);
  EXPECT_EQ(table[0].tag, arch::u32{'a'});
  EXPECT_EQ(table[0].allocations, 2u);
  EXPECT_EQ(table[0].frees, 1u);
  EXPECT_EQ(table[0].bytes, 32u);
  EXPECT_EQ(table[1].tag, arch::u32{'b'});
  EXPECT_EQ(table[1].bytes, 100u);
}

TEST(PoolTags, AnEntryStaysWhenAllIsFreed) {
  PoolTagTable<8> table;
  table.allocated('a', 16);
  table.freed('a', 16);
  table.allocated('b', 8);
  ASSERT_EQ(table.count(), 2u);
  EXPECT_EQ(table[0].bytes, 0u);
  EXPECT_EQ(table[0].allocations, table[0].frees);
}

TEST(PoolTags, TheLastEntryTakesTheTagsThatAreTooMany) {
  PoolTagTable<3> table;
  for (arch::u32 tag = 1; tag <= 6; ++tag) table.allocated(tag, tag * 8);
  ASSERT_EQ(table.count(), 3u);
  EXPECT_EQ(table[1].tag, 2u);
  EXPECT_EQ(table[2].tag, table.overflow_tag);
  EXPECT_EQ(table[2].allocations, 4u);
  EXPECT_EQ(table[2].bytes, (3u + 4 + 5 + 6) * 8);
  for (arch::u32 tag = 1; tag <= 6; ++tag) table.freed(tag, tag * 8);
  for (arch::u32 i = 0; i < table.count(); ++i) EXPECT_EQ(table[i].bytes, 0u);
}

}  // namespace
