// Snapshot files: what is kept comes back, and everything else is refused by name.
#include "machine/snapshot_file.hpp"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <fstream>
#include <random>

#include "machine/disk_contents.hpp"
#include "temporary_file.hpp"

namespace faultline {
namespace {

/// Counts in EAX and in memory, 2000h upwards; never ends.
std::vector<u8> counting_rom() {
  std::vector<u8> image(65536, 0xF4);
  const u8 code[] = {0x31, 0xC0, 0x8E, 0xD8, 0xBB, 0x00, 0x20,  // AX = DS = 0, BX = 2000h
                     0x66, 0x40, 0x66, 0x89, 0x07,              // INC EAX; MOV [BX], EAX
                     0x83, 0xC3, 0x04, 0xEB, 0xF6};             // ADD BX, 4; JMP
  std::copy(std::begin(code), std::end(code), image.begin());
  const u8 jump[] = {0xEA, 0x00, 0x00, 0x00, 0xF0};
  std::copy(std::begin(jump), std::end(jump), image.begin() + 0xFFF0);
  return image;
}

struct Computer {
  explicit Computer(const std::string& disk, unsigned memory_mb = 1, const char* model = "i386dx") {
    MachineConfig config;
    config.model = find_model(model);
    config.memory_mb = memory_mb;
    config.firmware = counting_rom();
    config.disks[1] = open_disk_overlay(disk);
    origin = {.program = "count.exe 1 2", .seed = 7};
    origin.bases[1] = hash_of_image(disk);
    machine = std::make_unique<Machine>(std::move(config));
  }
  std::vector<u8> save() {
    const Snapshot snapshot = take_snapshot(*machine);
    return encode_snapshot(header_of(*machine, origin, snapshot), snapshot);
  }
  void write_sector(u32 lba, u8 fill) {
    Sector data{};
    data.fill(fill);
    ASSERT_TRUE(machine->disk(1)->write(lba, data));
  }
  SnapshotOrigin origin;
  std::unique_ptr<Machine> machine;
};

class SnapshotFiles : public ::testing::Test {
 protected:
  std::vector<u8> example() {
    Computer computer(image.path());
    computer.write_sector(5, 0x55);
    computer.write_sector(2879, 0xAA);
    computer.machine->run_for(20'000);
    return computer.save();
  }
  static std::string refusal(const std::vector<u8>& bytes) {
    try {
      decode_snapshot("x.snap", bytes);
    } catch (const SnapshotError& error) {
      return error.what();
    }
    return "accepted";
  }
  /// As if whoever changed the bytes had made the file.
  static void seal(std::vector<u8>& bytes) {
    const u64 sum = XXH3_64bits(bytes.data(), bytes.size() - sizeof(u64));
    std::memcpy(bytes.data() + bytes.size() - sizeof sum, &sum, sizeof sum);
  }
  static bool names(const std::string& text, const std::string& part) {
    return text.starts_with("x.snap: ") && text.find(part) != std::string::npos;
  }

  TemporaryFile image{1474560};
};

TEST_F(SnapshotFiles, BringBackTheWholeMachine) {
  Computer saved(image.path()), loaded(image.path());
  saved.write_sector(5, 0x55);
  saved.machine->run_for(20'000);
  const SnapshotFile file = decode_snapshot("x.snap", saved.save());
  EXPECT_EQ(file.header.model, "i386dx");
  EXPECT_EQ(file.header.program, "count.exe 1 2");
  EXPECT_EQ(file.header.seed, 7u);
  EXPECT_EQ(file.header.clock, saved.machine->clocks());
  EXPECT_EQ(file.header.disks[1].written, 1u);
  EXPECT_FALSE(file.header.disks[0].present);
  loaded.machine->run_for(555);
  load_snapshot(*loaded.machine, loaded.origin, file);
  EXPECT_EQ(state_hash(*loaded.machine), state_hash(*saved.machine));
  saved.machine->run_for(10'000), loaded.machine->run_for(10'000);
  EXPECT_EQ(state_hash(*loaded.machine), state_hash(*saved.machine));
}

TEST_F(SnapshotFiles, OfTheSameMomentAreTheSameBytes) { EXPECT_EQ(example(), example()); }

TEST_F(SnapshotFiles, ZerosTakeNoRoom) {
  EXPECT_LT(example().size(), 32'000u);
  EXPECT_LT(decode_snapshot("x.snap", example()).payload_bytes, 512'000u);
}

TEST_F(SnapshotFiles, ForeignOnesAreRefused) {
  EXPECT_TRUE(names(refusal({}), "empty"));
  EXPECT_TRUE(names(refusal({'E', 'L', 'F'}), "no snapshot"));
  EXPECT_TRUE(names(refusal(std::vector<u8>(10'000, 0x89)), "no snapshot"));
  std::vector<u8> newer = example();
  newer[8] = 2;
  seal(newer);
  EXPECT_TRUE(names(refusal(newer), "format 2")) << refusal(newer);
}

TEST_F(SnapshotFiles, TruncatedOnesAreRefused) {
  const std::vector<u8> whole = example();
  for (std::size_t size = 0; size < whole.size(); size += size < 300 ? 1 : 97) {
    const std::vector<u8> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const std::string why = refusal(part);
    EXPECT_TRUE(names(why, size == 0  ? "empty"
                           : size < 8 ? "no snapshot"
                                      : "truncated"))
        << size << ": " << why;
  }
  std::vector<u8> longer = whole;
  longer.push_back(0);
  EXPECT_TRUE(names(refusal(longer), "1 bytes follow"));
}

TEST_F(SnapshotFiles, EveryChangedByteIsNoticed) {
  const std::vector<u8> whole = example();
  for (std::size_t at = 0; at < whole.size(); at += at < 300 ? 1 : 61) {
    std::vector<u8> changed = whole;
    changed[at] ^= 0x10;
    EXPECT_NE(refusal(changed), "accepted") << at;
  }
}

/// A maker who means harm seals what he has changed: it is refused, or makes some machine that
/// runs.
TEST_F(SnapshotFiles, SealedMutationsHarmNobody) {
  const std::vector<u8> whole = example();
  std::mt19937 random(3);
  Computer victim(image.path());
  unsigned accepted = 0, refused = 0;
  for (unsigned i = 0; i < 1500; ++i) {
    std::vector<u8> changed = whole;
    const std::size_t reach = i % 3 == 0 ? 32 : i % 3 == 1 ? 200 : changed.size() - 8;
    for (unsigned n = 0; n < 1 + i % 4; ++n)
      changed[8 + random() % (reach - 8)] = static_cast<u8>(i % 5 == 0 ? 0xFF : random());
    if (i % 7 == 0) changed.resize(changed.size() - random() % (changed.size() / 2));
    seal(changed);
    try {
      load_snapshot(*victim.machine, victim.origin, decode_snapshot("x.snap", changed));
      ++accepted;
      victim.machine->run_for(1000);
    } catch (const SnapshotError& error) {
      EXPECT_EQ(std::string(error.what()).rfind("x.snap: ", 0), 0u) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000u);
}

TEST_F(SnapshotFiles, OfAnotherMachineAreRefused) {
  const SnapshotFile file = decode_snapshot("x.snap", example());
  const auto refusal_by = [&](Computer& computer) {
    try {
      load_snapshot(*computer.machine, computer.origin, file);
    } catch (const SnapshotError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  Computer larger(image.path(), 2), other(image.path(), 1, "i486dx");
  EXPECT_TRUE(names(refusal_by(larger), "memory 1 MB, here 2 MB")) << refusal_by(larger);
  EXPECT_TRUE(names(refusal_by(other), "CPU model i386dx, here i486dx")) << refusal_by(other);
  const TemporaryFile changed(1474560);
  std::fstream(changed.path(), std::ios::in | std::ios::out | std::ios::binary).seekp(9999) << "x";
  Computer with_another_disk(changed.path());
  EXPECT_TRUE(names(refusal_by(with_another_disk), "disk 1")) << refusal_by(with_another_disk);
  Computer same(image.path());
  EXPECT_EQ(refusal_by(same), "accepted");
}

TEST_F(SnapshotFiles, FilesThatCannotBeReadOrWritten) {
  EXPECT_THROW(read_snapshot("/no/such/file.snap"), SnapshotUnreadable);
  EXPECT_THROW(read_snapshot("/dev/zero"), SnapshotUnreadable);
  Computer computer(image.path());
  const Snapshot snapshot = take_snapshot(*computer.machine);
  const SnapshotHeader header = header_of(*computer.machine, computer.origin, snapshot);
  EXPECT_THROW(write_snapshot("/no/such/file.snap", header, snapshot), SnapshotUnwritable);
  const TemporaryFile file(0);
  const u64 size = write_snapshot(file.path(), header, snapshot);
  EXPECT_EQ(read_snapshot(file.path()).file_bytes, size);
  EXPECT_THROW(read_snapshot(image.path()), SnapshotError);
}

TEST(DiskContents, HolesAndZerosAreTheSame) {
  const TemporaryFile holes(4 << 20), zeros(4 << 20), other(4 << 20);
  std::ofstream(zeros.path(), std::ios::binary) << std::string(4 << 20, '\0');
  EXPECT_EQ(hash_of_image(holes.path()), hash_of_image(zeros.path()));
  const auto put = [](const std::string& path, int at) {
    std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(at) << "x";
  };
  put(holes.path(), 1'000'000), put(zeros.path(), 1'000'000);
  put(other.path(), 1'000'000 + (64 << 10));
  EXPECT_EQ(hash_of_image(holes.path()), hash_of_image(zeros.path()));
  EXPECT_NE(hash_of_image(holes.path()), hash_of_image(other.path()));
  const TemporaryFile longer(5 << 20), shorter(3 << 20);
  EXPECT_NE(hash_of_image(longer.path()), hash_of_image(shorter.path()));
}

TEST(DiskContents, ADifferenceReadsAsTheChangedImage) {
  const TemporaryFile base(4 << 20), changed(4 << 20);
  std::fstream(changed.path(), std::ios::in | std::ios::out | std::ios::binary).seekp(700'000)
      << "changed";
  const auto disk = open_disk_difference(base.path(), changed.path());
  EXPECT_EQ(disk->state().written.size(), 1u);
  Sector sector;
  ASSERT_TRUE(disk->read(700'000 / sector_size, sector));
  EXPECT_EQ(std::memcmp(&sector[700'000 % sector_size], "changed", 7), 0);
  const TemporaryFile longer(5 << 20);
  EXPECT_THROW(open_disk_difference(base.path(), longer.path()), DiskError);
}

}  // namespace
}  // namespace faultline
