// Ports through which the guest speaks to the host: console E9h, exits F4h and ECh, bugcheck F8h,
// and the POST codes of port 80h.
#pragma once

#include <functional>
#include <vector>

#include "machine/bus.hpp"

namespace faultline {

class DebugPort : public PortDevice {
 public:
  struct Lines {
    std::function<void(u8)> console;
    std::function<void(u32)> exit;       // the exit register: all 32 bits
    std::function<void(u8)> debug_exit;  // the byte written to F4h
    std::function<void(u32)> bugcheck;
  };
  explicit DebugPort(Lines lines) : lines_(std::move(lines)) {}
  void claim_ports(PortBus& bus);

  /// Every POST code written so far, the first 4096 of them.
  const std::vector<u8>& post_codes() const { return post_codes_; }
  u8 last_post_code() const { return post_; }

  void archive(auto& a) { a(post_codes_, post_); }

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;

 private:
  Lines lines_;
  std::vector<u8> post_codes_;
  u8 post_ = 0;
};

}  // namespace faultline
