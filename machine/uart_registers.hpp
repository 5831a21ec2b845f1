// Registers and bits of the 16550A. [16550A, tables 2 and 4]
#pragma once

#include "arch/integers.hpp"

namespace faultline::uart {

using arch::u32;
using arch::u8;

inline constexpr u32 crystal_hz = 1843200;  // 16 ticks of it, times the divisor, are one bit

enum Register : u8 {
  Data,
  InterruptEnable,
  InterruptIdentification,
  LineControl,
  ModemControl,
  LineStatus,
  ModemStatus,
  Scratch
};
namespace ier {
inline constexpr u8 received = 1 << 0, transmitter_empty = 1 << 1, line_status = 1 << 2,
                    modem = 1 << 3;
}
namespace iir {
inline constexpr u8 none = 0x01, modem = 0x00, transmitter_empty = 0x02, received = 0x04,
                    line_status = 0x06, timeout = 0x0C, fifos = 0xC0;
}
namespace fcr {
inline constexpr u8 enable = 1 << 0, clear_receiver = 1 << 1, clear_transmitter = 1 << 2;
}
namespace lcr {
inline constexpr u8 two_stop_bits = 1 << 2, parity = 1 << 3, send_break = 1 << 6,
                    divisor_latch = 1 << 7;
}
namespace mcr {
inline constexpr u8 dtr = 1 << 0, rts = 1 << 1, out1 = 1 << 2, out2 = 1 << 3, loop = 1 << 4;
}
namespace lsr {
inline constexpr u8 data_ready = 1 << 0, overrun = 1 << 1, framing = 1 << 3,
                    break_received = 1 << 4, holding_empty = 1 << 5, transmitter_empty = 1 << 6,
                    fifo_error = 1 << 7;
inline constexpr u8 errors = 0x1E;
}  // namespace lsr
namespace msr {
inline constexpr u8 cts = 1 << 4, dsr = 1 << 5, ri = 1 << 6, dcd = 1 << 7;
}

}  // namespace faultline::uart
