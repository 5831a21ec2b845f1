// The processor's bus pins as the caller answers them: port hooks, and one interrupt at a time.
#pragma once

#include "api/hooks.hpp"
#include "cpu/bus.hpp"

namespace faultline::api {

class Ports : public Bus {
 public:
  Ports(faultline_engine& engine, const Hooks& hooks) : engine_(engine), hooks_(hooks) {}

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;
  u8 acknowledge_interrupt() override;

  u8 vector = 0;  // of the interrupt that INTR announces

 private:
  faultline_engine& engine_;
  const Hooks& hooks_;
};

}  // namespace faultline::api
