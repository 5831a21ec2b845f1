// The 8254 interval timer: three counters in six modes. [8254]
#pragma once

#include <array>
#include <functional>
#include <type_traits>

#include "machine/bus.hpp"
#include "machine/scheduler.hpp"

namespace faultline {

/// One counter, as a function of CLK pulses. Nothing here knows about CPU clocks.
class PitCounter {
 public:
  bool output() const { return output_; }
  void control(u8 word);  // a control word that selects this counter
  void write(u8 value);
  u8 read();
  void latch_count();
  void latch_status();
  void set_gate(bool level);
  /// Passes `pulses` CLK pulses.
  void advance(u64 pulses);
  /// CLK pulses until OUT changes if nobody interferes, or 0 for never.
  u64 pulses_to_edge() const;
  void archive(auto& a) {
    a(mode_, access_, bcd_, gate_, output_, programmed_, running_, load_pending_, armed_,
      null_count_, odd_, write_high_next_, read_high_next_, write_held_, first_byte_, count_,
      element_, latched_count_, latched_status_, count_latched_, status_latched_);
    a.require(mode_ < 6 && access_ >= Access::Low && access_ <= Access::Both &&
                  count_ <= modulus() && element_ <= modulus() && count_latched_ <= 2,
              "a counter of the timer");
  }

 private:
  enum class Access : u8 { Low = 1, High = 2, Both = 3 };
  u32 modulus() const { return bcd_ ? 10000 : 65536; }
  u32 reload_count() const { return count_ == 0 ? modulus() : count_; }
  bool counting() const;
  bool periodic() const { return mode_ == 2 || mode_ == 3; }
  bool strobe() const { return mode_ == 4 || mode_ == 5; }
  bool triggered() const { return mode_ == 1 || mode_ == 5; }
  u64 quiet_pulses() const;
  void pass_quiet(u64 pulses);
  void pulse();
  void pulse_square_wave();
  void load();
  void count_written(u16 encoded);
  u16 encoded_element() const;

  u8 mode_ = 0;
  Access access_ = Access::Both;
  bool bcd_ = false;
  bool gate_ = true;
  bool output_ = true;
  bool programmed_ = false;    // a count was written since the control word
  bool running_ = false;       // the counting element was loaded
  bool load_pending_ = false;  // the next CLK loads the counting element
  bool armed_ = false;         // a one-shot or strobe has not yet ended
  bool null_count_ = true;
  bool odd_ = false;  // mode 3: the loaded count was odd
  bool write_high_next_ = false, read_high_next_ = false;
  bool write_held_ = false;  // mode 0, between the bytes of a count
  u8 first_byte_ = 0;
  u32 count_ = 0;    // CR, decoded; 0 stands for the modulus
  u32 element_ = 0;  // CE, decoded
  u16 latched_count_ = 0;
  u8 latched_status_ = 0;
  u8 count_latched_ = 0;  // bytes of the latch still to be read
  bool status_latched_ = false;
};

/// Counter 0's OUT is IRQ0; counter 2's gate and OUT belong to port 61h.
class Pit8254 : public PortDevice {
 public:
  Pit8254(Scheduler& scheduler, u32 cpu_hz, std::function<void(bool)> irq0);

  bool output(unsigned counter);
  void set_gate2(bool level);
  /// Port 61h bit 4: toggles with each refresh cycle, every 18 CLK. [PC/AT TR, System Timers]
  bool refresh_toggle() const { return (clk_.ticks() / 18 & 1) != 0; }

  void archive(auto& a) {
    if constexpr (!std::remove_reference_t<decltype(a)>::loading) catch_up();
    a(counters_, passed_, irq0_level_);
    scheduler_.archive(a, edge_);
    a.require(passed_ == clk_.ticks(), "the timer's time");
  }

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;

 private:
  void catch_up();
  void follow_output0();
  void plan();
  void control(u8 word);

  Scheduler& scheduler_;
  Oscillator clk_;
  std::function<void(bool)> irq0_;
  std::array<PitCounter, 3> counters_;
  u64 passed_ = 0;          // CLK pulses the counters have seen
  bool irq0_level_ = true;  // as OUT at power-on: the first edge is a counted one
  Event edge_{[this] {
    catch_up();
    plan();
  }};
};

}  // namespace faultline
