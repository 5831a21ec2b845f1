// 8042 and keyboard: commands, A20, reset, translation, typing.
#include "machine/keyboard_8042.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "board_fixture.hpp"
#include "machine/scan_codes.hpp"

namespace faultline {
namespace {

class KeyboardTest : public BoardTest {
 protected:
  static constexpr u32 hz = 1000000;  // a clock is a microsecond

  void SetUp() override { keyboard.reset(); }
  void command(u8 value) { keyboard.port_write(0x64, 1, value); }
  void data(u8 value) { keyboard.port_write(0x60, 1, value); }
  u8 status() { return static_cast<u8>(keyboard.port_read(0x64, 1)); }
  u8 read() { return static_cast<u8>(keyboard.port_read(0x60, 1)); }
  /// Every byte that arrives within `us`, read as it comes.
  std::vector<u8> arrivals(u64 us) {
    std::vector<u8> bytes;
    for (u64 i = 0; i < us; i += 100) {
      pass(100);
      if (status() & 1) bytes.push_back(read());
    }
    return bytes;
  }

  bool irq = false, a20 = false;
  int resets = 0;
  Keyboard8042 keyboard{scheduler,
                        hz,
                        {.irq1 = [this](bool level) { irq = level; },
                         .a20 = [this](bool open) { a20 = open; },
                         .reset = [this] { ++resets; }}};
};

using Bytes = std::vector<u8>;

TEST_F(KeyboardTest, SelfTestSetsTheSystemFlag) {
  EXPECT_EQ(status() & 0x05, 0x00);
  command(0xAA);
  EXPECT_EQ(status() & 0x0D, 0x0D);
  EXPECT_EQ(read(), 0x55);
  EXPECT_EQ(status() & 0x01, 0x00);
  command(0xAB);
  EXPECT_EQ(read(), 0x00);
}

TEST_F(KeyboardTest, CommandByteAndRam) {
  command(0x60);
  data(0x45);
  command(0x20);
  EXPECT_EQ(read(), 0x45);
  command(0xAD);
  command(0x20);
  EXPECT_EQ(read(), 0x55);
  command(0xA7);
  command(0x20);
  EXPECT_EQ(read(), 0x75);
  command(0xA8);
  command(0xAE);
  command(0x20);
  EXPECT_EQ(read(), 0x45);
  command(0x7F);  // the last cell
  data(0x99);
  command(0x3F);
  EXPECT_EQ(read(), 0x99);
}

TEST_F(KeyboardTest, OutputPortGatesA20) {
  EXPECT_TRUE(a20);  // open after reset
  command(0xD1);
  data(0xDD);
  EXPECT_FALSE(a20);
  command(0xD0);
  EXPECT_EQ(read(), 0xDD & ~0x10);
  command(0xD1);
  data(0xDF);
  EXPECT_TRUE(a20);
  command(0xDD);
  EXPECT_FALSE(a20);
  command(0xDF);
  EXPECT_TRUE(a20);
  EXPECT_EQ(resets, 0);
}

TEST_F(KeyboardTest, PulsingBitZeroResets) {
  command(0xF1);
  command(0xFF);
  EXPECT_EQ(resets, 0);
  command(0xFE);
  EXPECT_EQ(resets, 1);
  command(0xD1);
  data(0xDE);
  EXPECT_EQ(resets, 2);
}

TEST_F(KeyboardTest, KeyboardAnswersItsCommands) {
  data(0xFF);
  EXPECT_EQ(arrivals(10000), (Bytes{0xFA, 0xAA}));
  data(0xEE);
  EXPECT_EQ(arrivals(10000), (Bytes{0xEE}));
  data(0xF2);
  EXPECT_EQ(arrivals(10000), (Bytes{0xFA, 0xAB, 0x41}));  // 83h through the translation
  data(0xED);
  EXPECT_EQ(arrivals(10000), (Bytes{0xFA}));
  data(0x02);
  EXPECT_EQ(arrivals(10000), (Bytes{0xFA}));
  EXPECT_EQ(keyboard.leds(), 2);
  data(0xFE);
  EXPECT_EQ(arrivals(10000), (Bytes{0xFA}));  // the last byte again
  data(0x12);
  EXPECT_EQ(arrivals(10000), (Bytes{0xFE}));  // no command
}

TEST_F(KeyboardTest, TranslatesSet2ToSet1AndInterrupts) {
  command(0x60);
  data(0x41);
  keyboard.key(0x1E);
  EXPECT_FALSE(irq);
  pass(1000);
  EXPECT_TRUE(irq);
  EXPECT_EQ(read(), 0x1E);
  EXPECT_FALSE(irq);
  keyboard.key(0x9E);
  EXPECT_EQ(arrivals(5000), (Bytes{0x9E}));
  for (u8 code : {0xE0, 0x48, 0xE0, 0xC8}) keyboard.key(code);
  EXPECT_EQ(arrivals(10000), (Bytes{0xE0, 0x48, 0xE0, 0xC8}));
}

TEST_F(KeyboardTest, UntranslatedTheKeyboardSpeaksSet2OrSet1) {
  command(0x60);
  data(0x00);
  keyboard.key(0x1E);
  keyboard.key(0x9E);
  EXPECT_EQ(arrivals(10000), (Bytes{0x1C, 0xF0, 0x1C}));
  data(0xF0);
  arrivals(5000);
  data(0x01);
  arrivals(5000);
  keyboard.key(0x9E);
  EXPECT_EQ(arrivals(10000), (Bytes{0x9E}));
}

TEST_F(KeyboardTest, ADisabledInterfaceHoldsKeysBack) {
  command(0xAD);
  keyboard.key(0x1E);
  EXPECT_EQ(arrivals(10000), (Bytes{}));
  command(0xAE);
  EXPECT_EQ(arrivals(10000), (Bytes{0x1E}));
  data(0xF5);  // scanning off
  arrivals(5000);
  keyboard.key(0x1E);
  EXPECT_EQ(arrivals(10000), (Bytes{}));
}

TEST_F(KeyboardTest, AFullBufferEndsInAnOverrunCode) {
  command(0xAD);
  for (int i = 0; i < 40; ++i) keyboard.key(0x1E);
  command(0xAE);
  const Bytes bytes = arrivals(100000);
  ASSERT_EQ(bytes.size(), 16u);
  EXPECT_EQ(bytes[14], 0x1E);
  EXPECT_EQ(bytes[15], 0xFF);
}

TEST_F(KeyboardTest, TypesAsciiWithShift) {
  keyboard.type("a:\n");
  EXPECT_EQ(arrivals(200000), (Bytes{0x1E, 0x9E, 0x2A, 0x27, 0xA7, 0xAA, 0x1C, 0x9C}));
  EXPECT_TRUE(keyboard.typed());
}

TEST_F(KeyboardTest, TypingWaitsForTheReader) {
  keyboard.type("abcdefghijklmnopqrstuvwxyz");
  pass(10000000);  // nobody reads
  EXPECT_FALSE(keyboard.typed());
  EXPECT_EQ(arrivals(3000000).size(), 52u);
}

TEST(ScanCodes, TranslationInvertsOnAllKeys) {
  for (u8 make = 1; make <= 0x53; ++make) EXPECT_EQ(set1_of_set2(set2_of_set1(make)), make);
  EXPECT_EQ(set1_of_set2(0xFA), 0xFA);
  EXPECT_EQ(keystrokes_of('\x03'), (Bytes{0x1D, 0x2E, 0xAE, 0x9D}));
  EXPECT_TRUE(keystrokes_of('\x80').empty());
}

TEST(AtKeyboard, AnswersThatNobodyTakesAreLostInTheEnd) {
  AtKeyboard keyboard;
  for (int i = 0; i < 1000; ++i) keyboard.command(i % 2 == 0 ? 0xEE : 0xFE);  // echo, resend
  int answers = 0;
  for (; keyboard.has_output(); ++answers) keyboard.take_output();
  EXPECT_EQ(answers, 16);
  keyboard.command(0xEE);
  EXPECT_EQ(keyboard.take_output(), 0xEE);
}

}  // namespace
}  // namespace faultline
