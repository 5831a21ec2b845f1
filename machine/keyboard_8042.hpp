// The 8042 keyboard controller, with the A20 gate and the reset line on its output port.
// [PC/AT TR, Keyboard Controller]
#pragma once

#include <deque>
#include <functional>
#include <string_view>

#include "machine/at_keyboard.hpp"
#include "machine/bus.hpp"
#include "machine/scheduler.hpp"

namespace faultline {

class Keyboard8042 : public PortDevice {
 public:
  struct Lines {
    std::function<void(bool)> irq1;
    std::function<void(bool)> a20;  // output port bit 1
    std::function<void()> reset;    // output port bit 0 pulsed low
  };
  Keyboard8042(Scheduler& scheduler, u32 cpu_hz, Lines lines);

  /// The host presses or releases a key: one byte of a set 1 sequence.
  /// After text that is still being typed it waits its turn.
  void key(u8 set1);
  /// The host types ASCII on a US keyboard, a key event every 10 ms of emulated time, and
  /// never faster than the keyboard gets rid of them.
  void type(std::string_view ascii);
  /// True when everything typed has left the host's queue.
  bool typed() const { return typing_.empty(); }
  u8 leds() const { return keyboard_.leds(); }
  void reset();

  void archive(auto& a) {
    a(keyboard_, typing_, ram_, output_port_, output_buffer_, pending_command_, output_full_,
      last_was_command_, break_prefix_);
    for (Event* event : {&transfer_, &typist_}) scheduler_.archive(a, *event);
  }

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;

 private:
  void write_command(u8 command);
  void write_data(u8 value);
  void set_output_port(u8 value);
  u8 output_port_value() const;
  void put(u8 value);  // into the output buffer, for the CPU to read
  void update_irq();
  void keyboard_byte();  // the serial line has carried a byte
  void next_key();
  void start_transfer();
  void schedule_after(Event& event, u64 us);

  Scheduler& scheduler_;
  Oscillator microseconds_;
  Lines lines_;
  AtKeyboard keyboard_;
  Event transfer_{[this] { keyboard_byte(); }};
  Event typist_{[this] { next_key(); }};
  std::deque<u8> typing_;

  u8 ram_[32] = {};  // byte 0 is the command byte
  u8 output_port_ = 0;
  u8 output_buffer_ = 0;
  u8 pending_command_ = 0;
  bool output_full_ = false;
  bool last_was_command_ = false;
  bool break_prefix_ = false;  // F0 came, its code has not
};

}  // namespace faultline
