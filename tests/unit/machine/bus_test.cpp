// Port decoding, widths, unclaimed ports, logs.
#include "machine/bus.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace faultline {
namespace {

class Recorder : public PortDevice {
 public:
  u32 port_read(u16 port, unsigned bytes) override {
    reads += std::to_string(port) + "/" + std::to_string(bytes) + " ";
    return bytes == 1 ? port & 0xFF : 0x12345678;
  }
  void port_write(u16 port, unsigned bytes, u32 value) override {
    writes +=
        std::to_string(port) + "/" + std::to_string(bytes) + "=" + std::to_string(value) + " ";
  }
  std::string reads, writes;
};

TEST(PortBus, UnclaimedPortsReadAllOnes) {
  PortBus bus;
  EXPECT_EQ(bus.port_read(0x300, 1), 0xFFu);
  EXPECT_EQ(bus.port_read(0x300, 2), 0xFFFFu);
  EXPECT_EQ(bus.port_read(0xFFFF, 4), 0xFFFFFFFFu);
  bus.port_write(0xFFFF, 4, 1);
  EXPECT_EQ(bus.acknowledge_interrupt(), 0xFF);
}

TEST(PortBus, SplitsWideAccessesOfByteDevicesLowByteFirst) {
  PortBus bus;
  Recorder device;
  bus.claim(0x10, 0x13, device);
  EXPECT_EQ(bus.port_read(0x11, 2), 0x1211u);
  EXPECT_EQ(bus.port_read(0x12, 4), 0xFFFF1312u);
  bus.port_write(0x12, 4, 0x04030201);
  EXPECT_EQ(device.reads, "17/1 18/1 18/1 19/1 ");
  EXPECT_EQ(device.writes, "18/1=1 19/1=2 ");
}

TEST(PortBus, KeepsAccessesThatTheDeviceIsWideEnoughFor) {
  PortBus bus;
  Recorder device;
  bus.claim(0x20, 0x20, device, 4);
  EXPECT_EQ(bus.port_read(0x20, 4), 0x12345678u);
  bus.port_write(0x20, 2, 0xABCDEF01);
  EXPECT_EQ(device.writes, "32/2=61185 ");
}

TEST(PortBus, LogsTheBytesWrittenToAPort) {
  PortBus bus;
  Recorder device;
  bus.claim(0x20, 0x20, device, 4);
  std::string log;
  const auto record = [&log](std::span<const u8> bytes) { log.append(bytes.begin(), bytes.end()); };
  bus.log_writes(0x20, record);
  bus.log_writes(0x31, record);
  bus.port_write(0x20, 4, 0x64636261);
  bus.port_write(0x30, 2, 0x5A59);  // port 31h gets the second byte
  bus.port_write(0x21, 1, 0x78);
  EXPECT_EQ(log, "abcdZ");
}

}  // namespace
}  // namespace faultline
