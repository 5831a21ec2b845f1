// A machine that tells what a program costs with the timing table.
#pragma once

#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {

struct ClocksMachine : ProtectedMachine {
  explicit ClocksMachine(std::string_view model = "i486sx", Observation* observation = nullptr)
      : ProtectedMachine(model, Timing::Table, observation) {}

  /// Clocks of the program at CPL 0 in flat segments, without those of the HLT behind it. `slice`
  /// is how far it may run at a time.
  u64 clocks_of(std::vector<u8> bytes, u64 slice = 1'000'000) {
    bytes.push_back(0xF4);
    place(program, bytes);
    s.eip = program;
    s.in_flight = 0;
    s.halted = false;
    const u64 start = s.clock.now;
    while (go_on(slice) == Stop::Deadline) {
    }
    const u64 hlt = context.model.family == 3 ? 5 : 4;
    return s.clock.now - start - hlt;
  }
};

}  // namespace faultline::test
