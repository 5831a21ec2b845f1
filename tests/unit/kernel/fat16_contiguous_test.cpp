// Files in one piece: the free runs of a volume, and what a paging file is made of.
#include "tests/unit/kernel/fat16_image.hpp"

namespace fat16_test {
namespace {

constexpr u8 hidden_system = fat_attribute::hidden | fat_attribute::system;

class Contiguous : public Fat16Test {
 protected:
  /// Used and free clusters in turn, so that no run but the last is longer than `gap`.
  void fragment(u32 files, u32 clusters, u32 gap) {
    for (u32 i = 0; i < files; ++i) {
      write_all(("\\KEEP" + std::to_string(i)).c_str(), pattern(clusters * 512, i));
      write_all(("\\GAP" + std::to_string(i)).c_str(), pattern(gap * 512, i));
    }
    for (u32 i = 0; i < files; ++i) volume_.remove(("\\GAP" + std::to_string(i)).c_str());
  }
  NTSTATUS make(u32 size, FatFile*& file) {
    const NTSTATUS status = volume_.create("\\PAGEFILE.SYS", FatDisposition::OpenIf, file);
    return NT_SUCCESS(status) ? volume_.allocate_contiguous(*file, size, hidden_system) : status;
  }
};

TEST_F(Contiguous, AFileInOnePieceIsAFileToTheTools) {
  format();
  attach();
  fragment(5, 3, 7);
  FatFile* file = nullptr;
  ASSERT_EQ(make(700 * 512 - 100, file), STATUS_SUCCESS);
  u32 sector = 0;
  ASSERT_EQ(volume_.first_sector_of(*file, sector), STATUS_SUCCESS);
  // What is written past the file system is what the file system reads.
  const Bytes contents = pattern(700 * 512 - 100, 9);
  std::copy(contents.begin(), contents.end(), device_.bytes.begin() + sector * 512);
  Bytes read;
  ASSERT_EQ(read_all("\\PAGEFILE.SYS", read), STATUS_SUCCESS);
  EXPECT_EQ(read, contents);
  expect_clean();
  EXPECT_EQ(get("PAGEFILE.SYS"), contents);
  FatDirectoryInformation information;
  ASSERT_EQ(volume_.query("\\PAGEFILE.SYS", information), STATUS_SUCCESS);
  EXPECT_EQ(information.attributes & hidden_system, hidden_system);
}

TEST_F(Contiguous, FreeRunsAreMeasured) {
  format();
  attach();
  u32 free = 0, longest = 0, clusters = 0;
  fragment(4, 2, 5);
  ASSERT_EQ(volume_.query_free_run(free, longest), STATUS_SUCCESS);
  ASSERT_EQ(volume_.count_free_clusters(clusters), STATUS_SUCCESS);
  EXPECT_EQ(free, clusters * 512);
  EXPECT_EQ(longest, free - 3 * 5 * 512);  // the last gap and what follows are one
}

TEST_F(Contiguous, TakesTheWholeLongestRunAndNoMore) {
  format();
  attach();
  fragment(4, 2, 5);
  u32 free = 0, longest = 0;
  ASSERT_EQ(volume_.query_free_run(free, longest), STATUS_SUCCESS);
  FatFile* file = nullptr;
  EXPECT_EQ(make(longest + 1, file), STATUS_DISK_FULL);
  EXPECT_EQ(file->size, 0u);
  ASSERT_EQ(volume_.allocate_contiguous(*file, longest, 0), STATUS_SUCCESS);
  EXPECT_EQ(volume_.allocate_contiguous(*file, 512, 0), STATUS_INVALID_DEVICE_REQUEST);
  ASSERT_EQ(volume_.query_free_run(free, longest), STATUS_SUCCESS);
  EXPECT_EQ(free, 3 * 5 * 512u);
  EXPECT_EQ(longest, 5 * 512u);
  expect_clean();
}

TEST_F(Contiguous, AFileInPiecesHasNoFirstSector) {
  format();
  attach();
  fragment(2, 2, 3);
  ASSERT_EQ(write_all("\\PIECES", pattern(20 * 512, 1)), STATUS_SUCCESS);
  FatFile* file = nullptr;
  u32 sector = 0;
  set_fat(0, fat(0));  // a new mount: space is looked for from the start again
  ASSERT_EQ(volume_.open("\\KEEP0", file), STATUS_SUCCESS);
  ASSERT_EQ(volume_.set_size(*file, 9 * 512), STATUS_SUCCESS);
  EXPECT_EQ(volume_.first_sector_of(*file, sector), STATUS_UNSUCCESSFUL);
  volume_.close(file);
  ASSERT_EQ(write_all("\\EMPTY", {}), STATUS_SUCCESS);
  ASSERT_EQ(volume_.open("\\EMPTY", file), STATUS_SUCCESS);
  EXPECT_EQ(volume_.first_sector_of(*file, sector), STATUS_UNSUCCESSFUL);
}

TEST_F(Contiguous, ADiskErrorIsReported) {
  format();
  attach();
  FatFile* file = nullptr;
  ASSERT_EQ(volume_.create("\\PAGEFILE.SYS", FatDisposition::OpenIf, file), STATUS_SUCCESS);
  device_.writes_until_failure = 1;
  EXPECT_EQ(volume_.allocate_contiguous(*file, 100 * 512, 0), STATUS_DEVICE_DATA_ERROR);
  EXPECT_EQ(file->size, 0u);
}

}  // namespace
}  // namespace fat16_test
