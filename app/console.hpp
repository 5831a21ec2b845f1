// Standard output, shared by COM1 and the console port E9h.
#pragma once

#include <deque>
#include <string>

#include "arch/integers.hpp"

namespace faultline::app {

/// COM1's bytes pass at once; port E9h's are held until their line is complete and COM1 stands at
/// the start of one, so that neither splits a line of the other.
class SharedConsole {
 public:
  void serial(arch::u8 byte);
  void debug(arch::u8 byte);
  /// What is held goes out, complete or not: the run has ended.
  void finish();

 private:
  void release();
  bool serial_mid_line_ = false;
  std::string held_;
};

/// Writes a byte to stdout; the stream is flushed at the end of each line and by flush_stdout().
void put_stdout(arch::u8 byte);
/// False when nobody reads standard output any more.
bool flush_stdout();

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
