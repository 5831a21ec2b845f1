// Four disks: partitions, drive letters, bad tables, and sectors that fail.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

constexpr std::uint64_t sector = 512;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Makes a disk; the first sector of each partition.
std::vector<std::uint64_t> make_disk(const std::string& image,
                                     const std::vector<std::string>& partitions) {
  std::vector<std::string> words = {FAULTLINE_MAKE_DISK, image};
  words.insert(words.end(), partitions.begin(), partitions.end());
  const Outcome run = run_command("sh", words);
  EXPECT_EQ(run.status, 0) << run.err;
  std::istringstream lines(run.out);
  std::vector<std::uint64_t> starts;
  for (std::uint64_t start; lines >> start;) starts.push_back(start);
  EXPECT_EQ(starts.size(), partitions.size());
  return starts;
}

void put(const std::string& image, std::uint64_t partition, const std::string& file,
         const std::string& name) {
  const std::string volume = image + "@@" + std::to_string(partition * sector);
  EXPECT_EQ(run_command("mcopy", {"-o", "-i", volume, file, "::" + name}).status, 0) << name;
}

void poke(const std::string& image, std::uint64_t offset, const std::string& bytes) {
  std::fstream file(image, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file << bytes;
  ASSERT_TRUE(file.good());
}

Outcome shell(const std::vector<std::string>& disks, const std::string& typed,
              const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"boot", "--headless", "--overlay", "--disk", system_disk()};
  for (const std::string& disk : disks) words.insert(words.end(), {"--disk", disk});
  words.insert(words.end(), more.begin(), more.end());
  return faultline(words, typed + "exit\n");
}

TEST(Disks, EveryPartitionOfFourDisksHasItsLetter) {
  const Scratch scratch;
  const std::string disks[] = {scratch.path("1"), scratch.path("2"), scratch.path("3")};
  // In NT's order: D, E and F are the first primary ones, G to J logical, K the other primary one.
  const std::vector<std::string> layouts[] = {
      {"p:4", "p:4", "l:4", "l:4"}, {"p:4", "l:4"}, {"p:4", "l:4"}};
  const std::string letters[] = {"DKGH", "EI", "FJ"};
  std::string typed;
  for (unsigned i = 0; i < 3; ++i) {
    const auto starts = make_disk(disks[i], layouts[i]);
    ASSERT_EQ(starts.size(), letters[i].size());
    for (unsigned k = 0; k < starts.size(); ++k) {
      const std::string letter(1, letters[i][k]);
      put(disks[i], starts[k], scratch.file("f", "this is " + letter + "\n"), "WHERE.TXT");
      typed += "type " + letter + ":\\where.txt\n";
    }
  }
  const Outcome run = shell({disks[0], disks[1], disks[2]}, typed + "type l:\\where.txt\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  for (const char letter : std::string("DEFGHIJK")) {
    EXPECT_TRUE(contains(run.out, "where.txt\r\nthis is " + std::string(1, letter)) ||
                contains(run.out, "where.txt\nthis is " + std::string(1, letter)))
        << letter << "\n"
        << run.out;
  }
  EXPECT_TRUE(contains(run.out, "no such directory")) << run.out;  // L:
}

TEST(Disks, AProgramRunsFromTheFourthDisk) {
  const Scratch scratch;
  const std::string disks[] = {scratch.path("1"), scratch.path("2"), scratch.path("3")};
  for (const std::string& disk : disks) make_disk(disk, {"l:4"});
  ASSERT_EQ(
      run_command("mcopy", {"-i", system_disk() + "@@1M", "::HELLO.EXE", scratch.path("hello.exe")})
          .status,
      0);
  put(disks[2], 4096, scratch.path("hello.exe"), "GREET.EXE");
  const Outcome run = shell({disks[0], disks[1], disks[2]}, "f:\\greet.exe\n");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "Hello from ring 3")) << run.out;
}

TEST(Disks, DrivesAreListedWithTheirSizes) {
  const Scratch scratch;
  make_disk(scratch.path("1"), {"p:8", "l:4"});
  const Outcome run = shell({scratch.path("1")}, "drives\ndrives f:\\\ndir d:\n");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "C:\\ fixed, 126 MB")) << run.out;
  EXPECT_TRUE(contains(run.out, "D:\\ fixed, 7 MB, 8111 KB free")) << run.out;
  EXPECT_TRUE(contains(run.out, "E:\\ fixed, 3 MB, 4047 KB free")) << run.out;
  EXPECT_TRUE(contains(run.out, "f:\\ no such drive, error 3")) << run.out;
  EXPECT_FALSE(contains(run.out, "F:\\ fixed")) << run.out;
}

