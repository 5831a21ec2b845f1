// How the AT reports numeric errors: a latch drives IRQ 13 until port F0h is written. On a 486 board
// that write also drives IGNNE# for as long as the error lasts. [PC/AT TR] [486 §18.2]
#pragma once

#include <functional>
#include <utility>

#include "machine/bus.hpp"

namespace faultline {

class NumericErrorLatch : public PortDevice {
 public:
  struct Lines {
    std::function<void(bool)> irq13;
    std::function<void(bool)> ignne;
  };
  explicit NumericErrorLatch(Lines lines) : lines_(std::move(lines)) {}

  /// The level of FERR# (ERROR# of the 387).
  void set_error(bool level) {
    error_ = level;
    if (level)
      lines_.irq13(true);
    else
      lines_.ignne(false);
  }

  void archive(auto& a) { a(error_); }

  u32 port_read(u16, unsigned bytes) override { return bytes == 1 ? 0xFF : ~u32{0}; }
  void port_write(u16, unsigned, u32) override {
    lines_.irq13(false);
    lines_.ignne(error_);
  }

 private:
  Lines lines_;
  bool error_ = false;
};

}  // namespace faultline
