// Image files, their geometry, overlays and errors.
#include "machine/disk_image.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "temporary_file.hpp"

namespace faultline {
namespace {

std::string error_of(const std::string& path) {
  try {
    open_disk(path);
  } catch (const DiskError& error) {
    return error.what();
  }
  return "no error";
}

TEST(DiskImage, RefusesWhatIsNoDiskAndNamesTheFile) {
  EXPECT_NE(error_of("/no/such/disk.img").find("/no/such/disk.img"), std::string::npos);
  EXPECT_NE(error_of("/tmp").find("directory"), std::string::npos);
  const TemporaryFile odd(1474560 + 100), small(512 * 100);
  EXPECT_NE(error_of(odd.path()).find("truncated"), std::string::npos);
  EXPECT_NE(error_of(odd.path()).find(odd.path()), std::string::npos);
  EXPECT_NE(error_of(small.path()).find("too small"), std::string::npos);
}

TEST(DiskImage, WritesReachTheFile) {
  const TemporaryFile file(1474560);
  Sector data{};
  data.fill(0xA5);
  {
    const auto disk = open_disk(file.path());
    EXPECT_EQ(disk->sectors(), 2880u);
    EXPECT_TRUE(disk->write(2879, data));
  }
  Sector back{};
  EXPECT_TRUE(open_disk(file.path())->read(2879, back));
  EXPECT_EQ(back, data);
}

TEST(DiskImage, AnOverlayLeavesTheFileAlone) {
  const TemporaryFile file(1474560);
  Sector data{};
  data.fill(0x3C);
  const auto overlay = open_disk_overlay(file.path());
  EXPECT_TRUE(overlay->write(7, data));
  Sector back{};
  EXPECT_TRUE(overlay->read(7, back));
  EXPECT_EQ(back, data);
  EXPECT_TRUE(open_disk(file.path())->read(7, back));
  EXPECT_EQ(back, Sector{});
}

TEST(DiskGeometry, FitsTheSize) {
  const auto expect = [](u32 total, u32 cylinders, u32 heads, u32 sectors) {
    const DiskGeometry geometry = geometry_of(total);
    EXPECT_EQ(geometry.cylinders, cylinders) << total;
    EXPECT_EQ(geometry.heads, heads) << total;
    EXPECT_EQ(geometry.sectors, sectors) << total;
  };
  expect(2880, 80, 2, 18);
  expect(65536, 520, 2, 63);          // 32 MB
  expect(131072, 1040 / 2, 4, 63);    // 64 MB
  expect(1032192, 1024, 16, 63);      // 504 MB
  expect(4194304, 4161, 16, 63);      // 2 GB
  expect(0x0FFFFFFF, 16383, 16, 63);  // 128 GB
}

}  // namespace
}  // namespace faultline
