// AT keyboard.
#include "machine/at_keyboard.hpp"

#include "machine/scan_codes.hpp"

namespace faultline {

namespace {
enum Command : u8 {
  SetLeds = 0xED,
  Echo = 0xEE,
  ScanCodeSet = 0xF0,
  Identify = 0xF2,
  TypematicRate = 0xF3,
  Enable = 0xF4,
  DefaultDisable = 0xF5,
  Default = 0xF6,
  AllKeysFirst = 0xF7,
  AllKeysLast = 0xFA,
  Resend = 0xFE,
  Reset = 0xFF,
};
enum Response : u8 { Overrun = 0x00, Passed = 0xAA, Acknowledge = 0xFA, TryAgain = 0xFE };
constexpr u8 release = 0x80, release_prefix = 0xF0;
}  // namespace

void AtKeyboard::defaults() {
  buffer_.clear();
  pending_command_ = 0;
  scan_set_ = 2;
  scanning_ = true;
}

void AtKeyboard::power_on() {
  defaults();
  responses_.clear();
  leds_ = 0;
}

u8 AtKeyboard::take_output() {
  std::deque<u8>& queue = responses_.empty() ? buffer_ : responses_;
  last_sent_ = queue.front();
  queue.pop_front();
  return last_sent_;
}

void AtKeyboard::scan_code(u8 code) {
  if (buffer_.size() < buffer_size) {
    buffer_.push_back(code);
  } else {
    buffer_.back() = Overrun;
  }
}

/// A host that goes on commanding without reading loses answers: there is room for as many as keys.
void AtKeyboard::respond(u8 byte) {
  if (responses_.size() < buffer_size) responses_.push_back(byte);
}

void AtKeyboard::key(u8 set1) {
  if (!scanning_) return;
  if (scan_set_ == 1 || set1 == 0xE0 || set1 == 0xE1) return scan_code(set1);
  const u8 code = set2_of_set1(set1 & ~release);
  if (code == 0) return;
  if (set1 & release) scan_code(release_prefix);
  scan_code(code);
}

void AtKeyboard::parameter(u8 command, u8 byte) {
  switch (command) {
    case SetLeds:
      leds_ = byte & 7;
      respond(Acknowledge);
      return;
    case TypematicRate:
      respond(Acknowledge);
      return;  // the host repeats keys
    case ScanCodeSet:
      if (byte > 2) {
        respond(TryAgain);
        return;
      }
      respond(Acknowledge);
      if (byte == 0) {
        respond(scan_set_);
      } else {
        scan_set_ = byte;
      }
      return;
  }
}

void AtKeyboard::command(u8 byte) {
  if (pending_command_ != 0 && byte < SetLeds) {
    parameter(pending_command_, byte);
    pending_command_ = 0;
    return;
  }
  pending_command_ = 0;
  switch (byte) {
    case SetLeds:
    case ScanCodeSet:
    case TypematicRate:
      pending_command_ = byte;
      respond(Acknowledge);
      return;
    case Echo:
      respond(Echo);
      return;
    case Identify:
      for (const u8 part : {Acknowledge, Response{0xAB}, Response{0x83}}) respond(part);
      return;
    case Enable:
      buffer_.clear();
      scanning_ = true;
      respond(Acknowledge);
      return;
    case DefaultDisable:
      defaults();
      scanning_ = false;
      respond(Acknowledge);
      return;
    case Default:
      defaults();
      respond(Acknowledge);
      return;
    case Resend:
      if (responses_.size() < buffer_size) responses_.push_front(last_sent_);
      return;
    case Reset:
      power_on();
      respond(Acknowledge);
      respond(Passed);
      return;
    default:
      // F7-FA set the typematic behaviour of set 3, which this keyboard does not speak.
      respond(byte >= AllKeysFirst && byte <= AllKeysLast ? Acknowledge : TryAgain);
      return;
  }
}

}  // namespace faultline
