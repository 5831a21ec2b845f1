// The text front end of a debug session: commands in, results and the guest's console out.
#pragma once

#include <string>
#include <string_view>

#include "debugger/command.hpp"

namespace faultline::app {

class Monitor {
 public:
  /// With `echo` each command is shown before its result, and errors go to standard output, too: a
  /// transcript.
  Monitor(bool json, bool echo) : json_(json), echo_(echo) {}

  /// A byte of the guest's console.
  void guest(u8 byte);
  /// One command; what it has to say goes out. An error is one line on standard error, begun with
  /// `place`, and changes nothing.
  void execute(DebugSession& session, std::string_view line, std::string_view place = {});
  /// A half line of the guest is ended.
  void finish();
  /// Commands that failed.
  unsigned failures() const { return failures_; }

 private:
  void start_line();
  void say(std::string_view text);

  bool json_, echo_;
  bool mid_line_ = false;  // the guest's last line is not ended
  unsigned failures_ = 0;
};

}  // namespace faultline::app
