// The console's line discipline, the keyboard map, name patterns and boot options.
#include <gtest/gtest.h>

#include <string>

#include "kernel/ex/boot_options.hpp"
#include "kernel/io/keyboard_map.hpp"
#include "kernel/io/line_discipline.hpp"
#include "kernel/io/wildcard.hpp"

namespace {

struct Recorder {
  std::string* text;
  void echo(char c) const { *text += c; }
};

class LineTest : public testing::Test {
 protected:
  void type(const std::string& text) {
    for (const char c : text) line_.put(c);
  }
  std::string read(arch::u32 size = 100) {
    std::string buffer(size, '\0');
    buffer.resize(line_.read(buffer.data(), size));
    return buffer;
  }
  std::string echo_;
  LineDiscipline<Recorder, 16> line_{Recorder{&echo_}};
};

TEST_F(LineTest, ALineIsReadWhenItEnds) {
  type("dir");
  EXPECT_FALSE(line_.readable());
  type("\r");
  EXPECT_TRUE(line_.readable());
  EXPECT_EQ(read(), "dir\r\n");
  EXPECT_EQ(echo_, "dir\r\n");
}

TEST_F(LineTest, EveryLineEndCountsOnce) {
  type("a\r\nb\nc\r");
  EXPECT_EQ(read(), "a\r\n");
  EXPECT_EQ(read(), "b\r\n");
  EXPECT_EQ(read(), "c\r\n");
  EXPECT_FALSE(line_.readable());
}

TEST_F(LineTest, BackspaceStopsAtTheLinesStart) {
  type("\bx\b\by\x7Fz\r");
  EXPECT_EQ(read(), "z\r\n");
  type("ab\r\b\r");  // a finished line is out of reach
  EXPECT_EQ(read(), "ab\r\n");
  EXPECT_EQ(read(), "\r\n");
}

TEST_F(LineTest, ASmallReaderGetsTheLineInParts) {
  type("hello\r");
  EXPECT_EQ(read(3), "hel");
  EXPECT_EQ(read(3), "lo\r");
  EXPECT_EQ(read(3), "\n");
}

TEST_F(LineTest, EndOfFileIsAnEmptyRead) {
  type("ab\x1A");
  EXPECT_EQ(read(), "ab");
  EXPECT_TRUE(line_.readable());
  EXPECT_EQ(read(), "");
  EXPECT_FALSE(line_.readable());
  type("\x04");
  EXPECT_TRUE(line_.readable());
}

TEST_F(LineTest, AFullLineRingsTheBell) {
  type(std::string(30, 'x'));
  EXPECT_NE(echo_.find('\a'), std::string::npos);
  type("\r");
  EXPECT_EQ(read(), std::string(14, 'x') + "\r\n");
}

TEST(Keyboard, LettersDigitsAndModifiers) {
  KeyboardMap keys;
  EXPECT_EQ(keys.translate(0x1E), 'a');
  EXPECT_EQ(keys.translate(0x9E), '\0');  // released
  EXPECT_EQ(keys.translate(0x2A), '\0');
  EXPECT_EQ(keys.translate(0x1E), 'A');
  EXPECT_EQ(keys.translate(0x02), '!');
  EXPECT_EQ(keys.translate(0xAA), '\0');
  EXPECT_EQ(keys.translate(0x02), '1');
  EXPECT_EQ(keys.translate(0x3A), '\0');  // caps lock
  EXPECT_EQ(keys.translate(0x1E), 'A');
  EXPECT_EQ(keys.translate(0x02), '1');
  EXPECT_EQ(keys.translate(0x1D), '\0');  // control
  EXPECT_EQ(keys.translate(0x2C), 0x1A);  // control Z
  EXPECT_EQ(keys.translate(0x9D), '\0');
  EXPECT_EQ(keys.translate(0x1C), '\r');
  EXPECT_EQ(keys.translate(0x39), ' ');
  EXPECT_EQ(keys.translate(0x0E), '\b');
  EXPECT_EQ(keys.translate(0x2B), '\\');
}

TEST(Keyboard, ExtendedKeysHaveNoLetters) {
  KeyboardMap keys;
  keys.translate(0xE0);
  EXPECT_EQ(keys.translate(0x48), '\0');  // cursor up
  keys.translate(0xE0);
  EXPECT_EQ(keys.translate(0x1C), '\r');  // keypad enter
  EXPECT_EQ(keys.translate(0x1E), 'a');
}

TEST(Wildcard, MatchesLikeDos) {
  EXPECT_TRUE(IoMatchesPattern("*.*", "README"));
  EXPECT_TRUE(IoMatchesPattern("*", "A.B"));
  EXPECT_TRUE(IoMatchesPattern("*.exe", "HELLO.EXE"));
  EXPECT_FALSE(IoMatchesPattern("*.exe", "HELLO.DLL"));
  EXPECT_TRUE(IoMatchesPattern("h?llo.e*", "HELLO.EXE"));
  EXPECT_TRUE(IoMatchesPattern("a????", "AB"));
  EXPECT_FALSE(IoMatchesPattern("a", "AB"));
  EXPECT_TRUE(IoMatchesPattern("*a*b*c", "XXAYYBZZABC"));
  EXPECT_FALSE(IoMatchesPattern("", "A"));
}

TEST(BootOptions, RunTakesTheRestOfTheLine) {
  EXPECT_STREQ(ExFindBootOption("RUN=HELLO.EXE one two", "RUN="), "HELLO.EXE one two");
  EXPECT_STREQ(ExFindBootOption("  run=a.exe", "RUN="), "a.exe");
  EXPECT_STREQ(ExFindBootOption("DEBUG RUN=a.exe", "RUN="), "a.exe");
  EXPECT_EQ(ExFindBootOption("", "RUN="), nullptr);
  EXPECT_EQ(ExFindBootOption("XRUN=a.exe", "RUN="), nullptr);
}

}  // namespace
