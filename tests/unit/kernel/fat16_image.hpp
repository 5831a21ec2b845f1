// A FAT16 image in memory for the file-system tests, exchanged with mkfs.fat, mtools and fsck.fat.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "kernel/io/block_device.hpp"
#include "kernel/io/fat16.hpp"

namespace fat16_test {

using namespace arch;

/// A disk in memory that counts its accesses and can be told to fail.
class MemoryDevice final : public BlockDevice {
 public:
  std::vector<u8> bytes;
  u32 accesses = 0;
  u32 writes_until_failure = 0xFFFFFFFF;

  bool read(u32 lba, u32 count, void* buffer) override {
    ++accesses;
    if (lba > sector_count() || count > sector_count() - lba) return false;
    std::memcpy(buffer, &bytes[lba * sector_size], count * sector_size);
    return true;
  }
  bool write(u32 lba, u32 count, const void* buffer) override {
    ++accesses;
    if (lba > sector_count() || count > sector_count() - lba) return false;
    if (writes_until_failure == 0) return false;
    --writes_until_failure;
    std::memcpy(&bytes[lba * sector_size], buffer, count * sector_size);
    return true;
  }
  u32 sector_count() const override { return static_cast<u32>(bytes.size() / sector_size); }
};

inline constexpr FatTimestamp test_time{12 << 11 | 34 << 5 | 56 / 2,
                                        (2026 - 1980) << 9 | 5 << 5 | 4};
inline FatTimestamp test_clock() { return test_time; }

using Bytes = std::vector<u8>;

/// Contents that differ from file to file and from offset to offset.
inline Bytes pattern(u32 size, u32 seed) {
  Bytes bytes(size);
  u32 x = seed * 2654435761u + 1;
  for (u8& byte : bytes) {
    x = x * 1664525 + 1013904223;
    byte = static_cast<u8>(x >> 24);
  }
  return bytes;
}

/// A directory of its own, with an image file for the tools.
class Fat16Test : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = std::filesystem::path(testing::TempDir()) /
                 (std::string("fat16-") + info->name() + "-" + std::to_string(getpid()));
    std::filesystem::create_directories(directory_);
    setenv("MTOOLSRC", "/dev/null", 1);
    setenv("TZ", "UTC", 1);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return (directory_ / name).string(); }
  static bool run(const std::string& command) { return std::system(command.c_str()) == 0; }
  static std::string output(const std::string& command) {
    std::string text;
    FILE* pipe = popen(command.c_str(), "r");
    for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
    pclose(pipe);
    return text;
  }
  static Bytes load(const std::string& name) {
    std::ifstream in(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  static void save(const std::string& name, const Bytes& bytes) {
    std::ofstream out(name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  }

  void format(u32 kilobytes = 8192, const std::string& options = "-F 16 -s 1 -r 512") {
    ASSERT_TRUE(run("mkfs.fat --invariant -C -i 12345678 " + options + " " + path("disk") + " " +
                    std::to_string(kilobytes) + " > /dev/null"));
  }
  /// The tools' image into memory, and mounted; and back to the tools.
  void attach() {
    device_.bytes = load(path("disk"));
    ASSERT_EQ(volume_.mount(device_, 0, test_clock), STATUS_SUCCESS);
  }
  void detach() { save(path("disk"), device_.bytes); }
  /// fsck.fat finds nothing wrong.
  void expect_clean() {
    detach();
    EXPECT_TRUE(run("fsck.fat -n " + path("disk") + " > " + path("fsck") + " 2>&1"))
        << output("cat " + path("fsck"));
  }

  void put(const std::string& name, const Bytes& contents) {
    save(path("in"), contents);
    ASSERT_TRUE(run("mcopy -o -i " + path("disk") + " " + path("in") + " '::" + name + "'"));
  }
  Bytes get(const std::string& name) {
    detach();
    std::filesystem::remove(path("out"));
    EXPECT_TRUE(run("mcopy -n -i " + path("disk") + " '::" + name + "' " + path("out"))) << name;
    return load(path("out"));
  }

  NTSTATUS read_all(const char* name, Bytes& contents) {
    FatFile* file = nullptr;
    NTSTATUS status = volume_.open(name, file);
    if (!NT_SUCCESS(status)) return status;
    contents.assign(file->size, 0xCC);
    u32 done = 0;
    if (file->size != 0) {
      status = volume_.read(*file, 0, contents.data(), file->size, done);
      EXPECT_TRUE(!NT_SUCCESS(status) || done == file->size);
    }
    volume_.close(file);
    return status;
  }
  NTSTATUS write_all(const char* name, const Bytes& contents) {
    FatFile* file = nullptr;
    NTSTATUS status = volume_.create(name, FatDisposition::OverwriteIf, file);
    if (!NT_SUCCESS(status)) return status;
    u32 done = 0;
    status = volume_.write(*file, 0, contents.data(), static_cast<u32>(contents.size()), done);
    EXPECT_EQ(done, NT_SUCCESS(status) ? contents.size() : 0);
    volume_.close(file);
    return status;
  }
  std::vector<std::string> list(const char* name) {
    std::vector<std::string> names;
    FatFile* directory = nullptr;
    EXPECT_EQ(volume_.open(name, directory), STATUS_SUCCESS);
    FatDirectoryInformation entry;
    u32 cursor = 0;
    NTSTATUS status;
    while (NT_SUCCESS(status = volume_.read_directory(*directory, cursor, entry))) {
      names.push_back(entry.name);
    }
    EXPECT_EQ(status, STATUS_NO_MORE_FILES);
    volume_.close(directory);
    return names;
  }

  /// The FAT as the disk has it, first copy.
  u16 fat(u32 cluster) {
    u16 value;
    std::memcpy(&value, &device_.bytes[fat_start() + cluster * 2], 2);
    return value;
  }
  void set_fat(u32 cluster, u16 value) {
    std::memcpy(&device_.bytes[fat_start() + cluster * 2], &value, 2);
    ASSERT_EQ(volume_.mount(device_, 0, test_clock), STATUS_SUCCESS);  // drops the buffers
  }
  u32 fat_start() const { return (device_.bytes[14] | device_.bytes[15] << 8) * 512u; }

  MemoryDevice device_;
  FatVolume volume_;
  std::filesystem::path directory_;
};

}  // namespace fat16_test
