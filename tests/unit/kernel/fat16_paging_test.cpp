// Pages of files: where their sectors are, whole sectors to and from memory, the end of the file.
#include <algorithm>

#include "tests/unit/kernel/fat16_image.hpp"

namespace fat16_test {
namespace {

constexpr u32 page = 4096;

class Fat16Paging : public Fat16Test {
 protected:
  /// A.BIN in pieces: between its writes another file grew.
  void make_fragmented(const Bytes& contents) {
    format(16384, "-F 16 -s 4");
    attach();
    FatFile *file = nullptr, *other = nullptr;
    ASSERT_EQ(volume_.create("A.BIN", FatDisposition::Create, file), STATUS_SUCCESS);
    ASSERT_EQ(volume_.create("B.BIN", FatDisposition::Create, other), STATUS_SUCCESS);
    constexpr u32 step = 6000;
    for (u32 at = 0; at < contents.size(); at += step) {
      u32 done = 0;
      const u32 part = std::min(step, static_cast<u32>(contents.size()) - at);
      ASSERT_EQ(volume_.write(*file, at, &contents[at], part, done), STATUS_SUCCESS);
      ASSERT_EQ(volume_.write(*other, other->size, contents.data(), 100, done), STATUS_SUCCESS);
      ASSERT_EQ(volume_.write(*other, other->size, contents.data(), 2048, done), STATUS_SUCCESS);
    }
    volume_.close(other);
    file_ = file;
  }
  FatFile* file_ = nullptr;
};

TEST_F(Fat16Paging, EveryPageIsTheFilesBytesAndThenZeros) {
  const Bytes whole = pattern(50'001, 3);
  make_fragmented(whole);
  for (u32 offset = 0; offset < whole.size() + 2 * page; offset += page) {
    for (u32 length : {page, 3 * page}) {
      Bytes got(length, 0xCC), expected(length, 0);
      for (u32 i = 0; i < length && offset + i < whole.size(); ++i) expected[i] = whole[offset + i];
      ASSERT_EQ(volume_.read_pages(*file_, offset, got.data(), length), STATUS_SUCCESS);
      EXPECT_EQ(got, expected) << offset;
    }
  }
}

TEST_F(Fat16Paging, ExtentsFollowTheClusters) {
  const Bytes whole = pattern(50'001, 3);
  make_fragmented(whole);
  u32 extents = 0;
  for (u32 offset = 0; offset < whole.size(); ++extents) {
    u32 sector = 0, length = 0x10000;
    ASSERT_EQ(volume_.find_extent(*file_, offset, sector, length), STATUS_SUCCESS);
    ASSERT_GT(length, 0u);
    const u32 valid = std::min(length, static_cast<u32>(whole.size()) - offset);
    EXPECT_TRUE(std::equal(whole.begin() + offset, whole.begin() + offset + valid,
                           device_.bytes.begin() + sector * 512));
    offset += length;
  }
  EXPECT_GE(extents, 9u);  // every write of the other file cut it
  u32 sector = 0, length = 512;
  EXPECT_EQ(volume_.find_extent(*file_, 50'176, sector, length), STATUS_END_OF_FILE);
  EXPECT_EQ(volume_.find_extent(*file_, 100, sector, length), STATUS_INVALID_DEVICE_REQUEST);
}

TEST_F(Fat16Paging, AFileInOnePieceIsOneTransfer) {
  format(16384, "-F 16 -s 1");
  put("A.BIN", pattern(64 * 1024, 5));
  attach();
  FatFile* file = nullptr;
  ASSERT_EQ(volume_.open("A.BIN", file), STATUS_SUCCESS);
  u32 sector = 0, length = 0x10000;
  ASSERT_EQ(volume_.find_extent(*file, 0, sector, length), STATUS_SUCCESS);  // the FAT is read
  EXPECT_EQ(length, 0x10000u);
  const u32 before = device_.accesses;
  Bytes got(32 * 1024);
  ASSERT_EQ(volume_.read_pages(*file, 0, got.data(), 32 * 1024), STATUS_SUCCESS);
  EXPECT_EQ(device_.accesses - before, 1u);
}

TEST_F(Fat16Paging, WritesReachTheDiskUpToTheEndOfTheFile) {
  Bytes whole = pattern(50'001, 3);
  make_fragmented(whole);
  const Bytes fresh = pattern(3 * page, 9);
  ASSERT_EQ(volume_.write_pages(*file_, 2 * page, fresh.data(), 2 * page), STATUS_SUCCESS);
  std::copy_n(fresh.begin(), 2 * page, whole.begin() + 2 * page);
  ASSERT_EQ(volume_.write_pages(*file_, 12 * page, fresh.data(), page), STATUS_SUCCESS);
  std::copy_n(fresh.begin(), whole.size() - 12 * page, whole.begin() + 12 * page);
  const Bytes before = device_.bytes;  // wholly past the end: nothing to write
  ASSERT_EQ(volume_.write_pages(*file_, 13 * page, fresh.data(), page), STATUS_SUCCESS);
  EXPECT_EQ(device_.bytes, before);
  EXPECT_EQ(file_->size, 50'001u);
  EXPECT_EQ(get("A.BIN"), whole);
  expect_clean();
}

TEST_F(Fat16Paging, PartialReadsSeeWhatPagesWrote) {
  const Bytes whole = pattern(50'001, 3);
  make_fragmented(whole);
  u32 done = 0;
  Bytes byte(10);
  ASSERT_EQ(volume_.read(*file_, page + 3, byte.data(), 10, done), STATUS_SUCCESS);
  const Bytes fresh = pattern(page, 9);
  ASSERT_EQ(volume_.write_pages(*file_, page, fresh.data(), page), STATUS_SUCCESS);
  ASSERT_EQ(volume_.read(*file_, page + 3, byte.data(), 10, done), STATUS_SUCCESS);
  EXPECT_TRUE(std::equal(byte.begin(), byte.end(), fresh.begin() + 3));
}

TEST_F(Fat16Paging, FailuresOfTheDiskAreReported) {
  const Bytes whole = pattern(50'001, 3);
  make_fragmented(whole);
  device_.writes_until_failure = 1;
  EXPECT_EQ(volume_.write_pages(*file_, 0, whole.data(), 8 * page), STATUS_DEVICE_DATA_ERROR);
  u32 sector = 0, length = 512;
  ASSERT_EQ(volume_.find_extent(*file_, 5 * page, sector, length), STATUS_SUCCESS);
  device_.bytes.resize(sector * 512);  // the disk ends there
  Bytes got(8 * page);
  EXPECT_EQ(volume_.read_pages(*file_, 0, got.data(), 8 * page), STATUS_DEVICE_DATA_ERROR);
  EXPECT_EQ(volume_.read_pages(*file_, 0, got.data(), page), STATUS_SUCCESS);
}

}  // namespace
}  // namespace fat16_test