/// A driver that polls leaves the other thread no more than its half.
TEST(Disks, OtherThreadsRunWhileTheDiskWorks) {
  const Outcome run = faultline({"run", "overlap.exe", "kernel.exe"});
  EXPECT_EQ(run.status, 0) << run.err;
  unsigned bytes = 0, percent = 0;
  ASSERT_EQ(
      std::sscanf(run.out.c_str(), "overlap: %u bytes, the other thread had %u%% of the processor",
                  &bytes, &percent),
      2)
      << run.out;
  EXPECT_GT(bytes, 100'000u);
  EXPECT_GT(percent, 70u);
  EXPECT_LE(percent, 100u);
}

TEST(Disks, WhatIsWrittenToASecondDiskStays) {
  const Scratch scratch;
  const std::string system = scratch.system_disk("system"), data = scratch.path("data");
  const auto starts = make_disk(data, {"l:8", "l:4"});
  put(data, starts[1], scratch.file("f", "to be deleted"), "OLD.TXT");
  const Outcome run = faultline({"boot", "--headless", "--disk", system, "--disk", data},
                                "del e:\\old.txt\nexit\n");
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  const std::string volume = data + "@@" + std::to_string(starts[1] * sector);
  EXPECT_NE(run_command("mtype", {"-i", volume, "::OLD.TXT"}).status, 0);
}

TEST(Disks, BadTablesAreNamedAndSkipped) {
  const Scratch scratch;
  const std::string disks[] = {scratch.path("loop"), scratch.path("overlap"), scratch.path("boot")};
  make_disk(disks[0], {"l:4", "l:4"});
  const auto word = [](std::uint32_t value) {
    std::string text;
    for (int i = 0; i < 4; ++i) text += static_cast<char>(value >> 8 * i);
    return text;
  };
  // The second table's way to a next one leads back to itself.
  const std::uint64_t second = 2048 + 5 * 2048;
  poke(disks[0], second * sector + 446 + 16,
       std::string(4, '\0') + '\5' + std::string(3, '\0') + word(5 * 2048) + word(2048));
  make_disk(disks[1], {"p:4", "p:4"});
  poke(disks[1], 446 + 16 + 8, word(2048 + 100));
  const auto starts = make_disk(disks[2], {"p:4", "l:4"});
  poke(disks[2], starts[0] * sector, std::string(sector, 'x'));
  const Outcome run = shell({disks[0], disks[1], disks[2]}, "dir c:\n");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "Disk 1: a chain of tables that goes round, sector 12288: skipped"))
      << run.out;
  EXPECT_TRUE(contains(run.out, "Disk 2: a partition that overlaps another, sector 2148: skipped"));
  EXPECT_TRUE(
      contains(run.out, "Disk 3: the partition at sector 2048 can't be mounted, status C000014F"))
      << run.out;
}

TEST(Disks, AFileOnABadSectorIsAnErrorForItsReaderOnly) {
  const Scratch scratch;
  const std::string disk = scratch.path("1");
  make_disk(disk, {"p:4"});
  const std::string text = scratch.file("f", "good\n");
  put(disk, 2048, text, "A.TXT");  // in the first two clusters
  put(disk, 2048, text, "B.TXT");
  const Outcome run =
      shell({disk}, "type d:\\a.txt\ntype d:\\b.txt\n", {"--inject", "disk-read-error@1:2145"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "d:\\a.txt: the disk can't be read (error 23)")) << run.out;
  EXPECT_TRUE(contains(run.out, "good")) << run.out;
}

/// Sixteen volumes on four disks, primary partitions and logical drives, a paging file on each: all
/// in use at once, both channels too.
TEST(Disks, APagingFileOnEachOfSixteenVolumes) {
  const Scratch scratch;
  std::vector<std::string> words = {"--mem", "4M", "--disk", system_disk()};
  for (const char* name : {"1", "2", "3"}) {
    make_disk(scratch.path(name), {"p:4", "p:4", "l:4", "l:4", "l:4"});
    words.insert(words.end(), {"--disk", scratch.path(name)});
  }
  words.insert(words.end(), {"pagefile.exe", "spread", "12"});
  std::vector<std::string> run_words = {"run"}, check_words = {"check-vmm", "--points", "20"};
  run_words.insert(run_words.end(), words.begin(), words.end());
  check_words.insert(check_words.end(), words.begin(), words.end());
  const Outcome run = faultline(run_words);
  ASSERT_EQ(run.status, 0) << run.out << run.err;
  for (char drive = 'C'; drive <= 'R'; ++drive) {
    const std::string name = drive == 'C' ? "PAGEFILE" : "PAGE\\d\\d";
    const std::regex line(std::string(1, drive) + ":.*" + name +
                          "\\.SYS: (\\d+) KB, (\\d+) KB in use");
    std::smatch figures;
    ASSERT_TRUE(std::regex_search(run.out, figures, line)) << drive << "\n" << run.out;
    EXPECT_GE(std::stoi(figures[2]), 200) << drive << "\n" << run.out;
  }
  const Outcome check = faultline(check_words);
  EXPECT_EQ(check.status, 0) << check.out << check.err;
}

