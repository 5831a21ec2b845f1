#include "api/ports.hpp"

#include "api/engine.hpp"

namespace faultline::api {

u32 Ports::port_read(u16 port, unsigned bytes) {
  const u32 ones = low_bits(8 * bytes);
  const auto* hook = hooks_.port_read.last([&](const auto& each) { return each.covers(port); });
  return hook == nullptr ? ones : hook->callback(&engine_, port, bytes, hook->user) & ones;
}

void Ports::port_write(u16 port, unsigned bytes, u32 value) {
  hooks_.port_write.any([&](const auto& hook) {
    if (hook.covers(port))
      hook.callback(&engine_, port, bytes, value & low_bits(8 * bytes), hook.user);
    return false;
  });
}

u8 Ports::acknowledge_interrupt() {
  engine_.context.lines.intr = false;
  return vector;
}

}  // namespace faultline::api
