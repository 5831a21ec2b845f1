// The I/O bus.
#include "machine/bus.hpp"

#include <utility>

namespace faultline {

void PortBus::claim(u16 first, u16 last, PortDevice& device, unsigned width) {
  const auto index = static_cast<u8>(claims_.size());
  claims_.push_back({&device, static_cast<u8>(width)});
  for (u32 port = first; port <= last; ++port) owner_[port] = index;
}

void PortBus::log_writes(u16 port, Log log) { logs_.push_back({port, std::move(log)}); }

u32 PortBus::port_read(u16 port, unsigned bytes) {
  const Claim claim = claims_[owner_[port]];
  if (bytes <= claim.width) {
    return claim.device ? claim.device->port_read(port, bytes) : low_bits(8 * bytes);
  }
  u32 value = 0;
  for (unsigned i = 0; i < bytes; ++i) {
    value |= (port_read(static_cast<u16>(port + i), 1) & 0xFF) << (8 * i);
  }
  return value;
}

void PortBus::port_write(u16 port, unsigned bytes, u32 value) {
  const Claim claim = claims_[owner_[port]];
  if (bytes <= claim.width) {
    if (!logs_.empty()) report(port, bytes, value);
    if (claim.device) claim.device->port_write(port, bytes, value & low_bits(8 * bytes));
    return;
  }
  for (unsigned i = 0; i < bytes; ++i) {
    port_write(static_cast<u16>(port + i), 1, value >> (8 * i) & 0xFF);
  }
}

u8 PortBus::acknowledge_interrupt() {
  return controller_ ? controller_->acknowledge() : u8{0xFF};  // an open bus reads all ones
}

void PortBus::report(u16 port, unsigned bytes, u32 value) const {
  std::array<u8, 4> written{};
  for (unsigned i = 0; i < bytes; ++i) written[i] = static_cast<u8>(value >> (8 * i));
  for (const PortLog& log : logs_) {
    if (log.port == port) log.log(std::span(written).first(bytes));
  }
}

}  // namespace faultline
