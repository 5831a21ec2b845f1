// Standard output, shared by COM1 and the console port E9h.
#pragma once

#include <deque>
#include <string>

#include "arch/integers.hpp"

namespace faultline::app {

/// COM1's bytes pass at once; port E9h's are held until their line is complete and COM1 stands at
/// the start of one, so that neither splits a line of the other. What grows beyond `held_most` goes
/// out as it is.
class SharedConsole {
 public:
  static constexpr std::size_t held_most = 1 << 16;

  void serial(arch::u8 byte);
  void debug(arch::u8 byte);
  /// What is held goes out, complete or not.
  void finish();

 private:
  void release();
  bool serial_mid_line_ = false;
  std::string held_;
};

/// The last few kilobytes of an output that goes nowhere.
class OutputTail {
 public:
  void add(arch::u8 byte);
  /// From its first whole line on, without control characters other than newlines.
  std::string text() const;

 private:
  static constexpr std::size_t limit = 2048;
  std::deque<char> bytes_;
  bool cut_ = false;
};

}  // namespace faultline::app
