// Merging of two outputs into one.
#include "app/console.hpp"

#include <algorithm>

#include "app/output.hpp"

namespace faultline::app {

using arch::u8;

void SharedConsole::serial(u8 byte) {
  put_stdout(byte);
  serial_mid_line_ = byte != '\n';
  if (!serial_mid_line_) release();
}

void SharedConsole::debug(u8 byte) {
  held_ += static_cast<char>(byte);
  if (byte == '\n' && !serial_mid_line_) release();
  if (held_.size() >= held_most) finish();
}

void SharedConsole::finish() {
  for (const char c : held_) put_stdout(static_cast<u8>(c));
  held_.clear();
  flush_stdout();
}

/// The complete lines that are held.
void SharedConsole::release() {
  const std::size_t complete = held_.rfind('\n') + 1;  // npos + 1 is 0
  for (const char c : held_.substr(0, complete)) put_stdout(static_cast<u8>(c));
  held_.erase(0, complete);
}

void OutputTail::add(u8 byte) {
  bytes_.push_back(static_cast<char>(byte));
  if (bytes_.size() <= limit) return;
  bytes_.pop_front();
  cut_ = true;
}

std::string OutputTail::text() const {
  auto from = bytes_.begin();
  if (cut_) from = std::find(bytes_.begin(), bytes_.end(), '\n');
  std::string text;
  std::copy_if(from, bytes_.end(), std::back_inserter(text),
               [](unsigned char c) { return c == '\n' || c >= ' '; });
  const auto first = text.find_first_not_of('\n');
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of('\n') + 1 - first);
}

}  // namespace faultline::app
