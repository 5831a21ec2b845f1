// Debug console, exits, POST codes; ports 61h and 92h.
#include "machine/debug_port.hpp"

#include <gtest/gtest.h>

#include <string>

#include "board_fixture.hpp"
#include "machine/system_control.hpp"

namespace faultline {
namespace {

TEST(DebugPort, CarriesBytesCodesAndExits) {
  std::string console;
  u32 exit = 0, debug_exit = 0, bugcheck = 0;
  DebugPort device({.console = [&](u8 byte) { console += static_cast<char>(byte); },
                    .exit = [&](u32 code) { exit = code; },
                    .debug_exit = [&](u8 value) { debug_exit = value; },
                    .bugcheck = [&](u32 code) { bugcheck = code; }});
  PortBus bus;
  device.claim_ports(bus);
  bus.port_write(0xE9, 1, 'x');
  EXPECT_EQ(console, "x");
  EXPECT_EQ(bus.port_read(0xE9, 1), 0xE9u);
  bus.port_write(0x80, 1, 0x42);
  bus.port_write(0x80, 1, 0x43);
  EXPECT_EQ(bus.port_read(0x80, 1), 0x43u);
  EXPECT_EQ(device.post_codes(), (std::vector<u8>{0x42, 0x43}));
  bus.port_write(0xEC, 4, 0xC0000005);
  EXPECT_EQ(exit, 0xC0000005u);
  bus.port_write(0xF4, 1, 0x21);
  EXPECT_EQ(debug_exit, 0x21u);
  bus.port_write(0xF8, 4, 0x0000000A);
  EXPECT_EQ(bugcheck, 0x0Au);
}

class SystemControlTest : public BoardTest {
 protected:
  bool a20 = true;
  int resets = 0;
  Pit8254 pit{scheduler, 25000000, [](bool) {}};
  SystemControl control{pit,
                        {.a20 = [this](bool open) { a20 = open; }, .reset = [this] { ++resets; }}};
};

TEST_F(SystemControlTest, Port92OpensA20AndResetsOnARisingBit) {
  control.reset();
  EXPECT_FALSE(a20);
  control.port_write(0x92, 1, 0x02);
  EXPECT_TRUE(a20);
  EXPECT_EQ(control.port_read(0x92, 1), 0x02u);
  control.port_write(0x92, 1, 0x03);
  control.port_write(0x92, 1, 0x03);
  EXPECT_EQ(resets, 1);
}

TEST_F(SystemControlTest, Port61GatesCounter2AndShowsItsOutput) {
  control.reset();
  pit.port_write(0x43, 1, 0xB0);  // mode 0
  pit.port_write(0x42, 1, 0x20);
  pit.port_write(0x42, 1, 0x00);
  control.port_write(0x61, 1, 0x01);
  EXPECT_EQ(control.port_read(0x61, 1) & 0x2F, 0x01u);
  pass(25000000 / 1000);
  EXPECT_EQ(control.port_read(0x61, 1) & 0x2F, 0x21u);
}

}  // namespace
}  // namespace faultline
