// FAT16 when things go wrong: full disks, damaged structures, failing devices. Nothing may loop for
// ever, nothing else may be harmed.
#include <map>
#include <random>

#include "tests/unit/kernel/fat16_image.hpp"

namespace fat16_test {
namespace {

TEST_F(Fat16Test, MountRefusesOtherVolumes) {
  device_.bytes.assign(8192 * 1024, 0);
  EXPECT_EQ(volume_.mount(device_, 0, test_clock), STATUS_UNRECOGNIZED_VOLUME);
  format(1440, "-F 12");
  device_.bytes = load(path("disk"));
  EXPECT_EQ(volume_.mount(device_, 0, test_clock), STATUS_UNRECOGNIZED_VOLUME);
  std::filesystem::remove(path("disk"));
  format();
  device_.bytes = load(path("disk"));
  device_.bytes.resize(device_.bytes.size() / 2);  // a truncated image
  EXPECT_EQ(volume_.mount(device_, 0, test_clock), STATUS_UNRECOGNIZED_VOLUME);
  device_.bytes.clear();
  EXPECT_EQ(volume_.mount(device_, 0, test_clock), STATUS_DEVICE_DATA_ERROR);
}

TEST_F(Fat16Test, AFullDiskChangesNothing) {
  format();
  attach();
  ASSERT_EQ(write_all("KEEP.BIN", pattern(5000, 1)), STATUS_SUCCESS);
  u32 free = 0, left = 0;
  ASSERT_EQ(volume_.count_free_clusters(free), STATUS_SUCCESS);
  EXPECT_EQ(write_all("BIG.BIN", Bytes((free + 1) * 512)), STATUS_DISK_FULL);
  ASSERT_EQ(volume_.count_free_clusters(left), STATUS_SUCCESS);
  EXPECT_EQ(left, free);
  ASSERT_EQ(write_all("BIG.BIN", Bytes(free * 512)), STATUS_SUCCESS);  // exactly fits
  FatFile* file = nullptr;
  ASSERT_EQ(volume_.open("KEEP.BIN", file), STATUS_SUCCESS);
  u32 done = 0;
  EXPECT_EQ(volume_.write(*file, 5000, Bytes(200).data(), 200, done), STATUS_DISK_FULL);
  EXPECT_EQ(volume_.set_size(*file, 0xFFFFFFFF), STATUS_DISK_FULL);
  EXPECT_EQ(volume_.write(*file, 0xFFFFFFFF, "x", 1, done), STATUS_DISK_FULL);
  EXPECT_EQ(file->size, 5000u);
  volume_.close(file);
  EXPECT_EQ(volume_.create_directory("DIR"), STATUS_DISK_FULL);
  EXPECT_EQ(get("KEEP.BIN"), pattern(5000, 1));
  expect_clean();
}

TEST_F(Fat16Test, AFullRootDirectorySaysSo) {
  format(8192, "-F 16 -s 1 -r 32");
  attach();
  for (int i = 0; i < 32; ++i) {
    ASSERT_EQ(write_all(std::to_string(i).c_str(), pattern(1, 1)), STATUS_SUCCESS);
  }
  EXPECT_EQ(write_all("ONEMORE", pattern(1, 1)), STATUS_DISK_FULL);
  expect_clean();
}

TEST_F(Fat16Test, TheControlBlocksCanRunOut) {
  format();
  attach();
  std::vector<FatFile*> files(FatVolume::max_open_files);
  for (u32 i = 0; i < files.size(); ++i) {
    ASSERT_EQ(volume_.create(std::to_string(i).c_str(), FatDisposition::Create, files[i]),
              STATUS_SUCCESS);
  }
  FatFile* one_more = nullptr;
  EXPECT_EQ(volume_.open("\\", one_more), STATUS_INSUFFICIENT_RESOURCES);
  volume_.close(files[10]);
  EXPECT_EQ(volume_.open("\\", one_more), STATUS_SUCCESS);
}

TEST_F(Fat16Test, ADamagedChainIsReported) {
  format();
  put("C.BIN", pattern(3000, 1));
  attach();
  FatDirectoryInformation entry;
  ASSERT_EQ(volume_.query("C.BIN", entry), STATUS_SUCCESS);
  Bytes contents;
  constexpr u32 first = 2;  // the only file: its chain is 2 3 4 5 6 7
  ASSERT_EQ(fat(first), 3);
  for (u16 bad : {u16{0}, u16{1}, u16{0xFFF0}, u16{0xFFF7}, u16{0xFFFF}}) {
    set_fat(first + 1, bad);
    EXPECT_EQ(read_all("C.BIN", contents), STATUS_FILE_CORRUPT_ERROR) << bad;
  }
  set_fat(first + 1, 2);  // a ring: a read ends by the size, a removal by meeting itself
  EXPECT_EQ(read_all("C.BIN", contents), STATUS_SUCCESS);
  EXPECT_EQ(volume_.remove("C.BIN"), STATUS_FILE_CORRUPT_ERROR);
  EXPECT_TRUE(list("\\").empty());
}

TEST_F(Fat16Test, ADirectoryRingEnds) {
  format();
  ASSERT_TRUE(run("mmd -i " + path("disk") + " ::RING"));
  attach();
  for (int i = 0; i < 30; ++i) {
    ASSERT_EQ(write_all(("\\RING\\" + std::to_string(i)).c_str(), {}), STATUS_SUCCESS);
  }
  set_fat(2, 2);
  FatDirectoryInformation entry;
  EXPECT_EQ(volume_.query("\\RING\\NOT", entry), STATUS_FILE_CORRUPT_ERROR);
  EXPECT_EQ(write_all("\\RING\\NEW", pattern(1, 1)), STATUS_FILE_CORRUPT_ERROR);
  EXPECT_LT(device_.accesses, 10'000'000u);
}

TEST_F(Fat16Test, AFailingDeviceHarmsNoOtherFile) {
  format();
  put("KEEP.BIN", pattern(5000, 1));
  attach();
  const Bytes before = device_.bytes;
  for (u32 writes = 0; writes < 40; ++writes) {
    device_.bytes = before;
    ASSERT_EQ(volume_.mount(device_, 0, test_clock), STATUS_SUCCESS);
    device_.writes_until_failure = writes;
    NTSTATUS status = volume_.create_directory("\\D");
    if (NT_SUCCESS(status)) status = write_all("\\D\\NEW.BIN", pattern(2000, 2));
    if (NT_SUCCESS(status)) status = volume_.rename("\\D\\NEW.BIN", "\\MOVED.BIN");
    if (NT_SUCCESS(status)) status = volume_.remove("\\MOVED.BIN");
    EXPECT_TRUE(NT_SUCCESS(status) || status == STATUS_DEVICE_DATA_ERROR);
    device_.writes_until_failure = 0xFFFFFFFF;
    ASSERT_EQ(volume_.mount(device_, 0, test_clock), STATUS_SUCCESS);
    Bytes contents;
    ASSERT_EQ(read_all("KEEP.BIN", contents), STATUS_SUCCESS);
    EXPECT_EQ(contents, pattern(5000, 1)) << writes;
    ASSERT_EQ(write_all("AFTER.BIN", pattern(3000, 3)), STATUS_SUCCESS);
    ASSERT_EQ(read_all("KEEP.BIN", contents), STATUS_SUCCESS);
    EXPECT_EQ(contents, pattern(5000, 1)) << writes;
  }
}

/// A thousand random operations beside a model in memory, then mtools and fsck look at the result.
TEST_F(Fat16Test, AThousandOperationsLeaveAConsistentVolume) {
  format();
  attach();
  ASSERT_EQ(volume_.create_directory("\\SUB"), STATUS_SUCCESS);
  std::map<std::string, Bytes> model;
  std::mt19937 random(1);
  const auto name = [&] {
    const std::string file = "F" + std::to_string(random() % 40) + ".BIN";
    return random() % 2 != 0 ? file : "SUB/" + file;
  };
  for (int step = 0; step < 1000; ++step) {
    const std::string at = name();
    FatFile* file = nullptr;
    switch (random() % 5) {
      case 0:
        model[at] = pattern(random() % 6000 + 1, static_cast<u32>(step));
        ASSERT_EQ(write_all(at.c_str(), model[at]), STATUS_SUCCESS);
        break;
      case 1: {  // write somewhere in it, or behind its end
        ASSERT_EQ(volume_.create(at.c_str(), FatDisposition::OpenIf, file), STATUS_SUCCESS);
        Bytes& bytes = model[at];
        const Bytes part = pattern(random() % 3000 + 1, static_cast<u32>(step));
        const u32 offset = random() % (static_cast<u32>(bytes.size()) + 1000);
        if (bytes.size() < offset + part.size()) bytes.resize(offset + part.size());
        std::copy(part.begin(), part.end(), bytes.begin() + offset);
        u32 done = 0;
        ASSERT_EQ(volume_.write(*file, offset, part.data(), static_cast<u32>(part.size()), done),
                  STATUS_SUCCESS);
        break;
      }
      case 2: {
        const NTSTATUS status = volume_.open(at.c_str(), file);
        ASSERT_EQ(status, model.count(at) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND);
        if (file == nullptr) break;
        const u32 size = random() % 8000;
        ASSERT_EQ(volume_.set_size(*file, size), STATUS_SUCCESS);
        model[at].resize(size);
        break;
      }
      case 3:
        ASSERT_EQ(volume_.remove(at.c_str()),
                  model.count(at) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND);
        model.erase(at);
        break;
      case 4: {
        const std::string to = name();
        if (!model.count(at) || model.count(to)) break;
        ASSERT_EQ(volume_.rename(at.c_str(), to.c_str()), STATUS_SUCCESS);
        model[to] = model[at];
        model.erase(at);
        break;
      }
    }
    if (file != nullptr) volume_.close(file);
  }
  ASSERT_GT(model.size(), 10u);
  expect_clean();
  attach();
  for (const auto& [at, bytes] : model) {
    Bytes contents;
    ASSERT_EQ(read_all(at.c_str(), contents), STATUS_SUCCESS) << at;
    EXPECT_EQ(contents, bytes) << at;
    EXPECT_EQ(get(at), bytes) << at;
  }
  EXPECT_EQ(list("\\").size() + list("\\SUB").size() - 3, model.size());
}

/// Random damage to boot sector, FAT and directories: every call returns, in bounded time.
TEST_F(Fat16Test, RandomDamageNeverHangs) {
  format();
  ASSERT_TRUE(run("mmd -i " + path("disk") + " ::SUB"));
  for (int i = 0; i < 20; ++i) {
    put((i % 2 ? "SUB/F" : "F") + std::to_string(i), pattern(2000, 1));
  }
  attach();
  const Bytes before = device_.bytes;
  std::mt19937 random(2);
  const u32 metadata = fat_start() + 40 * 512;
  const u32 sub = static_cast<u32>(volume_.cluster_count());
  u32 mounted = 0, corrupt = 0;
  for (int round = 0; round < 300; ++round) {
    device_.bytes = before;
    const u32 hot[] = {512, metadata, fat_start() + 512};  // boot sector, all, the FAT's start
    const u32 range = hot[round % 3], from = round % 3 == 2 ? fat_start() : 0;
    for (int i = 0; i < 1 + round % 8; ++i) {
      device_.bytes[from + random() % (range - from)] = static_cast<u8>(random());
    }
    device_.accesses = 0;
    if (volume_.mount(device_, 0, test_clock) != STATUS_SUCCESS) continue;
    ++mounted;
    Bytes contents;
    FatDirectoryInformation entry;
    for (const char* name : {"F0", "F2", "SUB/F1", "SUB/F3", "SUB"}) {
      corrupt += volume_.query(name, entry) == STATUS_FILE_CORRUPT_ERROR;
      FatFile* file = nullptr;
      if (!NT_SUCCESS(volume_.open(name, file))) continue;
      u8 bytes[4096];
      u32 done = 0;
      corrupt += volume_.read(*file, 0, bytes, sizeof bytes, done) == STATUS_FILE_CORRUPT_ERROR;
      corrupt += volume_.write(*file, 1000, bytes, 3000, done) == STATUS_FILE_CORRUPT_ERROR;
      volume_.close(file);
    }
    volume_.rename("F4", "SUB/MOVED");
    volume_.create_directory("SUB/NEW");
    volume_.remove("F0");
    volume_.remove("SUB/F5");
    u32 free = 0;
    volume_.count_free_clusters(free);
    ASSERT_LT(device_.accesses, 40 * sub) << round;
  }
  EXPECT_GT(mounted, 100u);
  EXPECT_GT(corrupt, 20u);
}

}  // namespace
}  // namespace fat16_test
