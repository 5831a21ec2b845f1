// A small bus: ports that remember what was written, and an interrupt controller.
#pragma once

#include <map>
#include <vector>

#include "cpu/bus.hpp"

namespace faultline::test {

/// A read gives what the test put at the port, else all ones.
struct TestBus : Bus {
  struct Write {
    u16 port;
    unsigned bytes;
    u32 value;
    friend bool operator==(const Write&, const Write&) = default;
  };
  std::map<u16, u32> inputs{};
  std::vector<Write> writes{};
  unsigned reads = 0;
  u8 vector = 0x20;  // what the interrupt controller answers
  InputLines* lines = nullptr;

  u32 port_read(u16 port, unsigned bytes) override {
    ++reads;
    const auto found = inputs.find(port);
    return (found == inputs.end() ? ~u32{0} : found->second) & low_bits(8 * bytes);
  }
  void port_write(u16 port, unsigned bytes, u32 value) override {
    writes.push_back({port, bytes, value & low_bits(8 * bytes)});
  }
  u8 acknowledge_interrupt() override {
    lines->intr = false;
    return vector;
  }
};

}  // namespace faultline::test
