// The MC146818 real-time clock and its CMOS RAM. [MC146818]
#pragma once

#include <array>
#include <functional>
#include <type_traits>

#include "machine/bus.hpp"
#include "machine/scheduler.hpp"

namespace faultline {

/// A calendar date and time. The default is the day Windows NT 3.1 appeared: a machine without a
/// battery to remember must start somewhere, and always at the same second.
struct CalendarTime {
  unsigned year = 1993, month = 7, day = 27;
  unsigned hour = 0, minute = 0, second = 0;
};

class Rtc146818 : public PortDevice {
 public:
  Rtc146818(Scheduler& scheduler, u32 cpu_hz, std::function<void(bool)> irq8,
            const CalendarTime& start = {});

  /// The firmware's RAM cells, without side effects.
  u8 cell(u8 index) const { return ram_[index & 0x7F]; }
  void set_cell(u8 index, u8 value) { ram_[index & 0x7F] = value; }

  void archive(auto& a) {
    if constexpr (!std::remove_reference_t<decltype(a)>::loading) catch_up();
    a(ram_, index_, second_start_, periodic_start_);
    scheduler_.archive(a, event_);
    const u64 now = crystal_.ticks();
    a.require(index_ < ram_.size() && second_start_ <= now && periodic_start_ <= now &&
                  (!divider_running() || now - second_start_ <= crystal_.hz()),
              "the real-time clock");
  }

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;

 private:
  bool divider_running() const;
  u32 periodic_ticks() const;
  u8 encode(unsigned value) const;
  unsigned decode(u8 value) const;
  u8 encode_hour(unsigned hour) const;
  unsigned decode_hour(u8 value) const;
  void catch_up();
  void advance_one_second();
  bool alarm_matches() const;
  bool update_in_progress() const;
  void write_register(u8 index, u8 value);
  u8 read_register(u8 index);
  void update_interrupt();
  void plan();

  Scheduler& scheduler_;
  Oscillator crystal_;
  std::function<void(bool)> irq8_;
  Event event_{[this] {
    catch_up();
    plan();
  }};
  std::array<u8, 128> ram_{};
  u8 index_ = 0;
  u64 second_start_ = 0;    // crystal tick at which the current second began
  u64 periodic_start_ = 0;  // crystal tick of the last periodic tick seen
};

}  // namespace faultline
