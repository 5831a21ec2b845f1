// Options of `faultline debug`: other debuggers' spellings, logs, what a session's end means.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

Outcome debug(std::vector<std::string> words) {
  words.insert(words.begin(), {"debug", "--firmware", FAULTLINE_GUEST_ROM, "-m", "1"});
  return faultline(words);
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(DebugOptions, LogWhatIsDeliveredOnce) {
  const Scratch scratch;
  const std::string log = scratch.path("log");
  debug({"-d", "int", "-D", log, "-ex", "c", "-ex", "!tt 100", "-ex", "c"});
  const auto lines = lines_of(log);
  ASSERT_EQ(lines.size(), 9u);
  const char* expected[] = {"#PF page fault, error code 0006, CR2 00040000 at 001B:000F0409",
                            "#PF page fault, error code 0007, CR2 00044004 at 001B:000F040E",
                            "#PF page fault, error code 0005, CR2 00048000 at 001B:000F0413",
                            "#PF page fault, error code 0006, CR2 000",
                            "interrupt 80 at 001B:000F0425",
                            "interrupt 80 at 001B:000F042D",
                            "#UD invalid opcode at 0008:000F0625",
                            "#GP general protection, error code 0033 at 0008:000F0625",
                            "#DF double fault, error code 0000 at 0008:000F0625"};
  for (std::size_t i = 0; i < lines.size(); ++i)
    EXPECT_NE(lines[i].find(expected[i]), std::string::npos) << lines[i];
}

TEST(DebugOptions, LogTheWalksOfThePagingUnit) {
  const Outcome session = debug({"-d", "mmu,in_asm", "-ex", "lb F040E", "-ex", "c"});
  EXPECT_NE(session.err.find("page fault: 00040000, error code 6"), std::string::npos);
  EXPECT_NE(session.err.find("001B:000F0409  mov dword ptr [0x40000], eax"), std::string::npos);
  EXPECT_EQ(session.err.find("port "), std::string::npos);
}

TEST(DebugOptions, WrongOnesAreRefused) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"-d", "imt"}, {"-D", "file"}, {"-d", ""}, {"--frobnicate"}}) {
    const Outcome session = debug(words);
    EXPECT_EQ(session.status, 64) << words.front();
    EXPECT_EQ(std::count(session.err.begin(), session.err.end(), '\n'), 1) << session.err;
  }
  EXPECT_NE(debug({"-d", "imt"}).err.find("(did you mean int?)"), std::string::npos);
}

TEST(DebugOptions, TheStatusTellsHowTheSessionEnded) {
  EXPECT_EQ(debug({"-ex", "c"}).status, 81);  // the guest's
  EXPECT_EQ(debug({"-ex", "s 3"}).status, 0);
  EXPECT_EQ(debug({"-ex", "frobnicate"}).status, 64);
  EXPECT_EQ(debug({"-ex", "s", "-no-reboot", "-q"}).status, 0);
  EXPECT_EQ(debug({"--expect", "pf", "-ex", "catch pf", "-ex", "c"}).status, 0);
  EXPECT_EQ(debug({"--expect", "pf", "-ex", "s"}).status, 84);
  EXPECT_EQ(debug({"--expect", "triple-fault", "-ex", "c"}).status, 0);
  EXPECT_EQ(debug({"--expect", "exit=1", "-ex", "c"}).status, 84);
  EXPECT_EQ(debug({"--cycle-limit", "500", "-ex", "c"}).status, 83);
}

/// A line that fails says where it stands, and the next one runs.
TEST(DebugOptions, AScriptGoesOnBehindAMistake) {
  const Scratch scratch;
  const std::string script = scratch.path("script");
  std::ofstream(script) << "catch pf\nxyzzy\nc\n\n# nothing\n";
  const Outcome session = debug({"-q", "-rc", script});
  EXPECT_EQ(session.err, script + ":2: no command 'xyzzy'; `help` lists them\n");
  EXPECT_NE(session.out.find("page fault: write to 00040000"), std::string::npos);
  EXPECT_EQ(session.status, 64);
}

TEST(DebugOptions, JsonIsOneValueALine) {
  const Outcome session = debug({"--json", "-ex", "catch triple", "-ex", "c"});
  EXPECT_NE(session.out.find("\"shutdown\":[{\"vector\":6,\"name\":\"#UD invalid opcode\""),
            std::string::npos)
      << session.out;
}

}  // namespace
}  // namespace faultline::tests
