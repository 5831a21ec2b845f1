// write(2) with errors that are not lost.
#include "app/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "app/exit_code.hpp"
#include "app/terminal.hpp"

namespace faultline::app {
namespace {

Output& standard_output() {
  static Output output(STDOUT_FILENO, "standard output");
  return output;
}

[[noreturn]] void fail(const std::string& name, int error) {
  throw OutputError(fmt::format("{}: {}", name, std::strerror(error)));
}

}  // namespace

Output::Output(const std::string& path)
    : descriptor_(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)),
      owned_(true),
      name_(path) {
  if (descriptor_ < 0) throw InputError(fmt::format("{}: {}", path, std::strerror(errno)));
}

Output::~Output() {
  flush();
  if (owned_) close(descriptor_);
}

void Output::put(arch::u8 byte) {
  buffer_ += static_cast<char>(byte);
  if (buffer_.size() >= buffer_size) flush();
}

void Output::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= buffer_size) flush();
}

bool Output::flush() {
  std::string_view rest = buffer_;
  while (error_ == 0 && !rest.empty()) {
    const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
    if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
    if (count < 0 && (errno != EINTR || pending_signal() != 0)) error_ = errno;
  }
  buffer_.clear();
  return error_ == 0;
}

void Output::finish() {
  if (!flush() && error_ != EPIPE && error_ != EINTR) fail(name_, error_);
}

void put_stdout(arch::u8 byte) {
  standard_output().put(byte);
  if (byte == '\n') standard_output().flush();
}

bool flush_stdout() { return standard_output().flush(); }

void finish_stdout() {
  standard_output().finish();
  errno = 0;
  if (std::fflush(stdout) != 0 && errno != EPIPE && errno != EINTR) fail("standard output", errno);
}

}  // namespace faultline::app
