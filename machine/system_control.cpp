// System control ports A (92h) and B (61h).
#include "machine/system_control.hpp"

#include "arch/ports.hpp"

namespace faultline {

namespace {
// Port 61h. [PC/AT TR, System Board I/O]
constexpr u8 gate2 = 1 << 0, writable_b = 0x0F, refresh_detect = 1 << 4, output2 = 1 << 5;
// Port 92h. [PS/2 TR, System Control Port A]
constexpr u8 fast_reset = 1 << 0, fast_a20 = 1 << 1;
}  // namespace

void SystemControl::reset() {
  control_b_ = 0;
  control_a_ = 0;
  pit_.set_gate2(false);
  lines_.a20(false);
}

u32 SystemControl::port_read(u16 address, unsigned /*bytes*/) {
  if (address == port::system_control_a) return control_a_;
  return control_b_ | (pit_.refresh_toggle() ? refresh_detect : 0) | (pit_.output(2) ? output2 : 0);
}

void SystemControl::port_write(u16 address, unsigned /*bytes*/, u32 value) {
  if (address == port::system_control_a) {
    const bool pulse = (value & fast_reset) && !(control_a_ & fast_reset);
    control_a_ = static_cast<u8>(value);
    lines_.a20((value & fast_a20) != 0);
    if (pulse) lines_.reset();
    return;
  }
  control_b_ = value & writable_b;
  pit_.set_gate2((value & gate2) != 0);
}

}  // namespace faultline
