// FAT16 against mkfs.fat, mtools and fsck.fat: what they write is read, what is written they read.
#include <algorithm>

#include "tests/unit/kernel/fat16_image.hpp"

namespace fat16_test {
namespace {

TEST_F(Fat16Test, ReadsWhatMtoolsWrote) {
  format();
  const u32 sizes[] = {0, 1, 511, 512, 513, 1024, 4097, 100'000};
  for (u32 size : sizes) put("F" + std::to_string(size) + ".BIN", pattern(size, size));
  attach();
  for (u32 size : sizes) {
    Bytes contents;
    ASSERT_EQ(read_all(("\\F" + std::to_string(size) + ".BIN").c_str(), contents), STATUS_SUCCESS);
    EXPECT_EQ(contents, pattern(size, size)) << size;
  }
}

TEST_F(Fat16Test, ReadsAtEveryKindOfOffset) {
  format(16384, "-F 16 -s 4");
  const Bytes whole = pattern(20'000, 7);
  put("A.BIN", whole);
  attach();
  FatFile* file = nullptr;
  ASSERT_EQ(volume_.open("A.BIN", file), STATUS_SUCCESS);
  for (u32 offset : {0u, 1u, 511u, 512u, 2047u, 2048u, 2049u, 9999u, 19'999u, 100u}) {
    for (u32 length : {1u, 10u, 511u, 512u, 513u, 3000u, 30'000u}) {
      Bytes part(length, 0xCC);
      u32 done = 0;
      ASSERT_EQ(volume_.read(*file, offset, part.data(), length, done), STATUS_SUCCESS);
      ASSERT_EQ(done, std::min(length, 20'000 - offset));
      EXPECT_TRUE(std::equal(part.begin(), part.begin() + done, whole.begin() + offset));
      EXPECT_TRUE(std::all_of(part.begin() + done, part.end(), [](u8 b) { return b == 0xCC; }));
    }
  }
  u32 done = 1;
  u8 byte;
  EXPECT_EQ(volume_.read(*file, 20'000, &byte, 1, done), STATUS_END_OF_FILE);
  EXPECT_EQ(done, 0u);
}

TEST_F(Fat16Test, FollowsPathsInEitherSlashAndCase) {
  format();
  ASSERT_TRUE(run("mmd -i " + path("disk") + " ::ONE ::ONE/TWO"));
  put("ONE/TWO/DEEP.TXT", pattern(100, 1));
  put("lower.txt", pattern(10, 2));
  put("A long name.text", pattern(20, 3));
  attach();
  Bytes contents;
  for (const char* name :
       {"\\ONE\\TWO\\DEEP.TXT", "one/two/deep.txt", "\\ONE\\..\\ONE\\.\\TWO\\DEEP.TXT",
        "\\.\\ONE\\TWO\\..\\..\\ONE\\TWO\\DEEP.TXT"}) {
    EXPECT_EQ(read_all(name, contents), STATUS_SUCCESS) << name;
    EXPECT_EQ(contents.size(), 100u);
  }
  EXPECT_EQ(read_all("LOWER.TXT", contents), STATUS_SUCCESS);
  EXPECT_EQ(read_all("ALONGN~1.TEX", contents), STATUS_SUCCESS);
  EXPECT_EQ(read_all("\\NONE.TXT", contents), STATUS_OBJECT_NAME_NOT_FOUND);
  EXPECT_EQ(read_all("\\NONE\\X.TXT", contents), STATUS_OBJECT_PATH_NOT_FOUND);
  EXPECT_EQ(read_all("\\LOWER.TXT\\X", contents), STATUS_OBJECT_PATH_NOT_FOUND);
  for (const char* name : {"TOOLONGNAME", "A.LONG", "A*B", "A.B.C", ".X", "A B"}) {
    EXPECT_EQ(read_all(name, contents), STATUS_OBJECT_NAME_INVALID) << name;
  }
}

TEST_F(Fat16Test, EnumeratesWhatIsThere) {
  format(8192, "-F 16 -s 1 -r 512 -n LABEL");
  ASSERT_TRUE(run("mmd -i " + path("disk") + " ::SUB"));
  std::vector<std::string> expected{".", ".."};
  for (int i = 0; i < 40; ++i) {  // three clusters of 16 entries
    const std::string name = "F" + std::to_string(i) + ".X";
    put("SUB/" + name, pattern(3, 1));
    expected.push_back(name);
  }
  attach();
  EXPECT_EQ(list("\\"), std::vector<std::string>{"SUB"});
  EXPECT_EQ(list("\\SUB"), expected);
  FatDirectoryInformation entry;
  ASSERT_EQ(volume_.query("\\SUB\\F7.X", entry), STATUS_SUCCESS);
  EXPECT_EQ(entry.size, 3u);
  ASSERT_EQ(volume_.query("\\", entry), STATUS_SUCCESS);
  EXPECT_EQ(entry.attributes, fat_attribute::directory);
}

TEST_F(Fat16Test, WritesWhatMtoolsReads) {
  format();
  attach();
  for (u32 size : {1u, 511u, 512u, 513u, 1024u, 70'000u}) {
    const std::string name = "\\W" + std::to_string(size) + ".BIN";
    ASSERT_EQ(write_all(name.c_str(), pattern(size, size)), STATUS_SUCCESS);
  }
  for (u32 size : {1u, 511u, 512u, 513u, 1024u, 70'000u}) {
    EXPECT_EQ(get("W" + std::to_string(size) + ".BIN"), pattern(size, size));
  }
  expect_clean();
  const std::string listing = output("mdir -i " + path("disk") + " ::W513.BIN");
  EXPECT_NE(listing.find("2026-05-04  12:34"), std::string::npos) << listing;
}

TEST_F(Fat16Test, AGapReadsAsZeros) {
  format();
  put("OLD.BIN", Bytes(60'000, 0xEE));  // leaves dirt in the clusters that follow
  attach();
  ASSERT_EQ(volume_.remove("OLD.BIN"), STATUS_SUCCESS);
  FatFile* file = nullptr;
  ASSERT_EQ(volume_.create("GAP.BIN", FatDisposition::Create, file), STATUS_SUCCESS);
  u32 done = 0;
  ASSERT_EQ(volume_.write(*file, 3, "abc", 3, done), STATUS_SUCCESS);
  ASSERT_EQ(volume_.write(*file, 10'000, "xyz", 3, done), STATUS_SUCCESS);
  ASSERT_EQ(volume_.set_size(*file, 20'001), STATUS_SUCCESS);
  volume_.close(file);
  Bytes expected(20'001, 0);
  std::memcpy(&expected[3], "abc", 3);
  std::memcpy(&expected[10'000], "xyz", 3);
  EXPECT_EQ(get("GAP.BIN"), expected);
  expect_clean();
}

TEST_F(Fat16Test, TruncationFreesClusters) {
  format();
  attach();
  u32 before = 0, after = 0;
  ASSERT_EQ(volume_.count_free_clusters(before), STATUS_SUCCESS);
  ASSERT_EQ(write_all("T.BIN", pattern(10'000, 5)), STATUS_SUCCESS);
  ASSERT_EQ(volume_.count_free_clusters(after), STATUS_SUCCESS);
  EXPECT_EQ(before - after, 20u);
  FatFile* file = nullptr;
  ASSERT_EQ(volume_.open("T.BIN", file), STATUS_SUCCESS);
  ASSERT_EQ(volume_.set_size(*file, 1025), STATUS_SUCCESS);
  ASSERT_EQ(volume_.count_free_clusters(after), STATUS_SUCCESS);
  EXPECT_EQ(before - after, 3u);
  Bytes expected = pattern(10'000, 5);
  expected.resize(1025);
  EXPECT_EQ(get("T.BIN"), expected);
  expect_clean();
  ASSERT_EQ(volume_.set_size(*file, 0), STATUS_SUCCESS);
  ASSERT_EQ(volume_.count_free_clusters(after), STATUS_SUCCESS);
  EXPECT_EQ(before, after);
  volume_.close(file);
  expect_clean();
}

TEST_F(Fat16Test, HandlesOfOneFileShareItsSize) {
  format();
  attach();
  FatFile *one = nullptr, *two = nullptr;
  ASSERT_EQ(volume_.create("S.BIN", FatDisposition::OpenIf, one), STATUS_SUCCESS);
  ASSERT_EQ(volume_.open("\\s.bin", two), STATUS_SUCCESS);
  EXPECT_EQ(one, two);
  u32 done = 0;
  ASSERT_EQ(volume_.write(*one, 0, "hello", 5, done), STATUS_SUCCESS);
  char text[8] = {};
  ASSERT_EQ(volume_.read(*two, 0, text, 8, done), STATUS_SUCCESS);
  EXPECT_STREQ(text, "hello");
  EXPECT_EQ(volume_.remove("S.BIN"), STATUS_SHARING_VIOLATION);
  volume_.close(one);
  EXPECT_EQ(volume_.remove("S.BIN"), STATUS_SHARING_VIOLATION);
  volume_.close(two);
  EXPECT_EQ(volume_.remove("S.BIN"), STATUS_SUCCESS);
}

TEST_F(Fat16Test, DispositionsDoAsTheySay) {
  format();
  attach();
  FatFile* file = nullptr;
  EXPECT_EQ(volume_.create("D", FatDisposition::Open, file), STATUS_OBJECT_NAME_NOT_FOUND);
  EXPECT_EQ(volume_.create("D", FatDisposition::Overwrite, file), STATUS_OBJECT_NAME_NOT_FOUND);
  ASSERT_EQ(write_all("D", pattern(100, 1)), STATUS_SUCCESS);
  EXPECT_EQ(volume_.create("D", FatDisposition::Create, file), STATUS_OBJECT_NAME_COLLISION);
  for (auto keeps : {FatDisposition::Open, FatDisposition::OpenIf}) {
    ASSERT_EQ(volume_.create("D", keeps, file), STATUS_SUCCESS);
    EXPECT_EQ(file->size, 100u);
    volume_.close(file);
  }
  for (auto empties :
       {FatDisposition::Supersede, FatDisposition::Overwrite, FatDisposition::OverwriteIf}) {
    ASSERT_EQ(write_all("D", pattern(100, 1)), STATUS_SUCCESS);
    ASSERT_EQ(volume_.create("D", empties, file), STATUS_SUCCESS);
    EXPECT_EQ(file->size, 0u);
    volume_.close(file);
  }
  EXPECT_EQ(volume_.create("\\", FatDisposition::OverwriteIf, file), STATUS_FILE_IS_A_DIRECTORY);
  expect_clean();
}

TEST_F(Fat16Test, MakesAndRemovesDirectories) {
  format();
  attach();
  ASSERT_EQ(volume_.create_directory("\\A"), STATUS_SUCCESS);
  ASSERT_EQ(volume_.create_directory("\\A\\B"), STATUS_SUCCESS);
  EXPECT_EQ(volume_.create_directory("\\A"), STATUS_OBJECT_NAME_COLLISION);
  EXPECT_EQ(volume_.create_directory("\\X\\Y"), STATUS_OBJECT_PATH_NOT_FOUND);
  for (int i = 0; i < 40; ++i) {  // makes the directory grow
    ASSERT_EQ(write_all(("\\A\\B\\" + std::to_string(i)).c_str(), pattern(9, 9)), STATUS_SUCCESS);
  }
  EXPECT_EQ(volume_.remove("\\A\\B"), STATUS_DIRECTORY_NOT_EMPTY);
  EXPECT_EQ(get("A/B/39"), pattern(9, 9));
  expect_clean();
  for (int i = 0; i < 40; ++i) {
    ASSERT_EQ(volume_.remove(("\\A\\B\\" + std::to_string(i)).c_str()), STATUS_SUCCESS);
  }
  EXPECT_EQ(volume_.remove("\\A\\B"), STATUS_SUCCESS);
  EXPECT_EQ(volume_.remove("\\A"), STATUS_SUCCESS);
  EXPECT_EQ(volume_.remove("\\"), STATUS_CANNOT_DELETE);
  EXPECT_TRUE(list("\\").empty());
  expect_clean();
}

TEST_F(Fat16Test, RenamesAndMoves) {
  format();
  put("Some long name.txt", pattern(600, 1));
  attach();
  ASSERT_EQ(volume_.create_directory("\\A"), STATUS_SUCCESS);
  ASSERT_EQ(volume_.create_directory("\\B"), STATUS_SUCCESS);
  ASSERT_EQ(volume_.create_directory("\\A\\SUB"), STATUS_SUCCESS);
  ASSERT_EQ(volume_.rename("SOMELO~1.TXT", "SHORT.TXT"), STATUS_SUCCESS);
  EXPECT_EQ(volume_.rename("SHORT.TXT", "short.txt"), STATUS_SUCCESS);
  EXPECT_EQ(volume_.rename("SHORT.TXT", "\\A"), STATUS_OBJECT_NAME_COLLISION);
  ASSERT_EQ(volume_.rename("SHORT.TXT", "\\A\\SUB\\MOVED.TXT"), STATUS_SUCCESS);
  EXPECT_EQ(volume_.rename("\\A", "\\A\\SUB\\A"), STATUS_INVALID_PARAMETER);
  ASSERT_EQ(volume_.rename("\\A\\SUB", "\\B\\SUB2"), STATUS_SUCCESS);
  Bytes contents;
  EXPECT_EQ(read_all("\\B\\SUB2\\..\\SUB2\\MOVED.TXT", contents), STATUS_SUCCESS);
  EXPECT_EQ(get("B/SUB2/MOVED.TXT"), pattern(600, 1));
  EXPECT_EQ(list("\\"), (std::vector<std::string>{"A", "B"}));
  expect_clean();
}

TEST_F(Fat16Test, AnOpenFileFollowsItsNewName) {
  format();
  attach();
  ASSERT_EQ(volume_.create_directory("\\A"), STATUS_SUCCESS);
  FatFile* file = nullptr;
  ASSERT_EQ(volume_.create("OLD", FatDisposition::Create, file), STATUS_SUCCESS);
  ASSERT_EQ(volume_.rename("OLD", "\\A\\NEW"), STATUS_SUCCESS);
  u32 done = 0;
  ASSERT_EQ(volume_.write(*file, 0, "moved", 5, done), STATUS_SUCCESS);
  volume_.close(file);
  EXPECT_EQ(get("A/NEW").size(), 5u);
  expect_clean();
}

TEST_F(Fat16Test, LongNamesGoWithTheirFile) {
  format();
  for (int i = 0; i < 6; ++i) put("A quite long file name " + std::to_string(i), pattern(10, 1));
  attach();
  for (const std::string& name : list("\\"))
    ASSERT_EQ(volume_.remove(name.c_str()), STATUS_SUCCESS);
  EXPECT_TRUE(list("\\").empty());
  expect_clean();
}

TEST_F(Fat16Test, ReadOnlyFilesStay) {
  format();
  put("RO.TXT", pattern(10, 1));
  ASSERT_TRUE(run("mattrib -i " + path("disk") + " +r ::RO.TXT"));
  attach();
  FatFile* file = nullptr;
  EXPECT_EQ(volume_.remove("RO.TXT"), STATUS_CANNOT_DELETE);
  EXPECT_EQ(volume_.create("RO.TXT", FatDisposition::OverwriteIf, file), STATUS_ACCESS_DENIED);
}

TEST_F(Fat16Test, AttributesAndTheTimeOfWritingCanBeSet) {
  format();
  put("A.TXT", pattern(10, 1));
  attach();
  FatFile* file = nullptr;
  ASSERT_EQ(volume_.open("A.TXT", file), STATUS_SUCCESS);
  const FatTimestamp written = {0x6000, 0x1A21};
  constexpr arch::u8 attributes = fat_attribute::read_only | fat_attribute::hidden;
  ASSERT_EQ(volume_.set_attributes(*file, attributes | fat_attribute::directory, &written),
            STATUS_SUCCESS);
  EXPECT_EQ(file->attributes, attributes);  // what it is can't be set
  FatDirectoryInformation entry;
  ASSERT_EQ(volume_.query("A.TXT", entry), STATUS_SUCCESS);
  EXPECT_EQ(entry.attributes, attributes);
  EXPECT_EQ(entry.written.time, written.time);
  EXPECT_EQ(entry.written.date, written.date);
  ASSERT_EQ(volume_.set_attributes(*file, 0, nullptr), STATUS_SUCCESS);
  ASSERT_EQ(volume_.query("A.TXT", entry), STATUS_SUCCESS);
  EXPECT_EQ(entry.attributes, 0);
  EXPECT_EQ(entry.written.date, written.date);
  volume_.close(file);
  ASSERT_EQ(volume_.open("\\", file), STATUS_SUCCESS);
  EXPECT_EQ(volume_.set_attributes(*file, attributes, nullptr), STATUS_INVALID_PARAMETER);
}

TEST_F(Fat16Test, MountsAPartition) {
  format();
  put("P.TXT", pattern(1000, 1));
  device_.bytes.assign(2048 * 512, 0);
  const Bytes volume = load(path("disk"));
  device_.bytes.insert(device_.bytes.end(), volume.begin(), volume.end());
  ASSERT_EQ(volume_.mount(device_, 2048, test_clock), STATUS_SUCCESS);
  Bytes contents;
  EXPECT_EQ(read_all("P.TXT", contents), STATUS_SUCCESS);
  EXPECT_EQ(contents, pattern(1000, 1));
  EXPECT_EQ(volume_.serial_number(), 0x12345678u);
}

}  // namespace
}  // namespace fat16_test
