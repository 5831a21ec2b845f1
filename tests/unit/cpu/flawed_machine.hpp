// A 386 in flat protected mode that shows its errata.
#pragma once

#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {

inline constexpr const char *b1 = "i386dx-b1", *c0 = "i386dx-c0", *d1 = "i386dx";

struct Flawed : ProtectedMachine {
  explicit Flawed(const char* model = b1, bool errata = true, Timing timing = Timing::None,
                  Observation* observation = nullptr)
      : ProtectedMachine(model, timing, observation, errata) {}

  /// Runs to HLT from registers that suit every program below.
  void go(std::vector<u8> bytes) {
    bytes.push_back(0xF4);
    run_program(bytes);
    EXPECT_EQ(s.eip, program + bytes.size());
  }
};

}  // namespace faultline::test
