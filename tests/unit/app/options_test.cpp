// What the command line accepts, and what it says about the rest.
#include <gtest/gtest.h>

#include <functional>

#include "app/command_line.hpp"
#include "app/exit_code.hpp"
#include "app/machine_options.hpp"
#include "app/outcome.hpp"
#include "debugger/suggestion.hpp"

namespace faultline::app {
namespace {

std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Memory, IsGivenInMegabytes) {
  EXPECT_EQ(parse_memory("16"), 16u);
  EXPECT_EQ(parse_memory("16M"), 16u);
  EXPECT_EQ(parse_memory("8m"), 8u);
  EXPECT_EQ(parse_memory("256MB"), 256u);
  EXPECT_EQ(parse_memory("1M"), 1u);
}

TEST(Memory, OutsideTheBoardIsRefused) {
  for (const char* text : {"0", "0M", "257M", "4294967297"}) {
    EXPECT_NE(complaint([&] { parse_memory(text); }).find(text), std::string::npos) << text;
  }
  for (const char* text : {"", "M", "-1M", "16K", "1.5M", "lots", "16 M"}) {
    EXPECT_NE(complaint([&] { parse_memory(text); }), "") << text;
  }
}

TEST(PortLog, TakesAHexadecimalPort) {
  EXPECT_EQ(parse_port_log("E9=a.log").port, 0xE9);
  EXPECT_EQ(parse_port_log("0x80=a=b").port, 0x80);
  EXPECT_EQ(parse_port_log("0x80=a=b").path, "a=b");
  for (const char* text : {"E9", "E9=", "=a", "10000=a", "zz=a", ""}) {
    EXPECT_NE(complaint([&] { parse_port_log(text); }), "") << text;
  }
}

TEST(Model, AnUnknownOneGetsASuggestion) {
  EXPECT_EQ(parse_model("i486sx").name, "i486sx");
  EXPECT_NE(complaint([] { parse_model("486sx"); }).find("did you mean i486sx?"),
            std::string::npos);
  EXPECT_EQ(complaint([] { parse_model("pentium"); }).find("did you mean"), std::string::npos);
}

TEST(Timing, IsTableOrNone) {
  EXPECT_EQ(parse_timing("table"), Timing::Table);
  EXPECT_EQ(parse_timing("none"), Timing::None);
  EXPECT_NE(complaint([] { parse_timing("fast"); }), "");
}

TEST(Timing, TheMicrocodeColumnIsThe386s) {
  EXPECT_EQ(parse_clock_column("manual", parse_model("i386dx")), ClockColumn::I386);
  EXPECT_EQ(parse_clock_column("manual", parse_model("i486sx")), ClockColumn::I486);
  EXPECT_EQ(parse_clock_column("microcode", parse_model("i386dx")), ClockColumn::I386Microcode);
  EXPECT_NE(complaint([] { parse_clock_column("microcode", parse_model("i486sx")); }), "");
  EXPECT_NE(complaint([] { parse_clock_column("guess", parse_model("i386dx")); }), "");
}

TEST(Errata, AModelWithoutAnyIsRefused) {
  EXPECT_EQ(complaint([] { require_errata(parse_model("i386dx")); }), "");
  const std::string text = complaint([] { require_errata(parse_model("i486sx")); });
  EXPECT_NE(text.find("the i486sx has none"), std::string::npos);
  EXPECT_NE(text.find("i386dx-b1"), std::string::npos);
}

TEST(Suggestion, IsNearOrAbsent) {
  const std::vector<std::string> words = {"--headless", "--serial", "--disk"};
  EXPECT_EQ(nearest("--hedless", words), "--headless");
  EXPECT_EQ(nearest("--dsk", words), "--disk");
  EXPECT_EQ(nearest("--screenshot", words), "");
  EXPECT_EQ(suggestion("--serail", words), " (did you mean --serial?)");
  EXPECT_EQ(suggestion("x", {}), "");
}

TEST(CommandLine, QuotesAsTheCRunTimeReads) {
  EXPECT_EQ(join_command_line({"HELLO.EXE"}), "HELLO.EXE");
  EXPECT_EQ(join_command_line({"A.EXE", "one", "two words"}), "A.EXE one \"two words\"");
  EXPECT_EQ(quote_argument(""), "\"\"");
  EXPECT_EQ(quote_argument("a\"b"), "\"a\\\"b\"");
  EXPECT_EQ(quote_argument("C:\\dir\\"), "C:\\dir\\");
  EXPECT_EQ(quote_argument("C:\\a b\\"), "\"C:\\a b\\\\\"");
  EXPECT_EQ(quote_argument("\\\" x"), "\"\\\\\\\" x\"");
}

RunResult ended(EndReason reason, u32 code) {
  RunResult result;
  result.reason = reason;
  result.code = code;
  return result;
}

TEST(ExitStatus, FollowsTheReason) {
  EXPECT_EQ(exit_status(ended(EndReason::Exit, 0)), 0);
  EXPECT_EQ(exit_status(ended(EndReason::Exit, 0xC0000005)), 5);
  EXPECT_EQ(exit_status(ended(EndReason::DebugExit, 7)), 7);
  EXPECT_EQ(exit_status(ended(EndReason::Bugcheck, 0x1E)), 80);
  EXPECT_EQ(exit_status(ended(EndReason::TripleFault, 0)), 81);
  EXPECT_EQ(exit_status(ended(EndReason::HaltedForever, 0)), 82);
  EXPECT_EQ(exit_status(ended(EndReason::CycleLimit, 0)), 83);
  EXPECT_EQ(exit_status(ended(EndReason::Requested, 0)), 130);
}

TEST(Expectation, ComparesReasonAndCode) {
  EXPECT_TRUE(Expectation::parse("exit=3").met_by(ended(EndReason::Exit, 3)));
  EXPECT_FALSE(Expectation::parse("exit=3").met_by(ended(EndReason::Exit, 4)));
  EXPECT_TRUE(Expectation::parse("exit=0xC0000005").met_by(ended(EndReason::Exit, 0xC0000005)));
  EXPECT_TRUE(Expectation::parse("bugcheck").met_by(ended(EndReason::Bugcheck, 0x1E)));
  EXPECT_FALSE(Expectation::parse("bugcheck=0xA").met_by(ended(EndReason::Bugcheck, 0x1E)));
  EXPECT_FALSE(Expectation::parse("exit").met_by(ended(EndReason::TripleFault, 0)));
  for (const char* text : {"", "exti", "exit=", "exit=x", "exit=1x"}) {
    EXPECT_NE(complaint([&] { Expectation::parse(text); }), "") << text;
  }
}

}  // namespace
}  // namespace faultline::app
