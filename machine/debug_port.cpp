// Debug console, exit registers and POST codes.
#include "machine/debug_port.hpp"

#include "arch/ports.hpp"

namespace faultline {

namespace {
constexpr std::size_t post_log_size = 4096;
}

void DebugPort::claim_ports(PortBus& bus) {
  bus.claim(port::post, port::post, *this);
  bus.claim(port::debug_console, port::debug_console, *this);
  bus.claim(port::exit_register, port::exit_register, *this, 4);
  bus.claim(port::debug_exit, port::debug_exit, *this);
  bus.claim(port::bugcheck_register, port::bugcheck_register, *this, 4);
}

u32 DebugPort::port_read(u16 address, unsigned bytes) {
  switch (address) {
    case port::post:
      return post_;
    case port::debug_console:
      return port::debug_console;  // how a guest finds the console
    default:
      return low_bits(8 * bytes);
  }
}

void DebugPort::port_write(u16 address, unsigned /*bytes*/, u32 value) {
  switch (address) {
    case port::post:
      post_ = static_cast<u8>(value);
      if (post_codes_.size() < post_log_size) post_codes_.push_back(post_);
      return;
    case port::debug_console:
      lines_.console(static_cast<u8>(value));
      return;
    case port::exit_register:
      lines_.exit(value);
      return;
    case port::debug_exit:
      lines_.debug_exit(static_cast<u8>(value));
      return;
    case port::bugcheck_register:
      lines_.bugcheck(value);
      return;
  }
}

}  // namespace faultline
