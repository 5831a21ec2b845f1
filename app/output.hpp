// Output that notices when it cannot be written: standard output, and files of the options.
#pragma once

#include <string>
#include <string_view>

#include "arch/integers.hpp"

namespace faultline::app {

/// A buffered file descriptor. The first error is kept, and what comes after it is dropped; a
/// signal that asks the process to end breaks a write that blocks, and counts as one.
class Output {
 public:
  Output(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  /// Creates or empties the file. Throws InputError.
  explicit Output(const std::string& path);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void put(arch::u8 byte);
  void write(std::string_view text);
  /// False when nothing gets through any more.
  bool flush();
  /// Throws OutputError, naming the file and the system's reason, unless everything is written, or
  /// its reader or the person chose not to have it.
  void finish();

 private:
  static constexpr std::size_t buffer_size = 1 << 16;
  int descriptor_;
  bool owned_ = false;
  int error_ = 0;
  std::string name_, buffer_;
};

/// Standard output; flushed at the end of each line.
void put_stdout(arch::u8 byte);
bool flush_stdout();
/// Output::finish, for stdio's buffer as well.
void finish_stdout();

}  // namespace faultline::app
