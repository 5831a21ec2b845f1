// Packets and their answers, over a target that is not a machine.
#include <gtest/gtest.h>

#include "debugger/gdb/hex.hpp"
#include "debugger/gdb/server.hpp"
#include "tests/unit/debugger/gdb_fake_target.hpp"

namespace faultline::tests {
namespace {

using gdb::Server;

/// The bodies of the packets in `output`, acknowledgements left out.
std::vector<std::string> packets_in(const std::string& output) {
  std::vector<std::string> bodies;
  gdb::PacketReader reader;
  for (const char c : output) {
    if (reader.take(static_cast<arch::u8>(c)) == gdb::PacketReader::Event::Packet)
      bodies.push_back(reader.body());
  }
  return bodies;
}

class GdbServer : public ::testing::Test {
 protected:
  std::vector<std::string> say(const std::vector<std::string>& packets) {
    std::string input;
    for (const std::string& packet : packets) input += "+" + gdb::frame(packet);
    return say_bytes(input);
  }
  std::vector<std::string> say_bytes(const std::string& bytes) {
    Script script(bytes);
    Server server(target);
    end = server.serve(script);
    return packets_in(script.output);
  }
  std::string ask(const std::string& packet) {
    const auto answers = say({packet});
    EXPECT_EQ(answers.size(), 1u) << packet;
    return answers.empty() ? "(none)" : answers.front();
  }

