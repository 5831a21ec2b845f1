// The text functions of the guest: numbers, command lines, paths, status codes.
#include "guest/crt/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "guest/ntdll/dos_path.hpp"
#include "guest/ntdll/status_table.hpp"

namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<char> storage(2 * line.size() + 2);
  char* argv[65];
  const int argc = crt::split_command_line(line.c_str(), argv, 65, storage.data());
  return {argv, argv + argc};
}

using Words = std::vector<std::string>;

TEST(CommandLine, SplitsAsTheCRunTimeDoes) {
  EXPECT_EQ(split("p a b"), (Words{"p", "a", "b"}));
  EXPECT_EQ(split("  p\ta  "), (Words{"p", "a"}));
  EXPECT_EQ(split("\"C:\\My Dir\\p.exe\" x"), (Words{"C:\\My Dir\\p.exe", "x"}));
  EXPECT_EQ(split("p \"a b\" \"\" c"), (Words{"p", "a b", "", "c"}));
  EXPECT_EQ(split(R"(p a\\b d"e f"g h)"), (Words{"p", R"(a\\b)", "de fg", "h"}));
  EXPECT_EQ(split(R"(p a\\\"b c d)"), (Words{"p", R"(a\"b)", "c", "d"}));
  EXPECT_EQ(split(R"(p a\\\\"b c" d e)"), (Words{"p", R"(a\\b c)", "d", "e"}));
  EXPECT_EQ(split(""), Words{});
}

TEST(CommandLine, StopsAtTheCapacity) {
  char storage[64];
  char* argv[3];
  EXPECT_EQ(crt::split_command_line("p a b c d", argv, 3, storage), 2);
  EXPECT_EQ(argv[2], nullptr);
}

TEST(Number, ReadsDecimalAndHexadecimal) {
  EXPECT_EQ(crt::parse_number("42").value, 42u);
  EXPECT_EQ(crt::parse_number("-1").value, 0xFFFFFFFFu);
  EXPECT_EQ(crt::parse_number("0xC0000005").value, 0xC0000005u);
  EXPECT_EQ(crt::parse_number("4294967295").value, 0xFFFFFFFFu);
  for (const char* bad : {"", "-", "0x", "12a", "4294967296", "0x100000000", " 1"}) {
    EXPECT_FALSE(crt::parse_number(bad).valid) << bad;
  }
}

TEST(Number, IsWrittenInAnyBase) {
  char text[40];
  EXPECT_EQ(std::string(text, crt::format_unsigned(text, 0, 10, 1)), "0");
  EXPECT_EQ(std::string(text, crt::format_unsigned(text, 4294967295u, 10, 1)), "4294967295");
  EXPECT_EQ(std::string(text, crt::format_unsigned(text, 0xBEEF, 16, 8)), "0000BEEF");
}

std::string full(const std::string& name, const std::string& current = "C:\\DIR") {
  char out[64];
  const auto length = rtl::full_path(name.c_str(), current.c_str(), out, 64u);
  return length < 64 ? std::string(out, length) : "too long";
}

TEST(DosPath, BecomesFull) {
  EXPECT_EQ(full("A.TXT"), "C:\\DIR\\A.TXT");
  EXPECT_EQ(full("A.TXT", "C:\\"), "C:\\A.TXT");
  EXPECT_EQ(full("\\A.TXT"), "C:\\A.TXT");
  EXPECT_EQ(full("C:/X/./Y/../Z"), "C:\\X\\Z");
  EXPECT_EQ(full(".."), "C:\\");
  EXPECT_EQ(full("..\\..\\.."), "C:\\");
  EXPECT_EQ(full("D:\\A"), "D:\\A");
  EXPECT_EQ(full("D:A"), "D:\\A");  // another drive's current directory is its root
  EXPECT_EQ(full("c:A"), "c:\\DIR\\A");
  EXPECT_EQ(full("SUB\\"), "C:\\DIR\\SUB\\");  // a separator at the end stays
  EXPECT_EQ(full("C:\\"), "C:\\");
  EXPECT_EQ(full("."), "C:\\DIR");
  EXPECT_EQ(full(""), "");
}

TEST(DosPath, SaysWhatASmallBufferLacks) {
  char out[4];
  EXPECT_EQ(rtl::full_path("ABC", "C:\\", out, 4u), 7u);
}

TEST(StatusTable, IsSortedAndGivesWhatGetLastErrorGives) {
  for (std::size_t i = 1; i < std::size(rtl::status_errors); ++i) {
    EXPECT_LT(rtl::status_errors[i - 1].status, rtl::status_errors[i].status);
  }
  const struct {
    arch::u32 status, error;
  } observed[] = {
      {0xC0000005, 998},  {0xC0000008, 6},   {0xC000000D, 87},         {0xC00000F0, 87},
      {0xC0000017, 8},    {0xC0000018, 487}, {0xC0000019, 487},        {0xC000001A, 87},
      {0xC000001B, 87},   {0xC000001C, 1},   {0xC000001E, 5},          {0xC000001F, 5},
      {0xC0000020, 193},  {0xC0000021, 5},   {0xC0000022, 5},          {0xC0000024, 6},
      {0xC000002A, 158},  {0xC000002C, 487}, {0xC000002D, 487},        {0xC0000034, 2},
      {0x40000000, 698},  {0xC0000035, 183}, {0xC0000040, 8},          {0xC0000045, 87},
      {0xC000004E, 87},   {0xC00000A0, 487}, {0xC000009F, 487},        {0xC00000A1, 1453},
      {0xC000011E, 1006}, {0xC000012C, 567}, {0xC000012D, 1455},       {0xC0000088, 487},
      {0xC0000220, 1132}, {0x8000000D, 299}, {0x80000001, 0x80000001}, {0xC0000243, 1224},
      {0xC0000044, 1816}, {0xC0000004, 24},  {0xC0000006, 999},        {0xC000010A, 5},
      {0xC0FFEE00, 317}};
  for (const auto& row : observed) {
    EXPECT_EQ(rtl::status_to_error(row.status), row.error) << std::hex << row.status;
  }
}

}  // namespace
