// MC146818 real-time clock.
#include "machine/rtc_146818.hpp"

#include <algorithm>

#include "arch/ports.hpp"

namespace faultline {

namespace {
constexpr u32 crystal_hz = 32768;
// UIP rises 244 us before the 1984 us update cycle. [MC146818, table 5]
constexpr u32 update_window = 73;

enum Cell : u8 {
  Second,
  SecondAlarm,
  Minute,
  MinuteAlarm,
  Hour,
  HourAlarm,
  Weekday,
  Day,
  Month,
  Year
};
enum Register : u8 {
  A = cmos::status_a,
  B = cmos::status_b,
  C = cmos::status_c,
  D = cmos::status_d
};

// Register A, B, C and D bits. [MC146818, Registers]
constexpr u8 uip = 0x80, divider = 0x70, divider_32768_hz = 0x20, rate_select = 0x0F;
constexpr u8 set = 0x80, periodic_enable = 0x40, alarm_enable = 0x20, update_enable = 0x10,
             binary_mode = 0x04, mode_24_hours = 0x02;
constexpr u8 irqf = 0x80, periodic_flag = 0x40, alarm_flag = 0x20, update_flag = 0x10;
constexpr u8 valid_ram = 0x80;
constexpr u8 pm = 0x80;
constexpr u8 any = 0xC0;  // an alarm cell of 11xxxxxx matches everything

unsigned days_in(unsigned month, unsigned year) {
  if (month == 2) return year % 4 == 0 ? 29 : 28;  // the chip knows the two digits only
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// 1 is Sunday. Zeller's congruence.
unsigned weekday_of(const CalendarTime& date) {
  const unsigned month = date.month < 3 ? date.month + 12 : date.month;
  const unsigned year = date.month < 3 ? date.year - 1 : date.year;
  const unsigned h =
      (date.day + 13 * (month + 1) / 5 + year + year / 4 - year / 100 + year / 400) % 7;
  return (h + 6) % 7 + 1;
}
}  // namespace

Rtc146818::Rtc146818(Scheduler& scheduler, u32 cpu_hz, std::function<void(bool)> irq8,
                     const CalendarTime& start)
    : scheduler_(scheduler),
      crystal_(scheduler.clock(), cpu_hz, crystal_hz),
      irq8_(std::move(irq8)) {
  second_start_ = periodic_start_ = crystal_.ticks();
  ram_[A] = divider_32768_hz | 6;  // as a PC's firmware leaves it: 1024 Hz, BCD, 24 hours
  ram_[B] = mode_24_hours;
  ram_[D] = valid_ram;
  ram_[Second] = encode(start.second);
  ram_[Minute] = encode(start.minute);
  ram_[Hour] = encode_hour(start.hour);
  ram_[Weekday] = encode(weekday_of(start));
  ram_[Day] = encode(start.day);
  ram_[Month] = encode(start.month);
  ram_[Year] = encode(start.year % 100);
  ram_[cmos::century] = encode(start.year / 100);
}

bool Rtc146818::divider_running() const { return (ram_[A] & divider) == divider_32768_hz; }

/// Crystal ticks between periodic interrupts, 0 for none. [MC146818, table 5]
u32 Rtc146818::periodic_ticks() const {
  const unsigned rate = ram_[A] & rate_select;
  if (rate == 0 || !divider_running()) return 0;
  return rate <= 2 ? 64u << rate : 1u << (rate - 1);
}

u8 Rtc146818::encode(unsigned value) const {
  if (ram_[B] & binary_mode) return static_cast<u8>(value);
  return static_cast<u8>((value / 10 % 10) << 4 | value % 10);
}

unsigned Rtc146818::decode(u8 value) const {
  return ram_[B] & binary_mode ? value : (value >> 4) * 10u + (value & 15u);
}

u8 Rtc146818::encode_hour(unsigned hour) const {
  if (ram_[B] & mode_24_hours) return encode(hour);
  const u8 twelve = encode(hour % 12 == 0 ? 12 : hour % 12);
  return hour >= 12 ? twelve | pm : twelve;
}

unsigned Rtc146818::decode_hour(u8 value) const {
  if (ram_[B] & mode_24_hours) return decode(value);
  return decode(value & 0x7F) % 12 + (value & pm ? 12 : 0);
}

void Rtc146818::advance_one_second() {
  // Each cell is its own counter and carries into the next.
  const auto step = [this](Cell cell, unsigned first, unsigned last) {
    const unsigned next = decode(ram_[cell]) + 1;
    ram_[cell] = encode(next > last ? first : next);
    return next > last;
  };
  if (!step(Second, 0, 59) || !step(Minute, 0, 59)) return;
  const unsigned hour = decode_hour(ram_[Hour]) + 1;
  ram_[Hour] = encode_hour(hour % 24);
  if (hour < 24) return;
  step(Weekday, 1, 7);
  if (!step(Day, 1, days_in(decode(ram_[Month]), decode(ram_[Year])))) return;
  if (step(Month, 1, 12)) step(Year, 0, 99);  // the century is plain RAM, the firmware's affair
}

bool Rtc146818::alarm_matches() const {
  const auto match = [this](Cell time, Cell alarm) {
    return (ram_[alarm] & any) == any || ram_[alarm] == ram_[time];
  };
  return match(Second, SecondAlarm) && match(Minute, MinuteAlarm) && match(Hour, HourAlarm);
}

void Rtc146818::catch_up() {
  const u64 now = crystal_.ticks();
  if (!divider_running()) return;
  if (const u32 period = periodic_ticks(); period != 0 && now - periodic_start_ >= period) {
    periodic_start_ += (now - periodic_start_) / period * period;
    ram_[C] |= periodic_flag;
  }
  while (now - second_start_ >= crystal_hz) {
    second_start_ += crystal_hz;
    if (ram_[B] & set) continue;
    advance_one_second();
    ram_[C] |= update_flag;
    if (alarm_matches()) ram_[C] |= alarm_flag;
  }
  update_interrupt();
}

void Rtc146818::update_interrupt() {
  const bool request = (ram_[C] & ram_[B] & (periodic_flag | alarm_flag | update_flag)) != 0;
  const bool was = (ram_[C] & irqf) != 0;
  if (request) {
    ram_[C] |= irqf;
  } else {
    ram_[C] &= static_cast<u8>(~irqf);
  }
  if (request != was) irq8_(request);
}

/// Schedules the next moment at which an enabled interrupt can arise.
void Rtc146818::plan() {
  const u8 wanted = ram_[B] & ~ram_[C];
  u64 tick = Scheduler::never;
  if (divider_running()) {
    if ((wanted & (alarm_enable | update_enable)) && !(ram_[B] & set)) {
      tick = second_start_ + crystal_hz;
    }
    if (const u32 period = periodic_ticks(); period != 0 && (wanted & periodic_enable)) {
      tick = std::min(tick, periodic_start_ + period);
    }
  }
  if (tick == Scheduler::never) return scheduler_.cancel(event_);
  scheduler_.schedule(event_, crystal_.clock_at(tick));
}

bool Rtc146818::update_in_progress() const {
  return divider_running() && !(ram_[B] & set) &&
         crystal_.ticks() - second_start_ >= crystal_hz - update_window;
}

u8 Rtc146818::read_register(u8 index) {
  switch (index) {
    case A:
      return ram_[A] | (update_in_progress() ? uip : 0);
    case C: {
      const u8 flags = ram_[C];
      ram_[C] = 0;
      if (flags & irqf) irq8_(false);
      plan();
      return flags;
    }
    default:
      return ram_[index];
  }
}

void Rtc146818::write_register(u8 index, u8 value) {
  switch (index) {
    case A: {
      const bool was_running = divider_running();
      ram_[A] = value & ~uip;
      const u64 now = crystal_.ticks();
      // The first update comes half a second after the divider is released. [MC146818, DV2-DV0]
      if (!was_running && divider_running()) second_start_ = now - crystal_hz / 2;
      if (const u32 period = periodic_ticks(); period != 0) {
        periodic_start_ = now - (now - second_start_) % period;
      }
      break;
    }
    case B:
      ram_[B] = value & set ? value & ~update_enable : value;
      update_interrupt();
      break;
    case C:
    case D:
      return;  // read-only
    default:
      ram_[index] = value;
      return;
  }
  plan();
}

u32 Rtc146818::port_read(u16 address, unsigned /*bytes*/) {
  if (address == port::cmos_index) return 0xFF;  // write-only
  catch_up();
  return read_register(index_);
}

void Rtc146818::port_write(u16 address, unsigned /*bytes*/, u32 value) {
  if (address == port::cmos_index) {
    index_ = value & 0x7F;  // bit 7 masks NMI, and this board has no source of NMI
    return;
  }
  catch_up();
  write_register(index_, static_cast<u8>(value));
}

}  // namespace faultline
