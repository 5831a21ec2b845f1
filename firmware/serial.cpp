// INT 14h: serial port services. [PC/AT TR "ROM BIOS", INT 14h] [16550A]
#include "firmware/serial.hpp"

#include "firmware/bios_data.hpp"
#include "firmware/processor.hpp"
#include "firmware/registers.hpp"

namespace firmware {
namespace {

constexpr u16 data = 0, interrupt_enable = 1, line_control = 3, modem_control = 4, line_status = 5,
              modem_status = 6, scratch = 7;
constexpr u8 DLAB = 0x80, data_ready = 0x01, transmitter_empty = 0x20, timed_out = 0x80;

/// 115200 / rate for AL 7:5: 110 150 300 600 1200 2400 4800 9600.
constexpr RomTable<u16, 8> divisors{{1047, 768, 384, 192, 96, 48, 24, 12}};

u16 at(u16 base, u16 reg) { return static_cast<u16>(base + reg); }

void set_line(u16 base, u16 divisor, u8 format) {
  outb(at(base, line_control), DLAB);
  outb(at(base, data), static_cast<u8>(divisor));
  outb(at(base, interrupt_enable), static_cast<u8>(divisor >> 8));
  outb(at(base, line_control), format & 0x1F);
  outb(at(base, interrupt_enable), 0);
}

/// Waits for `mask` in the line status; about 0.1 s for each unit of the BDA's time-out.
bool wait_for(u16 base, u16 index, u8 mask) {
  const u32 units = bda::serial_timeout[index];
  for (u32 i = 0; i < (units != 0 ? units : 1) * (poll_limit / 10); ++i) {
    if ((inb(at(base, line_status)) & mask) != 0) return true;
  }
  return false;
}

}  // namespace

bool initialise_serial(u16 base) {
  for (u8 pattern = 0x5A;; pattern = 0xA5) {
    outb(at(base, scratch), pattern);
    if (inb(at(base, scratch)) != pattern) return false;
    if (pattern == 0xA5) break;
  }
  set_line(base, 12, 0x03);
  outb(at(base, modem_control), 0x03);  // DTR, RTS
  return true;
}

extern "C" void int14(Registers& r) {
  const u16 index = r.dx();
  const u16 base = index < 4 ? bda::serial_ports[index] : u16{0};
  if (base == 0) return;
  switch (r.ah()) {
    case 0x00:
      set_line(base, divisors[r.al() >> 5], r.al());
      break;
    case 0x01:
      outb(at(base, modem_control), 0x03);
      if (!wait_for(base, index, transmitter_empty)) {
        r.ah() = static_cast<u8>(inb(at(base, line_status)) | timed_out);
        return;
      }
      outb(at(base, data), r.al());
      r.ah() = inb(at(base, line_status)) & 0x7F;
      return;
    case 0x02:
      if (!wait_for(base, index, data_ready)) {
        r.ah() = static_cast<u8>(inb(at(base, line_status)) | timed_out);
        return;
      }
      r.ah() = inb(at(base, line_status)) & 0x1E;  // the error bits
      r.al() = inb(at(base, data));
      return;
    case 0x03:
      break;
    default:
      return;
  }
  r.ah() = inb(at(base, line_status));
  r.al() = inb(at(base, modem_status));
}

}  // namespace firmware
