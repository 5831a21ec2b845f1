// The 8042 keyboard controller and the AT keyboard behind it. [PC/AT TR, Keyboard Controller]
#pragma once

#include <deque>
#include <functional>
#include <string_view>

#include "machine/bus.hpp"
#include "machine/scheduler.hpp"

namespace faultline {

/// The keyboard itself: speaks scan code set 2 (or 1) on its serial line, obeys commands.
class AtKeyboard {
 public:
  /// A key event by its set 1 code: 01-7F make, 81-FF break, E0 and E1 prefixes alone.
  void key(u8 set1);
  /// A byte from the controller.
  void command(u8 byte);
  bool has_output() const { return !output_.empty(); }
  u8 take_output();
  bool keys_waiting() const { return !output_.empty(); }
  u8 leds() const { return leds_; }
  void power_on();

 private:
  void defaults();
  void send(u8 byte) { output_.push_back(byte); }

  static constexpr std::size_t buffer_size = 16;
  std::deque<u8> output_;
  u8 pending_command_ = 0;  // waits for its parameter
  u8 leds_ = 0;
  u8 scan_set_ = 2;
  u8 last_sent_ = 0;
  bool scanning_ = true;
  bool prefix_ = false;
};

class Keyboard8042 : public PortDevice {
 public:
  struct Lines {
    std::function<void(bool)> irq1;
    std::function<void(bool)> a20;  // output port bit 1
    std::function<void()> reset;    // output port bit 0 pulsed low
  };
  Keyboard8042(Scheduler& scheduler, u32 cpu_hz, Lines lines);

  /// The host presses or releases a key: one byte of a set 1 sequence. Paced like typed text.
  void key(u8 set1);
  /// The host types ASCII on a US keyboard, a key every 20 ms of emulated time.
  void type(std::string_view ascii);
  /// True when everything typed has left the host's queue.
  bool typed() const { return typing_.empty(); }
  u8 leds() const { return keyboard_.leds(); }
  void reset();

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;

 private:
  void write_command(u8 command);
  void write_data(u8 value);
  void set_output_port(u8 value);
  void put(u8 value);  // into the output buffer, for the CPU to read
  void update_irq();
  void keyboard_byte();  // the serial line has carried a byte
  void next_key();
  void start_transfer();

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
  bool system_flag_ = false;
  bool last_was_command_ = false;
};

}  // namespace faultline
