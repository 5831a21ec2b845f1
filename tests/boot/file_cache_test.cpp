// Files through the cache: what programs read and write, and what the disk has of it afterwards.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

constexpr std::uint32_t fileio_size = 5003 * 40;

/// What fileio.exe writes at each offset.
std::string fileio_pattern() {
  std::string bytes(fileio_size, 0);
  for (std::uint32_t i = 0; i < fileio_size; ++i) {
    bytes[i] = static_cast<char>((i * 2654435761u) >> 24 ^ i);
  }
  return bytes;
}

/// A copy of the system disk that a test may write to.
class FileCache : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::copy_file(system_disk(), disk()); }
  std::string disk() const { return scratch_.path("disk"); }
  Outcome run(const std::string& program, const std::string& memory = "4M") const {
    const std::string options =
        scratch_.file("boot.ini", "options=PAGEFILE=4 RUN=" + program + "\r\n");
    put(options, "BOOT.INI");
    return faultline({"boot", "--headless", "--mem", memory, "--disk", disk()});
  }
  void put(const std::string& file, const std::string& name) const {
    const Outcome copied = run_command(
        "env", {"MTOOLSRC=/dev/null", "mcopy", "-o", "-i", disk() + "@@1M", file, "::" + name});
    EXPECT_EQ(copied.status, 0) << copied.err;
  }
  std::string get(const std::string& name) const {
    const Outcome copied = run_command("env", {"MTOOLSRC=/dev/null", "mcopy", "-n", "-o", "-i",
                                               disk() + "@@1M", "::" + name, scratch_.path(name)});
    EXPECT_EQ(copied.status, 0) << copied.err;
    return scratch_.read(name);
  }
  void expect_sound_volume() const {
    std::ifstream in(disk(), std::ios::binary);
    in.seekg(1 << 20);
    std::ofstream(scratch_.path("volume"), std::ios::binary) << in.rdbuf();
    const Outcome checked = run_command("fsck.fat", {"-n", scratch_.path("volume")});
    EXPECT_EQ(checked.status, 0) << checked.out;
  }
  Scratch scratch_;
};

TEST_F(FileCache, WhatWasWrittenIsReadAndOnTheDisk) {
  const Outcome outcome = run("fileio.exe");
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_EQ(get("FILEIO.DAT"), fileio_pattern());
  expect_sound_volume();
}

/// The end of the system writes what a process has not closed.
TEST_F(FileCache, TheEndOfTheSystemFlushesOpenFiles) {
  const Outcome outcome = run("fileio.exe and-leave-open");
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_EQ(get("LEFTOPEN.DAT"), "written and left open");
  EXPECT_EQ(get("FILEIO.DAT"), fileio_pattern());
  expect_sound_volume();
}

/// Pages of files come and go in order while the rest of memory is fought for.
TEST_F(FileCache, InvariantsHold) {
  const Outcome outcome =
      faultline({"check-vmm", "--mem", "4M", "--points", "100", "fileio.exe", "and-leave-open"});
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
}

}  // namespace
}  // namespace faultline::tests
