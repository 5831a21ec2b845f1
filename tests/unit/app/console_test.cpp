// Standard output shared by two ports, and standard input typed line by line.
#include "app/console.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "app/serial_input.hpp"

namespace faultline::app {
namespace {

void serial(SharedConsole& console, const std::string& text) {
  for (const char c : text) console.serial(static_cast<arch::u8>(c));
}
void debug(SharedConsole& console, const std::string& text) {
  for (const char c : text) console.debug(static_cast<arch::u8>(c));
}

TEST(SharedConsole, NeitherPortSplitsALineOfTheOther) {
  testing::internal::CaptureStdout();
  SharedConsole console;
  const std::string line = "RESULT 7\n";  // a guest that says each character twice
  for (const char c : line) {
    debug(console, {c});
    serial(console, {c});
  }
  serial(console, "C:\\>");
  debug(console, "behind the prompt\n");
  serial(console, "dir\r\n");
  debug(console, "no newline");
  console.finish();
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "RESULT 7\nRESULT 7\nC:\\>dir\r\nbehind the prompt\nno newline");
}

TEST(SharedConsole, HoldsOnlySoMuch) {
  testing::internal::CaptureStdout();
  SharedConsole console;
  const std::string flood(SharedConsole::held_most, 'x');
  serial(console, "C:\\>");
  debug(console, flood);  // no newline, and COM1 stays in its line
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "C:\\>" + flood);
}

TEST(OutputTail, KeepsTheLastWholeLines) {
  OutputTail tail;
  EXPECT_EQ(tail.text(), "");
  for (const char c : std::string("\r\n\n*** STOP\r\n\x1B[0m\r\n")) {
    tail.add(static_cast<arch::u8>(c));
  }
  EXPECT_EQ(tail.text(), "*** STOP\n[0m");
  for (int i = 0; i < 3000; ++i) tail.add(i % 100 == 99 ? '\n' : 'x');
  EXPECT_LT(tail.text().size(), 2048u);
  EXPECT_EQ(tail.text().substr(0, 100), std::string(99, 'x') + '\n');
}

class PipedInputTest : public testing::Test {
 protected:
  PipedInputTest() { EXPECT_EQ(pipe(ends_), 0); }
  ~PipedInputTest() override {
    close(ends_[0]);
    hang_up();
  }
  void write_pipe(const std::string& text) {
    EXPECT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void hang_up() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  int ends_[2] = {-1, -1};
};

TEST_F(PipedInputTest, TypesOneLineAtATimeHoweverItArrives) {
  PipedInput input(ends_[0]);
  EXPECT_EQ(input.poll(0), "");
  write_pipe("di");
  write_pipe("r\nmem\nex");
  EXPECT_EQ(input.when_idle(), "dir\n");
  EXPECT_EQ(input.when_idle(), "mem\n");
  EXPECT_FALSE(input.ended());
  write_pipe("it");
  hang_up();
  EXPECT_EQ(input.when_idle(), "exit");
  EXPECT_TRUE(input.ended());
  EXPECT_EQ(input.when_idle(), "");
}

TEST_F(PipedInputTest, ALineWithoutEndIsTypedInParts) {
  PipedInput input(ends_[0]);
  write_pipe(std::string(10000, 'x'));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(input.when_idle(), std::string(PipedInput::line_most, 'x')) << i;
  }
  hang_up();
  EXPECT_EQ(input.when_idle(), std::string(10000 - 2 * PipedInput::line_most, 'x'));
  EXPECT_TRUE(input.ended());
}

TEST_F(PipedInputTest, ATerminalsEscapeQuits) {
  TerminalInput input(ends_[0], true);
  EXPECT_EQ(input.poll(0), "");
  write_pipe("a\x01");
  EXPECT_EQ(input.poll(0), "a");
  write_pipe(
      "\x01"
      "b\x01z");
  EXPECT_EQ(input.poll(0),
            "\x01"
            "b");
  EXPECT_FALSE(input.quit());
  write_pipe("\x01x");
  EXPECT_EQ(input.poll(0), "");
  EXPECT_TRUE(input.quit());
  hang_up();
  EXPECT_EQ(input.poll(0), "");
  EXPECT_TRUE(input.ended());
}

}  // namespace
}  // namespace faultline::app
