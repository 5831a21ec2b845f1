// INT 08h, the timer tick, and INT 1Ah, time of day. [PC/AT TR "ROM BIOS", INT 1Ah] [MC146818]
#include "firmware/clock.hpp"

#include "arch/ports.hpp"
#include "firmware/bios_data.hpp"
#include "firmware/processor.hpp"
#include "firmware/registers.hpp"

namespace firmware {
namespace {

constexpr u32 ticks_per_day = 0x1800B0;
constexpr u8 seconds = 0x00, minutes = 0x02, hours = 0x04, day = 0x07, month = 0x08, year = 0x09;
constexpr u8 update_in_progress = 0x80, set_bit = 0x80, daylight = 0x01, mode_24h_bcd = 0x02;

u32 from_bcd(u8 value) { return (value >> 4) * 10u + (value & 15); }

/// False when an update never ends: the clock is dead.
bool wait_for_update() {
  for (u32 i = 0; i < poll_limit; ++i) {
    if ((cmos_read(cmos::status_a) & update_in_progress) == 0) return true;
  }
  return false;
}

/// Stops the clock while it is set, then lets it run on. [MC146818 "Register B"]
template <class Store>
void set_clock(u8 mode, Store store) {
  const u8 old = cmos_read(cmos::status_b);
  cmos_write(cmos::status_b, old | set_bit);
  store();
  cmos_write(cmos::status_b, static_cast<u8>((old & 0x70) | mode));
}

void get_time(Registers& r) {
  r.ch() = cmos_read(hours);
  r.cl() = cmos_read(minutes);
  r.dh() = cmos_read(seconds);
  r.dl() = cmos_read(cmos::status_b) & daylight;
}

void get_date(Registers& r) {
  r.ch() = cmos_read(cmos::century);
  r.cl() = cmos_read(year);
  r.dh() = cmos_read(month);
  r.dl() = cmos_read(day);
}

}  // namespace

void start_clock() {
  cmos_write(cmos::status_a, 0x26);  // 32768 Hz, periodic rate 1024 Hz
  cmos_write(cmos::status_b, mode_24h_bcd);
  cmos_read(cmos::status_c);
  if (!wait_for_update()) return;
  const u32 now = (from_bcd(cmos_read(hours)) * 60 + from_bcd(cmos_read(minutes))) * 60 +
                  from_bcd(cmos_read(seconds));
  // 1193182 / 65536 = 18.2065 ticks a second, within one tick over a day.
  bda::ticks = now * 18 + now * 2065 / 10000;
}

extern "C" void timer_interrupt(Registers&) {
  u32 ticks = bda::ticks + 1;
  if (ticks >= ticks_per_day) {
    ticks = 0;
    bda::midnight = 1;
  }
  bda::ticks = ticks;
  asm volatile("int $0x1C" : : : "memory");
  outb(port::pic_master_command, 0x20);
}

extern "C" void int1a(Registers& r) {
  r.set_carry(false);
  switch (r.ah()) {
    case 0x00: {
      const u32 ticks = bda::ticks;
      r.cx() = static_cast<u16>(ticks >> 16);
      r.dx() = static_cast<u16>(ticks);
      r.al() = bda::midnight;
      bda::midnight = 0;
      return;
    }
    case 0x01:
      bda::ticks = r.dx() | u32{r.cx()} << 16;
      bda::midnight = 0;
      return;
    case 0x02:
    case 0x04:
      if (!wait_for_update()) return r.set_carry(true);
      r.ah() == 0x02 ? get_time(r) : get_date(r);
      return;
    case 0x03:
      return set_clock(mode_24h_bcd | (r.dl() & daylight), [&] {
        cmos_write(hours, r.ch());
        cmos_write(minutes, r.cl());
        cmos_write(seconds, r.dh());
      });
    case 0x05:
      return set_clock(cmos_read(cmos::status_b) & 0x07, [&] {
        cmos_write(cmos::century, r.ch());
        cmos_write(year, r.cl());
        cmos_write(month, r.dh());
        cmos_write(day, r.dl());
      });
    default:
      r.set_carry(true);
  }
}

}  // namespace firmware
