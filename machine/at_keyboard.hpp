// The keyboard at the end of the 8042's serial line. [PC/AT TR, Keyboard]
#pragma once

#include <deque>

#include "mmu/clock.hpp"

namespace faultline {

/// Speaks scan code set 2, or set 1 when told to, and obeys the host's commands.
class AtKeyboard {
 public:
  /// A key event by its set 1 code: 01-7F make, 81-FF break; E0 and E1 prefixes on their own.
  void key(u8 set1);
  /// A byte from the controller.
  void command(u8 byte);
  /// Ready to take a key: nothing waits to be sent.
  bool idle() const { return scanning_ && !has_output(); }
  bool has_output() const { return !responses_.empty() || !buffer_.empty(); }
  u8 take_output();
  u8 leds() const { return leds_; }
  void power_on();
  void archive(auto& a) {
    a(responses_, buffer_, pending_command_, leds_, scan_set_, last_sent_, scanning_);
    a.require(scan_set_ >= 1 && scan_set_ <= 3, "the keyboard's scan code set");
  }

 private:
  void defaults();
  void parameter(u8 command, u8 byte);
  void scan_code(u8 code);
  void respond(u8 byte);

  static constexpr std::size_t buffer_size = 16;
  std::deque<u8> responses_;  // go before scan codes
  std::deque<u8> buffer_;
  u8 pending_command_ = 0;  // waits for its parameter
  u8 leds_ = 0;
  u8 scan_set_ = 2;
  u8 last_sent_ = 0;
  bool scanning_ = true;
};

}  // namespace faultline
