// What somebody in front of a machine does between its slices of 10 ms: reads and types.
#pragma once

#include <functional>
#include <optional>

#include "app/idle_meter.hpp"
#include "app/serial_input.hpp"
#include "debugger/session.hpp"
#include "machine/machine.hpp"

namespace faultline::app {

inline constexpr unsigned slices_a_second = 100;

class Attendant {
 public:
  /// `flush` lets the output through; false: nobody reads it any more.
  Attendant(Machine& machine, SerialInput& input, std::function<bool()> flush)
      : machine_(machine), input_(input), flush_(std::move(flush)) {}

  /// After a slice that has not ended the run: an end that comes from outside, or nothing.
  std::optional<RunResult> after_slice(const RunResult& result);
  bool flush() const { return flush_(); }

 private:
  Machine& machine_;
  SerialInput& input_;
  std::function<bool()> flush_;
  IdleMeter meter_;
  unsigned idle_slices_ = 0;
};

/// The same for a machine under debug.
class AttendedHost final : public DebugHost {
 public:
  explicit AttendedHost(Attendant& attendant) : attendant_(attendant) {}
  StopReason after_slice(const RunResult& result) override {
    const auto end = attendant_.after_slice(result);
    if (!end) return StopReason::None;
    return end->reason == EndReason::HaltedForever ? StopReason::Waiting : StopReason::Interrupted;
  }

 private:
  Attendant& attendant_;
};

}  // namespace faultline::app
