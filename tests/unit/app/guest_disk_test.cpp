// System disks seen from the host: partition tables, files in and out, names.
#include "app/guest_disk.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/host_tool.hpp"
#include "app/image_copy.hpp"

namespace faultline::app {
namespace {

using arch::u8;
namespace fs = std::filesystem;

constexpr std::size_t sector = 512, partition_start = 63, partition_sectors = 16384;

/// A partitioned image with an empty FAT16 volume.
class SystemDisk : public testing::Test {
 protected:
  SystemDisk() : image_(directory_.path() / "disk.img") {
    std::vector<u8> bytes((partition_start + partition_sectors) * sector);
    bytes[0x1BE] = 0x80;
    bytes[0x1BE + 4] = 0x06;
    bytes[0x1BE + 8] = partition_start;
    bytes[0x1BE + 13] = partition_sectors >> 8;
    bytes[510] = 0x55;
    bytes[511] = 0xAA;
    store(bytes);
    const std::string volume = image_.string() + "@@" + std::to_string(partition_start * sector);
    const auto result =
        run_tool({"mformat", "-i", volume, "-T", std::to_string(partition_sectors), "-h", "16",
                  "-s", "63", "-H", std::to_string(partition_start), "-c", "1", "::"});
    EXPECT_EQ(result.status, 0) << result.errors;
  }
  void store(const std::vector<u8>& bytes) {
    write_file(image_, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  TemporaryDirectory directory_;
  fs::path image_;
};

TEST_F(SystemDisk, TakesAndGivesFiles) {
  GuestDisk disk(image_);
  const std::vector<u8> hello = {'M', 'Z', 0, 255, '\n'};
  disk.write("HELLO.EXE", hello);
  disk.write("HELLO.EXE", hello);  // over itself
  EXPECT_EQ(disk.read("HELLO.EXE"), hello);
  EXPECT_EQ(disk.read("ABSENT.EXE"), std::nullopt);
  EXPECT_EQ(disk.list("*.EXE"), std::vector<std::string>{"HELLO.EXE"});
  EXPECT_TRUE(disk.list("*.DLL").empty());
}

TEST_F(SystemDisk, WhatIsWrittenDoesNotDependOnWhen) {
  const std::vector<u8> before = read_file(image_);
  const std::vector<u8> text = {'a'};
  GuestDisk(image_).write("A.TXT", text);
  const std::vector<u8> first = read_file(image_);
  store(before);
  run_tool({"sleep", "2.1"});  // FAT's time has a grain of two seconds
  GuestDisk(image_).write("A.TXT", text);
  EXPECT_TRUE(read_file(image_) == first);
}

TEST_F(SystemDisk, ATruncatedImageIsNamed) {
  fs::resize_file(image_, 4096 * sector);
  try {
    find_fat16_volume(image_);
    FAIL() << "no complaint";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("disk.img: truncated"), std::string::npos);
  }
}

TEST_F(SystemDisk, AKernelThatIsNoImageIsNamed) {
  EXPECT_NO_THROW(check_kernel(image_));  // another system's disk
  const std::string script = "#!/bin/sh\n";
  GuestDisk(image_).write("KERNEL.EXE", {reinterpret_cast<const u8*>(script.data()), 10});
  EXPECT_THROW(check_kernel(image_), InputError);
}

TEST_F(SystemDisk, ADiskWithoutVolumeIsRefused) {
  store(std::vector<u8>(2880 * sector));
  EXPECT_EQ(find_fat16_volume(image_), std::nullopt);
  EXPECT_THROW(GuestDisk{image_}, InputError);
}

TEST(TemporaryDirectory, LeavesNothingBehind) {
  fs::path path;
  {
    TemporaryDirectory directory;
    path = directory.path();
    std::ofstream(path / "file") << "x";
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(NameOnDisk, IsEightDotThree) {
  EXPECT_EQ(name_on_disk("/tmp/hello.exe"), "HELLO.EXE");
  EXPECT_EQ(name_on_disk("my-long-program.exe"), "MY-LONG-.EXE");
  EXPECT_EQ(name_on_disk("a.out"), "A~1.EXE");
  EXPECT_EQ(name_on_disk("two words+.exe"), "TWOWORDS.EXE");
  EXPECT_EQ(name_on_disk("x"), "X.EXE");
  EXPECT_EQ(name_on_disk("kernel.exe"), "KERNEL~1.EXE");
  EXPECT_EQ(name_on_disk("..."), "PROGRAM.EXE");
}

TEST(ImageCopy, HasTheSameBytesAndTheSameHoles) {
  const TemporaryDirectory directory;
  const fs::path from = directory.path() / "from", to = directory.path() / "to";
  write_file(from, "boot");
  fs::resize_file(from, 3 << 20);
  std::fstream(from, std::ios::in | std::ios::out | std::ios::binary).seekp(1 << 20) << "file";
  fs::permissions(from, fs::perms::owner_read);
  copy_image(from, to);
  EXPECT_EQ(read_file(to), read_file(from));
  struct stat original {}, copy {};
  ASSERT_EQ(::stat(from.c_str(), &original), 0);
  ASSERT_EQ(::stat(to.c_str(), &copy), 0);
  EXPECT_LE(copy.st_blocks, original.st_blocks);
  EXPECT_EQ(copy.st_mode & 0777, 0600u);
  EXPECT_THROW(copy_image(from, to), OutputError);  // it is there already
  EXPECT_THROW(copy_image(directory.path() / "none", directory.path() / "new"), InputError);
}

TEST(HostTool, AMissingToolIsNamed) {
  EXPECT_THROW(run_tool({"no-such-tool-of-faultline"}), MissingTool);
  EXPECT_EQ(run_tool({"false"}).status, 1);
}

}  // namespace
}  // namespace faultline::app
