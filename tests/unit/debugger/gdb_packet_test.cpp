// The frame of packets, hexadecimal fields, acknowledgements.
#include <gtest/gtest.h>

#include "debugger/gdb/connection.hpp"
#include "debugger/gdb/hex.hpp"
#include "tests/unit/debugger/gdb_fake_target.hpp"

namespace faultline::tests {
namespace {

using Event = gdb::PacketReader::Event;

std::vector<Event> events_of(gdb::PacketReader& reader, std::string_view bytes) {
  std::vector<Event> events;
  for (const char c : bytes) {
    const Event event = reader.take(static_cast<arch::u8>(c));
    if (event != Event::None) events.push_back(event);
  }
  return events;
}

TEST(GdbPacket, FramesWithSumAndEscapes) {
  EXPECT_EQ(gdb::frame("OK"), "$OK#9a");
  EXPECT_EQ(gdb::frame(""), "$#00");
  EXPECT_EQ(gdb::frame("#$}*"), "$}\x03}\x04}]}\x0A#62");
}

TEST(GdbPacket, ReadsWhatItFramed) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  gdb::PacketReader reader;
  EXPECT_EQ(events_of(reader, gdb::frame(all)), std::vector{Event::Packet});
  EXPECT_EQ(reader.body(), all);
}

TEST(GdbPacket, TellsWhatStandsBetweenPackets) {
  gdb::PacketReader reader;
  EXPECT_EQ(events_of(reader, "+-\x03?x$g#67$g#68$g#zz"),
            (std::vector{Event::Acknowledged, Event::Refused, Event::Interrupt, Event::Packet,
                         Event::BadChecksum, Event::BadChecksum}));
}

TEST(GdbPacket, ADollarBeginsAnew) {
  gdb::PacketReader reader;
  EXPECT_EQ(events_of(reader, "$m100$g#67"), std::vector{Event::Packet});
  EXPECT_EQ(reader.body(), "g");
}

TEST(GdbPacket, KeepsNoMoreThanItSaid) {
  gdb::PacketReader reader;
  EXPECT_EQ(events_of(reader, gdb::frame(std::string(gdb::packet_size, 'x'))),
            std::vector{Event::Packet});
  EXPECT_EQ(events_of(reader, gdb::frame(std::string(gdb::packet_size + 1, 'x'))),
            std::vector{Event::TooLong});
  EXPECT_EQ(reader.body().size(), gdb::packet_size);
  EXPECT_EQ(events_of(reader, gdb::frame("g")), std::vector{Event::Packet});
}

TEST(GdbFields, ReadsNumbersAndNothingElse) {
  gdb::Fields fields("1a2B,:rest");
  EXPECT_EQ(fields.number(), 0x1A2Bu);
  fields.expect(',');
  EXPECT_FALSE(fields.accept(','));
  fields.expect(':');
  EXPECT_FALSE(fields.failed());
  EXPECT_EQ(fields.rest(), "rest");
  EXPECT_TRUE(fields.complete());
  for (const char* wrong : {"", "x", ",1", "123456789", "-1"}) {
    gdb::Fields bad(wrong);
    bad.number();
    EXPECT_TRUE(bad.failed()) << wrong;
  }
  EXPECT_FALSE(gdb::from_hex("123"));
  EXPECT_FALSE(gdb::from_hex("1g"));
  EXPECT_EQ(gdb::to_hex("\x01\xFF"), "01ff");
}

TEST(GdbConnection, AcknowledgesAndRepeats) {
  Script script("$g#67$g#00-");
  gdb::Connection connection(script);
  EXPECT_EQ(connection.receive(), "g");
  connection.send("OK");
  EXPECT_EQ(connection.receive(), std::nullopt);
  EXPECT_EQ(script.output, "+$OK#9a-$OK#9a");
}

TEST(GdbConnection, RepeatsNotForEver) {
  Script script(std::string(1000, '-') + "$g#67");
  gdb::Connection connection(script);
  connection.send("OK");
  EXPECT_EQ(connection.receive(), "g");
  EXPECT_EQ(script.output.size(), 9 * std::string("$OK#9a").size() + 1);
}

TEST(GdbConnection, APacketSentTwiceComesOnce) {
  Script script("$g#67$g#67+$g#67");
  gdb::Connection connection(script);
  EXPECT_EQ(connection.receive(), "g");
  connection.send("OK");
  EXPECT_EQ(connection.receive(), "g");
  EXPECT_EQ(connection.receive(), std::nullopt);
  EXPECT_EQ(script.output, "+$OK#9a++");
}

TEST(GdbConnection, WithoutAcknowledgements) {
  Script script("$g#67-$g#00");
  gdb::Connection connection(script);
  connection.stop_acknowledging();
  EXPECT_EQ(connection.receive(), "g");
  connection.send("OK");
  EXPECT_EQ(connection.receive(), std::nullopt);
  EXPECT_EQ(script.output, "$OK#9a");
}

TEST(GdbConnection, CtrlCInterrupts) {
  Script script("++\x03$g#67");
  gdb::Connection connection(script);
  unsigned asked = 1;
  while (!connection.interrupted()) ++asked;
  EXPECT_EQ(asked, 6u);  // the script's patience, and the time it came
  EXPECT_EQ(connection.receive(), "g");
}

TEST(GdbConnection, APacketInterruptsAndIsKept) {
  Script script("$g#67");
  gdb::Connection connection(script);
  while (!connection.interrupted()) {
  }
  EXPECT_TRUE(connection.interrupted());
  EXPECT_EQ(connection.receive(), "g");
  EXPECT_TRUE(connection.interrupted());  // gone
  EXPECT_TRUE(connection.closed());
}

}  // namespace
}  // namespace faultline::tests
