// gdb's packets over TCP, from clients that are not gdb: one that behaves, and many that do not.
#include <gtest/gtest.h>

#include <random>

#include "debugger/gdb/packet.hpp"
#include "tests/boot/background.hpp"

namespace faultline::tests {
namespace {

unsigned port_of(const std::string& line) {
  const auto colon = line.rfind(':');
  EXPECT_NE(line.find("gdb may connect: target remote 127.0.0.1:"), std::string::npos) << line;
  return colon == line.npos ? 0 : static_cast<unsigned>(std::stoul(line.substr(colon + 1)));
}

class GdbSocket : public ::testing::Test {
 protected:
  /// Sends a packet; the body of the answer.
  static std::string ask(Client& client, const std::string& body) {
    EXPECT_TRUE(client.send("+" + gdb::frame(body)));
    return answer(client);
  }
  static std::string answer(Client& client) {
    const std::string text = client.until("#");
    const auto dollar = text.rfind('$');
    return dollar == text.npos ? text : text.substr(dollar + 1, text.size() - dollar - 2);
  }
};

TEST_F(GdbSocket, InterruptsAndLetsRunOn) {
  Background machine({"run", "-S", "--gdb", "localhost:0", "SPIN.EXE"});
  const unsigned port = port_of(machine.line());
  {
    Client client(port);
    EXPECT_EQ(ask(client, "?").substr(0, 3), "T05");
    EXPECT_TRUE(client.send("+" + gdb::frame("vCont;c")));
    EXPECT_TRUE(client.send("\x03"));
    EXPECT_EQ(answer(client).substr(0, 3), "T02");
  }
  // The line broke: the guest stands still for the next one.
  Client client(port);
  const std::string registers = ask(client, "g");
  EXPECT_GT(registers.size(), 400u);
  EXPECT_EQ(ask(client, "g"), registers);
  EXPECT_TRUE(client.send("+" + gdb::frame("k")));
  EXPECT_EQ(machine.wait(), 130);
}

TEST_F(GdbSocket, DetachedGuestsRunToTheirEnd) {
  Background machine({"run", "-S", "--gdb", "localhost:0", "HELLO.EXE"});
  Client client(port_of(machine.line()));
  EXPECT_EQ(ask(client, "D"), "OK");
  EXPECT_EQ(machine.wait(), 0);
  EXPECT_NE(machine.rest().find("Hello"), std::string::npos);
}

TEST_F(GdbSocket, RandomBytesNeitherCrashNorHang) {
  Background machine({"debug", "--gdb", "localhost:0", "SPIN.EXE"});
  const unsigned port = port_of(machine.line());
  const std::string heads[] = {"g",
                               "G00",
                               "m0,ffff",
                               "M0,1:",
                               "X7c00,4:",
                               "Z0,",
                               "vCont;s",
                               "bs",
                               "vCont;r0,ffffffff",
                               "qXfer:osdata:read:",
                               "p1",
                               "P8=",
                               "qRcmd,",
                               "H",
                               "T",
                               "vFile:open:",
                               "c",
                               "s",
                               "?",
                               "z2,"};
  std::mt19937 random(1);
  for (unsigned round = 0; round < 12; ++round) {
    Client client(port);
    std::string noise;
    for (unsigned n = 0; n < 60; ++n) {
      std::string body = heads[random() % std::size(heads)];
      for (unsigned k = random() % 12; k != 0; --k) body += static_cast<char>(random());
      std::string packet = gdb::frame(body);
      if (random() % 4 == 0) packet.resize(random() % packet.size());
      noise += packet;
    }
    for (unsigned k = 0; k < 2000; ++k) noise += static_cast<char>(random());
    client.send(noise);
  }
  Client client(port);
  EXPECT_EQ(ask(client, "qAttached"), "1");
  EXPECT_EQ(ask(client, "vKill;1"), "OK");
  EXPECT_EQ(machine.wait(), 0);
}

}  // namespace
}  // namespace faultline::tests