  FakeTarget target;
  Server::End end{};
};

TEST_F(GdbServer, SaysWhatItCan) {
  EXPECT_EQ(ask("qSupported:multiprocess+;xmlRegisters=i386"),
            "PacketSize=4000;QStartNoAckMode+;vContSupported+;swbreak+;hwbreak+;"
            "qXfer:features:read+;qXfer:exec-file:read+;qXfer:threads:read+;qXfer:libraries:read+;"
            "qXfer:osdata:read+");
  target.reversible = true;
  EXPECT_NE(ask("qSupported").find("ReverseStep+;ReverseContinue+"), std::string::npos);
  EXPECT_EQ(ask("vCont?"), "vCont;c;C;s;S;t;r");
  EXPECT_EQ(ask("vMustReplyEmpty"), "");
  EXPECT_EQ(ask("qAttached"), "1");
  EXPECT_EQ(end, Server::End::Disconnected);
}

TEST_F(GdbServer, StopsAcknowledging) {
  Script script("+" + gdb::frame("QStartNoAckMode") + "+" + gdb::frame("qAttached"));
  Server server(target);
  server.serve(script);
  EXPECT_EQ(script.output, "+$OK#9a$1#31");
}

TEST_F(GdbServer, Registers) {
  EXPECT_EQ(ask("g"), "0010011002100310041005100610071078563412");
  EXPECT_EQ(ask("p8"), "78563412");
  EXPECT_EQ(ask("p9"), "E22");
  EXPECT_EQ(ask("P2=abcd"), "OK");
  EXPECT_EQ(target.registers[2], (std::vector<arch::u8>{0xAB, 0xCD}));
  EXPECT_EQ(ask("P2=ab"), "E22");
  EXPECT_EQ(ask("P3=0000"), "E01");
  EXPECT_EQ(ask("G00"), "E22");
  EXPECT_EQ(ask("G0010011002100310041005100610071011111111"), "E01");  // one refuses
  EXPECT_EQ(target.registers[8], (std::vector<arch::u8>(4, 0x11)));
}

TEST_F(GdbServer, Memory) {
  EXPECT_EQ(ask("m1000,4"), "abababab");
  EXPECT_EQ(ask("m1ffe,10"), "abab");  // as far as it goes
  EXPECT_EQ(ask("m2000,1"), "E14");
  EXPECT_EQ(ask("m0,ffffffffffffffff"), "E14");
  EXPECT_EQ(ask("m1000,ffffffff").size(), 0x1000u * 2);
  EXPECT_EQ(ask("M1000,2:0102"), "OK");
  EXPECT_EQ(ask("X1002,2:}\x03#"), "E22");
  EXPECT_EQ(ask("X1002,2:#$"), "OK");
  EXPECT_EQ(ask("X1000,0:"), "OK");
  EXPECT_EQ(ask("m1000,5"), "01022324ab");
  EXPECT_EQ(ask("M2000,1:00"), "E14");
  EXPECT_EQ(ask("M1000,2:01"), "E22");
}

TEST_F(GdbServer, Breakpoints) {
  say({"Z0,1000,1", "Z1,1001,1", "Z2,1002,4", "Z4,1004,2", "Z3,1000,1"});
  EXPECT_TRUE(target.points.empty());  // gdb is gone
  EXPECT_EQ(say({"Z0,1000,1", "Z1,1,1", "Z2,2,4", "Z4,4,2", "Z3,0,1", "z0,1000,1", "Z5,0,1",
                 "Z0,1000", "Z0"}),
            (std::vector<std::string>{"OK", "OK", "OK", "OK", "E01", "OK", "", "E22", "E22"}));
}

TEST_F(GdbServer, RunsAndTellsWhy) {
  gdb::Stop watch;
  watch.reason = gdb::Stop::Reason::Watch;
  watch.address = 0xC0001000;
  gdb::Stop fault;
  fault.signal = gdb::signal::segment;
  fault.explanation = "page fault";
  gdb::Stop exited;
  exited.reason = gdb::Stop::Reason::Exited;
  exited.status = 5;
  target.stops = {watch, fault, {}, exited};
  EXPECT_EQ(say({"vCont;s:8;c", "c", "vCont;r1000,1010:8", "?", "c"}),
            (std::vector<std::string>{"T05watch:c0001000;thread:8;05:0510;04:0410;08:78563412;",
                                      "O" + gdb::to_hex("page fault\n"),
                                      "T0bthread:8;05:0510;04:0410;08:78563412;",
                                      "T05thread:8;05:0510;04:0410;08:78563412;",
                                      "T05thread:8;05:0510;04:0410;08:78563412;", "W05"}));
  EXPECT_EQ(end, Server::End::Exited);
  ASSERT_EQ(target.resumed.size(), 4u);
  EXPECT_EQ(target.resumed[0].motion, gdb::Motion::Step);
  EXPECT_EQ(target.resumed[0].thread, 8u);
  EXPECT_EQ(target.resumed[2].motion, gdb::Motion::Range);
  EXPECT_EQ(target.resumed[2].start, 0x1000u);
  EXPECT_EQ(target.resumed[2].end, 0x1010u);
}

TEST_F(GdbServer, OldWaysToRun) {
  target.stops.resize(6);
  say({"c1234", "s", "C05", "S0b;1000", "Sx", "c;", "vCont;c:-1", "vCont;C05:8"});
  ASSERT_EQ(target.resumed.size(), 6u);
  EXPECT_EQ(target.resumed[0].at, 0x1234u);
  EXPECT_EQ(target.resumed[3].at, 0x1000u);
  EXPECT_EQ(target.resumed[3].motion, gdb::Motion::Step);
}

TEST_F(GdbServer, Backwards) {
  EXPECT_EQ(ask("bs"), "E01");
  EXPECT_EQ(ask("bc"), "E01");
  target.reversible = true;
  gdb::Stop begin;
  begin.reason = gdb::Stop::Reason::HistoryBegin;
  target.stops = {begin};
  EXPECT_EQ(ask("bc"), "T05replaylog:begin;thread:8;05:0510;04:0410;08:78563412;");
  EXPECT_TRUE(target.resumed.back().backwards);
}

TEST_F(GdbServer, CtrlCStopsTheGuest) {
  EXPECT_EQ(say_bytes("+" + gdb::frame("c") + "\x03" + gdb::frame("qC")),
            (std::vector<std::string>{"T02thread:8;05:0510;04:0410;08:78563412;", "QC8"}));
  EXPECT_GT(target.polls, 0u);
}

TEST_F(GdbServer, NewLibrariesAreToldFirst) {
  class Loading final : public gdb::ByteStream {
   public:
    Loading(FakeTarget& target, Script& script) : target_(target), script_(script) {}
    std::optional<std::size_t> read(std::span<arch::u8> to, int milliseconds) override {
      target_.libraries_there = {{"/KERNEL.EXE", 0x80102000}};
      return script_.read(to, milliseconds);
    }
    bool write(std::span<const arch::u8> bytes) override { return script_.write(bytes); }

   private:
    FakeTarget& target_;
    Script& script_;
  };
  gdb::Stop stop;
  stop.reason = gdb::Stop::Reason::SoftwareBreakpoint;
  target.stops = {stop};
  Script script(gdb::frame("c") + "+" + gdb::frame("c"));
  Loading stream(target, script);
  Server(target).serve(stream);
  EXPECT_EQ(packets_in(script.output),
            (std::vector<std::string>{"T05library:;thread:8;05:0510;04:0410;08:78563412;",
                                      "T05swbreak:;thread:8;05:0510;04:0410;08:78563412;"}));
  EXPECT_EQ(target.resumed.size(), 1u);
}

TEST_F(GdbServer, Threads) {
  EXPECT_EQ(ask("qC"), "QC8");
  EXPECT_EQ(ask("qfThreadInfo"), "m4,8");
  EXPECT_EQ(ask("qsThreadInfo"), "l");
  EXPECT_EQ(ask("T4"), "OK");
  EXPECT_EQ(ask("T5"), "E03");
  EXPECT_EQ(ask("Hg4"), "OK");
  EXPECT_EQ(target.selected, 4u);
  EXPECT_EQ(say({"Hg4", "p0", "p1"}), (std::vector<std::string>{"OK", "xxxx", "0110"}));
  EXPECT_EQ(ask("Hg0"), "OK");
  EXPECT_EQ(target.selected, 8u);
  EXPECT_EQ(ask("Hg7"), "E03");
  EXPECT_EQ(ask("Hc-1"), "OK");
  EXPECT_EQ(ask("Hx1"), "E22");
  EXPECT_EQ(ask("qThreadExtraInfo,4"), gdb::to_hex("a<b runs"));
  EXPECT_EQ(ask("qGetTIBAddr:4"), "7ffde000");
  EXPECT_EQ(ask("qGetTIBAddr:8"), "E03");
  EXPECT_EQ(ask("qXfer:threads:read::0,1000"),
            "l<?xml version=\"1.0\"?>\n<threads>\n"
            "<thread id=\"4\" name=\"a&lt;b\">runs</thread>\n"
            "<thread id=\"8\" name=\"idle\"></thread>\n</threads>\n");
}

TEST_F(GdbServer, DocumentsInPieces) {
  EXPECT_EQ(say({"qXfer:features:read:target.xml:0,a", "qXfer:features:read:target.xml:a,ffff",
                 "qXfer:features:read:target.xml:11178,10"}),
            (std::vector<std::string>{"m<target>xx", "m" + std::string(0x3FFF, 'x'), "l"}));
  EXPECT_EQ(ask("qXfer:features:read:other.xml:0,10"), "E00");
  EXPECT_EQ(ask("qXfer:features:read:target.xml:ffffff,10"), "E22");
  EXPECT_EQ(ask("qXfer:features:write:target.xml:0:00"), "");
  EXPECT_EQ(ask("qXfer:memory-map:read::0,10"), "");  // never: gdb would refuse other addresses
  EXPECT_EQ(ask("qXfer:exec-file:read:1:0,10"), "l/KERNEL.EXE");
  target.libraries_there = {{"/A&B.DLL", 0x402000}};
  EXPECT_EQ(ask("qXfer:libraries:read::0,1000"),
            "l<?xml version=\"1.0\"?>\n<library-list>\n<library name=\"/A&amp;B.DLL\">"
            "<segment address=\"0x402000\"/></library>\n</library-list>\n");
  EXPECT_EQ(ask("qXfer:osdata:read:tlb:0,1000"),
            "l<?xml version=\"1.0\"?>\n<osdata type=\"tlb\">\n"
            "<item><column name=\"set\">0</column><column name=\"page\">&lt;&amp;&gt;</column>"
            "</item>\n<item><column name=\"set\">1</column><column name=\"page\">00400000</column>"
            "</item>\n</osdata>\n");
  EXPECT_NE(ask("qXfer:osdata:read::0,1000").find(">tlb</column>"), std::string::npos);
  EXPECT_EQ(ask("qXfer:osdata:read:nothing:0,1000"), "E00");
}

TEST_F(GdbServer, FilesAreReadNeverWritten) {
  const std::string name = gdb::to_hex("/KERNEL.EXE");
  const auto answers =
      say({"vFile:setfs:0", "vFile:open:" + name + ",0,0", "vFile:fstat:0", "vFile:pread:0,4,2",
           "vFile:pread:0,4,100", "vFile:close:0", "vFile:pread:0,4,0", "vFile:close:0",
           "vFile:open:" + name + ",1,0", "vFile:open:" + gdb::to_hex("/etc/passwd") + ",0,0",
           "vFile:open:zz,0,0", "vFile:pwrite:0,0,x", "vFile:unlink:" + name,
           "vFile:pread:99999999999,4,0", "vFile:lseek:0"});
  ASSERT_EQ(answers.size(), 15u);
  EXPECT_EQ(answers[0], "F0");
  EXPECT_EQ(answers[1], "F0");
  EXPECT_EQ(answers[2].size(), 64u + 4);  // F40;
  EXPECT_EQ(answers[2][4 + 35], 8);       // st_size
  EXPECT_EQ(answers[3], "F4;#$}*");
  EXPECT_EQ(answers[4], "F0;");
  EXPECT_EQ(answers[5], "F0");
  EXPECT_EQ(answers[6], "F-1,9");
  EXPECT_EQ(answers[7], "F-1,9");
  EXPECT_EQ(answers[8], "F-1,1e");
  EXPECT_EQ(answers[9], "F-1,2");
  EXPECT_EQ(answers[10], "F-1,16");
  EXPECT_EQ(answers[11], "F-1,1e");
  EXPECT_EQ(answers[12], "F-1,1e");
  EXPECT_EQ(answers[13], "F-1,16");
  EXPECT_EQ(answers[14], "");
  const auto many = say(std::vector<std::string>(17, "vFile:open:" + name + ",0,0"));
  EXPECT_EQ(many[15], "Ff");
  EXPECT_EQ(many[16], "F-1,17");
}

TEST_F(GdbServer, MonitorAndQemu) {
  EXPECT_EQ(say({"qRcmd," + gdb::to_hex("tlb 3")}),
            (std::vector<std::string>{"O" + gdb::to_hex("did tlb 3\n"), "OK"}));
  EXPECT_EQ(ask("qRcmd,1"), "E22");
  EXPECT_EQ(ask("qqemu.Supported"), "PhyMemMode");
  EXPECT_EQ(say({"qqemu.PhyMemMode", "Qqemu.PhyMemMode:1", "qqemu.PhyMemMode"}),
            (std::vector<std::string>{"0", "OK", "1"}));
  EXPECT_FALSE(target.physical());  // with the next gdb things are as they should be
}

TEST_F(GdbServer, Ends) {
  EXPECT_EQ(ask("D"), "OK");
  EXPECT_EQ(end, Server::End::Detached);
  EXPECT_EQ(ask("D;1"), "OK");
  EXPECT_EQ(end, Server::End::Detached);
  EXPECT_TRUE(say({"k"}).empty());
  EXPECT_EQ(end, Server::End::Killed);
  EXPECT_EQ(ask("vKill;1"), "OK");
  EXPECT_EQ(end, Server::End::Killed);
  EXPECT_TRUE(say_bytes("+++").empty());
  EXPECT_EQ(end, Server::End::Disconnected);
}

TEST_F(GdbServer, MalformedPacketsAreRefused) {
  for (const char* packet : {"gg",
                             "p",
                             "pzz",
                             "P1",
                             "P1=",
                             "m",
                             "m1000",
                             "m1000,",
                             "mx,1",
                             "m1000,1,1",
                             "M1000,1",
                             "X1000,1",
                             "Z",
                             "Z0,",
                             "z9,",
                             "bs1",
                             "bcx",
                             "cx",
                             "C",
                             "Cx",
                             "vCont",
                             "vContx",
                             "vCont;",
                             "vCont;x",
                             "vCont;r",
                             "vCont;r1",
                             "vCont;s:",
                             "vCont;s:x",
                             "vCont;c;",
                             "vKill",
                             "vKill;",
                             "D;",
                             "Dx",
                             "kx",
                             "H",
                             "Hg",
                             "Hgx",
                             "T",
                             "Tx",
                             "qThreadExtraInfo,",
                             "qGetTIBAddr:",
                             "qXfer:features:read:target.xml:",
                             "qXfer:features:read:target.xml:0",
                             "qXfer:threads:read::x,1",
                             "qRcmd,x",
                             "qRcmd,123",
                             "Qqemu.PhyMemMode:",
                             "qSupportedX",
                             "qfThreadInfoX",
                             "qAttached:",
                             "QStartNoAckModeX",
                             "?x"}) {
    EXPECT_EQ(ask(packet), "E22") << packet;
  }
  EXPECT_EQ(ask(std::string(gdb::packet_size + 1, 'g')), "E07");
  EXPECT_TRUE(target.resumed.empty());
}

}  // namespace
}  // namespace faultline::tests
