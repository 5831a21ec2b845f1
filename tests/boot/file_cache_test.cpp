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
  Outcome run(const std::string& program, const std::string& memory = "4M",
              const std::vector<std::string>& more = {}) const {
    const std::string options =
        scratch_.file("boot.ini", "options=PAGEFILE=4 RUN=" + program + "\r\n");
    put(options, "BOOT.INI");
    std::vector<std::string> arguments = {"boot", "--headless", "--mem", memory, "--disk", disk()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return faultline(arguments);
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

TEST_F(FileCache, ViewsReadsAndWritesShowTheSameBytes) {
  const Outcome outcome = run("mapfile.exe", "8M");
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find("one file, however it is looked at"), std::string::npos);
  // A process that still has a view when the system ends.
  EXPECT_EQ(get("LEFTVIEW.DAT").substr(0, 4), "LEET");
  expect_sound_volume();
}

/// The machine stops dead: what was flushed is on the disk, what was not isn't.
TEST_F(FileCache, AFlushReachesTheDiskBeforeItReturns) {
  const Outcome outcome = run("mapfile.exe flush", "8M", {"--cycle-limit", "60000000"});
  EXPECT_EQ(outcome.status, 83) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find("flushed"), std::string::npos) << outcome.out;
  const std::string bytes = get("MAPFILE.DAT");
  const std::size_t page = bytes.size() / 2;
  ASSERT_GE(page, 4096u);
  EXPECT_EQ(bytes.substr(0, page), std::string(page, 'A'));
  EXPECT_EQ(bytes.substr(page), std::string(page, '\0'));
  expect_sound_volume();
}

/// Pages of files come and go in order while the rest of memory is fought for.
TEST_F(FileCache, InvariantsHold) {
  const Outcome outcome =
      faultline({"check-vmm", "--mem", "4M", "--points", "100", "fileio.exe", "and-leave-open"});
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  const Outcome views = faultline({"check-vmm", "--mem", "8M", "--points", "100", "mapfile.exe"});
  EXPECT_EQ(views.status, 0) << views.out << views.err;
}

}  // namespace
}  // namespace faultline::tests
