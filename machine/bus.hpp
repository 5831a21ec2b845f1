// The I/O bus: a map from 16-bit port numbers to devices, by the width each port decodes.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "cpu/bus.hpp"

namespace faultline {

/// A device with I/O ports. `bytes` is never wider than the width the port was claimed with.
class PortDevice {
 public:
  virtual ~PortDevice() = default;
  virtual u32 port_read(u16 port, unsigned bytes) = 0;
  virtual void port_write(u16 port, unsigned bytes, u32 value) = 0;
};

/// Where the bus's INTA cycle goes.
class InterruptAcknowledge {
 public:
  virtual ~InterruptAcknowledge() = default;
  virtual u8 acknowledge() = 0;
};

/// An access wider than its port is split into bytes at consecutive ports, as the AT's bus
/// controller does for an 8-bit device. [PC/AT TR, System Board]
class PortBus : public Bus {
 public:
  using Log = std::function<void(std::span<const u8> written)>;

  /// Ports first..last belong to `device`, which accepts accesses of up to `width` bytes.
  void claim(u16 first, u16 last, PortDevice& device, unsigned width = 1);
  void connect(InterruptAcknowledge& controller) { controller_ = &controller; }
  /// Shows `log` every write that addresses `port`.
  void log_writes(u16 port, Log log);

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;
  u8 acknowledge_interrupt() override;
  void numeric_error(bool level) override { numeric_error_(level); }
  /// Where the numeric error pin goes.
  void connect_numeric_error(std::function<void(bool)> line) { numeric_error_ = std::move(line); }

 private:
  struct Claim {
    PortDevice* device;
    u8 width;
  };
  struct PortLog {
    u16 port;
    Log log;
  };
  void report(u16 port, unsigned bytes, u32 value) const;

  std::vector<Claim> claims_{{nullptr, 1}};  // entry 0: nobody
  std::array<u8, 0x10000> owner_{};          // port -> index in claims_
  std::vector<PortLog> logs_;
  InterruptAcknowledge* controller_ = nullptr;
  std::function<void(bool)> numeric_error_ = [](bool) {};
};

}  // namespace faultline
