// While gdb waits for a running guest, its Ctrl-C is heard between slices.
#pragma once

#include <functional>

#include "debugger/session.hpp"

namespace faultline::gdb {

/// Stands between a session and the host that feeds the guest.
class Interruptible final : public DebugHost {
 public:
  explicit Interruptible(DebugHost& host) : host_(host) {}
  StopReason after_slice(const RunResult& result) override {
    const StopReason reason = host_.after_slice(result);
    if (reason != StopReason::None) return reason;
    return asked && asked() ? StopReason::Interrupted : StopReason::None;
  }

  std::function<bool()> asked;  // may be empty

 private:
  DebugHost& host_;
};

}  // namespace faultline::gdb
