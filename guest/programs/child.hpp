// Starting a copy of the program with words and numbers as its arguments, and waiting for its end.
#pragma once

#include <windows.h>

/// A command line that grows by words and decimal numbers.
class CommandLine {
 public:
  explicit CommandLine(const char* program) { add(program); }
  CommandLine& add(const char* word) {
    if (to_ != text_) *to_++ = ' ';
    while (*word != '\0') *to_++ = *word++;
    return *this;
  }
  CommandLine& add(DWORD number) {
    char digits[12];
    char* first = digits + sizeof digits;
    *--first = '\0';
    do {
      *--first = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    return add(first);
  }
  CommandLine& add(HANDLE handle) { return add(reinterpret_cast<DWORD>(handle)); }

  /// The new process, which inherits handles; null when there is none.
  HANDLE start() {
    *to_ = '\0';
    STARTUPINFOA startup = {};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION process;
    if (!CreateProcessA(nullptr, text_, nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup,
                        &process)) {
      return nullptr;
    }
    CloseHandle(process.hThread);
    return process.hProcess;
  }

 private:
  char text_[128] = {}, *to_ = text_;
};

inline DWORD number_of(const char* text) {
  DWORD value = 0;
  for (; *text >= '0' && *text <= '9'; ++text) value = value * 10 + static_cast<DWORD>(*text - '0');
  return value;
}
inline HANDLE handle_of(const char* text) { return reinterpret_cast<HANDLE>(number_of(text)); }

/// The exit code, once there is one.
inline DWORD wait_for(HANDLE process) {
  DWORD code = 99;
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &code);
  CloseHandle(process);
  return code;
}
