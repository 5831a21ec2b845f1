// Lines from the standard input, be it the console or a pipe.
#pragma once

#include <windows.h>

namespace shell {

class LineReader {
 public:
  static constexpr DWORD longest_line = 512;

  /// The next line without its end, or null at the end of the input. What is too long is cut.
  char* next() {
    DWORD length = 0;
    for (;;) {
      if (position_ == filled_ && !fill()) {
        if (length == 0) return nullptr;
        break;
      }
      const char c = buffer_[position_++];
      if (c == '\n') break;
      if (c != '\r' && length < longest_line - 1) line_[length++] = c;
    }
    line_[length] = '\0';
    return line_;
  }

 private:
  bool fill() {
    position_ = filled_ = 0;
    return ReadFile(GetStdHandle(STD_INPUT_HANDLE), buffer_, sizeof buffer_, &filled_, nullptr) &&
           filled_ != 0;
  }

  char buffer_[256];
  char line_[longest_line];
  DWORD position_ = 0, filled_ = 0;
};

}  // namespace shell
