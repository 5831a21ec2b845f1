// Files in few pieces: the free runs of a volume, and what a paging file is made of.
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
  FatFile* make() {
    FatFile* file = nullptr;
    EXPECT_EQ(volume_.create("\\PAGEFILE.SYS", FatDisposition::OpenIf, file), STATUS_SUCCESS);
    return file;
  }
  struct Run {
    NTSTATUS status = STATUS_SUCCESS;
    u32 sector = 0, length = 0;
  };
  Run append(FatFile& file, u32 wanted, u32 unit = 512) {
    Run run;
    run.status = volume_.append_run(file, unit, wanted, hidden_system, run.sector, run.length);
    return run;
  }
};

TEST_F(Contiguous, AFileInOnePieceIsAFileToTheTools) {
  format();
  attach();
  fragment(5, 3, 7);
  FatFile* file = make();
  const Run run = append(*file, 700 * 512 - 100);
  ASSERT_EQ(run.status, STATUS_SUCCESS);
  ASSERT_EQ(run.length, 700u * 512);  // whole clusters
  // What is written past the file system is what the file system reads.
  const Bytes contents = pattern(700 * 512, 9);
  std::copy(contents.begin(), contents.end(), device_.bytes.begin() + run.sector * 512);
  Bytes read;
  ASSERT_EQ(read_all("\\PAGEFILE.SYS", read), STATUS_SUCCESS);
  EXPECT_EQ(read, contents);
  expect_clean();
  EXPECT_EQ(get("PAGEFILE.SYS"), contents);
  FatDirectoryInformation information;
  ASSERT_EQ(volume_.query("\\PAGEFILE.SYS", information), STATUS_SUCCESS);
  EXPECT_EQ(information.attributes & hidden_system, hidden_system);
}

TEST_F(Contiguous, AFileGrowsInItsPlaceWhileItCan) {
  format();
  attach();
  FatFile* file = make();
  const Run first = append(*file, 8 * 512), second = append(*file, 4 * 512);
  EXPECT_EQ(second.sector, first.sector + 8);
  fragment(1, 3, 0);  // somebody else's clusters lie behind it now
  const Run third = append(*file, 2 * 512);
  EXPECT_GE(third.sector, second.sector + 4 + 3);
  EXPECT_EQ(file->size, 14u * 512);
  u32 sector = 0, length = 14 * 512;
  ASSERT_EQ(volume_.find_extent(*file, 0, sector, length), STATUS_SUCCESS);
  EXPECT_EQ(sector, first.sector);
  EXPECT_EQ(length, 12u * 512);
  expect_clean();
}

TEST_F(Contiguous, TakesTheLongestRunsInWholeUnitsUntilTheDiskIsFull) {
  format();
  attach();
  fragment(4, 2, 5);
  u32 free = 0;
  ASSERT_EQ(volume_.count_free_clusters(free), STATUS_SUCCESS);
  FatFile* file = make();
  const u32 longest = free - 3 * 5;  // the last gap and what follows are one
  EXPECT_EQ(append(*file, free * 512, 2 * 512).length, longest / 2 * 2 * 512);
  for (int gap = 0; gap < 3; ++gap) EXPECT_EQ(append(*file, free * 512, 2 * 512).length, 4u * 512);
  const Run none = append(*file, 512 * 512, 2 * 512);
  EXPECT_EQ(none.status, STATUS_DISK_FULL);
  EXPECT_EQ(none.length, 0u);
  ASSERT_EQ(volume_.count_free_clusters(free), STATUS_SUCCESS);
  EXPECT_EQ(free, 3u + longest % 2);
  expect_clean();
}

TEST_F(Contiguous, ADiskErrorIsReported) {
  format();
  attach();
  FatFile* file = make();
  device_.writes_until_failure = 1;
  EXPECT_EQ(append(*file, 100 * 512).status, STATUS_DEVICE_DATA_ERROR);
  EXPECT_EQ(file->size, 0u);
}

}  // namespace
}  // namespace fat16_test
