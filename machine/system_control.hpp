// Port 61h (counter 2's gate, the speaker, refresh) and port 92h (fast A20 and reset).
#pragma once

#include <functional>

#include "machine/bus.hpp"
#include "machine/pit_8254.hpp"

namespace faultline {

class SystemControl : public PortDevice {
 public:
  struct Lines {
    std::function<void(bool)> a20;
    std::function<void()> reset;
  };
  SystemControl(Pit8254& pit, Lines lines) : pit_(pit), lines_(std::move(lines)) {}
  void reset();

  void archive(auto& a) { a(control_b_, control_a_); }

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;

 private:
  Pit8254& pit_;
  Lines lines_;
  u8 control_b_ = 0;  // bits 3:0 of port 61h
  u8 control_a_ = 0;
};

}  // namespace faultline
