// Framing, checksums, escapes.
#include "debugger/gdb/packet.hpp"

#include "debugger/gdb/hex.hpp"

namespace faultline::gdb {
namespace {
constexpr u8 escape = '}', escape_bit = 0x20, interrupt = 3;
}

std::string frame(std::string_view body) {
  std::string packet = "$";
  packet.reserve(body.size() + 8);
  for (const char c : body) {
    if (c == '#' || c == '$' || c == '}' || c == '*') {
      packet += static_cast<char>(escape);
      packet += static_cast<char>(c ^ escape_bit);
    } else {
      packet += c;
    }
  }
  u8 sum = 0;
  for (std::size_t i = 1; i < packet.size(); ++i) sum = static_cast<u8>(sum + packet[i]);
  packet += '#';
  return packet += to_hex(std::span<const u8>(&sum, 1));
}

PacketReader::Event PacketReader::take(u8 byte) {
  switch (state_) {
    case State::Between:
      return between(byte);
    case State::Body:
      in_body(byte);
      return Event::None;
    case State::Escaped:
      sum_ = static_cast<u8>(sum_ + byte);
      add(byte ^ escape_bit);
      state_ = State::Body;
      return Event::None;
    case State::FirstDigit:
      first_digit_ = static_cast<char>(byte);
      state_ = State::SecondDigit;
      return Event::None;
    case State::SecondDigit:
      return finish(byte);
  }
  return Event::None;
}

PacketReader::Event PacketReader::between(u8 byte) {
  switch (byte) {
    case '$':
      body_.clear();
      too_long_ = false;
      sum_ = 0;
      state_ = State::Body;
      return Event::None;
    case '+':
      return Event::Acknowledged;
    case '-':
      return Event::Refused;
    case interrupt:
      return Event::Interrupt;
    default:
      return Event::None;  // noise
  }
}

void PacketReader::in_body(u8 byte) {
  if (byte == '#') {
    state_ = State::FirstDigit;
  } else if (byte == '$') {  // never inside a packet: the last one was cut short
    between(byte);
  } else {
    sum_ = static_cast<u8>(sum_ + byte);
    if (byte == escape) {
      state_ = State::Escaped;
    } else {
      add(byte);
    }
  }
}

void PacketReader::add(u8 byte) {
  if (body_.size() >= packet_size) {
    too_long_ = true;
  } else {
    body_ += static_cast<char>(byte);
  }
}

PacketReader::Event PacketReader::finish(u8 second_digit) {
  state_ = State::Between;
  const auto high = hex_digit(first_digit_), low = hex_digit(static_cast<char>(second_digit));
  if (!high || !low || (*high << 4 | *low) != sum_) return Event::BadChecksum;
  return too_long_ ? Event::TooLong : Event::Packet;
}

}  // namespace faultline::gdb
