// Where gdb may come, in our spelling and in QEMU's.
#include "app/gdb_options.hpp"

#include <gtest/gtest.h>

#include "app/exit_code.hpp"

namespace faultline::app {
namespace {

TEST(GdbAddress, HostsAndPorts) {
  EXPECT_TRUE(parse_gdb_address("stdio").stdio);
  EXPECT_EQ(parse_gdb_address("4321").port, 4321);
  EXPECT_EQ(parse_gdb_address("4321").host, "127.0.0.1");
  EXPECT_EQ(parse_gdb_address(":4321").host, "127.0.0.1") << "this host alone";
  EXPECT_EQ(parse_gdb_address("tcp::1234").host, "127.0.0.1");
  EXPECT_EQ(parse_gdb_address("tcp:0.0.0.0:1234,server=on,wait=off").host, "0.0.0.0");
  EXPECT_EQ(parse_gdb_address("[::1]:99").host, "::1");
  EXPECT_EQ(parse_gdb_address("[::1]:99").port, 99);
  for (const char* wrong : {"", "localhost", ":", "host:x", "host:99999", "host:-1", "a/b:1"}) {
    EXPECT_THROW(parse_gdb_address(wrong), UsageError) << wrong;
  }
}

class GdbWords : public ::testing::Test {
 protected:
  GdbWords() {
    options.add_to(parser);
    parser.add_option("--mem", memory);
    parser.prefix_command();
  }
  std::vector<std::string> spelled(std::vector<std::string> words) {
    words.insert(words.begin(), "run");
    words = spell_out(parser, std::move(words));
    words.erase(words.begin());
    return words;
  }
  using Words = std::vector<std::string>;

  CLI::App parser;
  GdbOptions options;
  std::string memory;
};

TEST_F(GdbWords, TwoDashesBeforeTheProgramAlone) {
  EXPECT_EQ(spelled({"-gdb", "stdio", "P.EXE", "-gdb", "x"}),
            (Words{"--gdb", "stdio", "P.EXE", "-gdb", "x"}));
  EXPECT_EQ(spelled({"--mem", "4M", "-gdb", "tcp::1234", "P.EXE"}),
            (Words{"--mem", "4M", "--gdb", "tcp::1234", "P.EXE"}));
  EXPECT_EQ(spelled({"--", "-gdb"}), (Words{"--", "-gdb"}));
}

TEST_F(GdbWords, TheAddressMayBeLeftOut) {
  EXPECT_EQ(spelled({"--gdb", "P.EXE"}), (Words{"--gdb=localhost:1234", "P.EXE"}));
  EXPECT_EQ(spelled({"--gdb"}), (Words{"--gdb=localhost:1234"}));
  EXPECT_EQ(spelled({"--gdb", ":99", "P.EXE"}), (Words{"--gdb", ":99", "P.EXE"}));
}

TEST_F(GdbWords, WhatFitsTogether) {
  EXPECT_FALSE(options.wanted());
  options.stopped = true;
  EXPECT_THROW(options.wanted(), UsageError) << "-S alone waits for nobody";
  options.shorthand = true;
  EXPECT_TRUE(options.wanted());
  EXPECT_EQ(options.address().port, 1234);
  EXPECT_FALSE(options.on_stdio());
  options.where = "stdio";
  EXPECT_THROW(options.wanted(), UsageError) << "two places";
  options.shorthand = false;
  EXPECT_TRUE(options.on_stdio());
  options.where = "nonsense";
  EXPECT_THROW(options.wanted(), UsageError);
  options.stopped = false;
  options.where = "none";
  EXPECT_FALSE(options.wanted());
}

}  // namespace
}  // namespace faultline::app
