// Reading standard input in the three ways.
#include "app/serial_input.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "app/terminal.hpp"

namespace faultline::app {
namespace {

constexpr char ctrl_a = 1;

}  // namespace

std::string PipedInput::when_idle() {
  while (!ended_ && buffer_.size() < line_most && buffer_.find('\n') == buffer_.npos &&
         pending_signal() == 0) {
    std::array<char, 4096> chunk;
    const ssize_t count = read(descriptor_, chunk.data(), chunk.size());
    if (count > 0) buffer_.append(chunk.data(), static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR)) ended_ = true;
  }
  if (ended_ && buffer_.empty() && ends_ != 0) {
    --ends_;
    return "\x04";
  }
  const auto newline = buffer_.find('\n');
  std::string line = buffer_.substr(0, std::min(newline, line_most - 1) + 1);
  buffer_.erase(0, line.size());
  return line;
}

std::string TerminalInput::poll(int wait_ms) {
  pollfd ready{descriptor_, POLLIN, 0};
  if (ended_ || ::poll(&ready, 1, wait_ms) <= 0) return {};
  std::array<char, 256> chunk;
  const ssize_t count = read(descriptor_, chunk.data(), chunk.size());
  if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) ended_ = true;
  std::string typed;
  for (ssize_t i = 0; i < count; ++i) {
    if (escape_ && !prefix_ && chunk[i] == ctrl_a) {
      prefix_ = true;
      continue;
    }
    if (prefix_ && (chunk[i] == 'x' || chunk[i] == 'X')) quit_ = true;
    if (!prefix_ || chunk[i] == ctrl_a) typed += chunk[i];
    prefix_ = false;
  }
  return typed;
}

}  // namespace faultline::app
