// Tells a guest that waits for input from one that computes.
#pragma once

#include "machine/machine.hpp"

namespace faultline::app {

/// Whether a slice was spent waiting: nearly all of it in HLT.
class IdleMeter {
 public:
  bool slice(const Machine& machine, const RunResult& now) {
    const u64 clocks = now.clocks - clocks_, waited = machine.waited() - waited_;
    clocks_ = now.clocks;
    waited_ = machine.waited();
    return waited >= clocks - clocks / 16;
  }

 private:
  u64 clocks_ = 0;
  u64 waited_ = 0;
};

}  // namespace faultline::app
