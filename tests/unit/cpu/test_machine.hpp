// A processor with memory and a small bus, for programs given as bytes.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <memory>
#include <vector>

#include "cpu/engine.hpp"
#include "cpu/observer.hpp"
#include "tests/unit/cpu/test_bus.hpp"

namespace faultline::test {

class TestMachine {
 public:
  explicit TestMachine(std::string_view model = "i486sx", Timing timing = Timing::None,
                       Observation* observation = nullptr, bool errata = false)
      : context{.model = *find_model(model),
                .memory = memory,
                .bus = bus,
                .errata = errata ? find_model(model)->errata : 0},
        engine(make_engine(timing, context, observation)) {
    bus.lines = &context.lines;
    s.clock.horizon = s.clock.deadline = 0;
    engine->reset();
  }

  PhysicalMemory memory{4u << 20};
  TestBus bus;
  CpuContext context;
  State& s = context.state;
  std::unique_ptr<Engine> engine;

  /// Places bytes in physical memory; returns the address behind them.
  u32 place(u32 at, const std::vector<u8>& bytes) {
    memory.write_bytes({at}, bytes);
    return at + static_cast<u32>(bytes.size());
  }
  u8 byte(u32 at) { return memory.read<u8>({at}); }
  u16 word(u32 at) { return memory.read<u16>({at}); }
  u32 dword(u32 at) { return memory.read<u32>({at}); }
  void set_byte(u32 at, u8 value) { memory.write<u8>({at}, value); }
  void set_word(u32 at, u16 value) { memory.write<u16>({at}, value); }
  void set_dword(u32 at, u32 value) { memory.write<u32>({at}, value); }

  u32& reg(unsigned number) { return s.general[number]; }
  u32 flags() const { return s.flags.value(); }
  u32& cr0() { return context.mmu.registers.cr0; }
  u32& cr2() { return context.mmu.registers.cr2; }

  /// Runs until HLT or shutdown; Stop::Deadline after `clocks`.
  Stop run(u64 clocks = 100'000) {
    s.halted = false;
    return go_on(clocks);
  }
  /// Like run(), but a halted processor stays so until an interrupt.
  Stop go_on(u64 clocks = 100'000) {
    s.clock.set_horizon(s.clock.now + clocks);
    s.clock.attention();
    return engine->run();
  }
  /// `count` instructions; without a timing table each takes a clock, and so does the delivery of
  /// a fault.
  void step(unsigned count = 1) {
    for (unsigned i = 0; i < count; ++i) run(1);
  }
};

}  // namespace faultline::test