/// A system disk that has been used once with 4 MB, and where its paging file begins.
class BadSectors : public testing::Test {
 protected:
  void SetUp() override {
    image_ = scratch_.system_disk("system");
    ASSERT_EQ(faultline({"boot", "--headless", "--mem", "4M", "--disk", image_}, "exit\n").status,
              0);
    const Outcome where = run_command("mshowfat", {"-i", image_ + "@@1M", "::PAGEFILE.SYS"});
    const auto at = where.out.find('<');
    ASSERT_NE(at, std::string::npos) << where.err;
    const std::uint64_t cluster = std::stoul(where.out.substr(at + 1));
    std::ifstream file(image_, std::ios::binary);
    std::string boot(sector, '\0');
    file.seekg(volume * static_cast<std::streamoff>(sector));
    file.read(boot.data(), static_cast<std::streamsize>(boot.size()));
    const auto byte = [&](unsigned i) { return static_cast<unsigned char>(boot[i]); };
    const auto half = [&](unsigned i) -> std::uint64_t { return byte(i) | byte(i + 1) << 8; };
    const std::uint64_t data = volume + half(14) + byte(16) * half(22) + half(17) * 32 / sector;
    first_ = data + (cluster - 2) * byte(13);
  }
  /// 32 KB of the paging file, some way into it.
  std::string bad(const std::string& kind) const {
    return kind + "@0:" + std::to_string(first_ + 1000) + "+64";
  }
  static constexpr std::streamoff volume = 2048;
  Scratch scratch_;
  std::string image_;
  std::uint64_t first_ = 0;
};

TEST_F(BadSectors, AProgramThatLosesPagesIsToldAndTheShellGoesOn) {
  const Outcome run = faultline({"boot", "--headless", "--overlay", "--mem", "4M", "--disk", image_,
                                 "--inject", bad("disk-read-error")},
                                "inpage 8\nhello\nexit 3\n");
  EXPECT_EQ(run.status, 3) << run.out << run.err;
  EXPECT_TRUE(contains(run.out, "pages lost, 0 wrong, status C000009C")) << run.out;
  EXPECT_TRUE(contains(run.out, "Hello from ring 3")) << run.out;
}

TEST_F(BadSectors, TheFaultLogNamesInPageErrors) {
  const Outcome run =
      faultline({"run", "--mem", "4M", "--disk", image_, "--inject", bad("disk-read-error"),
                 "--fault-summary", "--json", "inpage.exe", "8"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  const auto faults = nlohmann::json::parse(run.err)["faults"];
  EXPECT_GT(faults["in-page error"]["count"], 0u);
  EXPECT_EQ(faults.count("refused"), 0u);
}

TEST_F(BadSectors, TheSameBadSectorsCostTheSameClocks) {
  for (const char* name : {"1", "2"}) {
    const Outcome run =
        faultline({"run", "--mem", "4M", "--disk", image_, "--inject", bad("disk-read-error"),
                   "--result", scratch_.path(name), "inpage.exe", "8"});
    EXPECT_EQ(run.status, 0) << run.out << run.err;
  }
  EXPECT_EQ(scratch_.json("1")["cycles"], scratch_.json("2")["cycles"]);
}

/// Three attempts and a reset after each: two bad ones are not seen by anybody.
TEST_F(BadSectors, AFleetingErrorIsTriedAgain) {
  const Outcome run =
      faultline({"run", "--mem", "4M", "--disk", image_, "--inject", bad("disk-read-error") + "x2",
                 "--inject", bad("disk-write-error") + "x2", "inpage.exe", "8"});
  EXPECT_EQ(run.status, 1) << run.out << run.err;  // no page lost
  EXPECT_EQ(run.out, "inpage: 0 pages lost, 0 wrong\n");
}

TEST_F(BadSectors, WhatCantBeWrittenStaysInMemory) {
  const Outcome run = faultline({"run", "--mem", "4M", "--disk", image_, "--inject",
                                 bad("disk-write-error"), "--check-vmm", "pressure.exe", "2", "5"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "pressure: 2 of 2 processes verified 5 MB each\n");
}

TEST_F(BadSectors, TheMemoryManagerStaysConsistent) {
  for (const char* kind : {"disk-read-error", "disk-write-error"}) {
    const Outcome run = faultline({"check-vmm", "--mem", "4M", "--points", "60", "--disk", image_,
                                   "--inject", bad(kind), "inpage.exe", "8"});
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    EXPECT_TRUE(contains(run.out, "60 points checked, 0 violations")) << run.out;
  }
}

}  // namespace
}  // namespace faultline::tests
