// The frame of a packet: $BODY#SUM with escapes, and what stands between packets. [GDB, Overview]
#pragma once

#include <string>
#include <string_view>

#include "arch/integers.hpp"

namespace faultline::gdb {

/// Bytes of a packet's body that we take and send, as PacketSize tells gdb.
inline constexpr std::size_t packet_size = 0x4000;

/// `body` in its frame, escaped.
std::string frame(std::string_view body);

/// Takes the stream apart, byte by byte, in bounded memory whatever comes.
class PacketReader {
 public:
  enum class Event : arch::u8 {
    None,
    Packet,       // body() has it
    BadChecksum,  // to be sent again
    TooLong,      // longer than packet_size
    Acknowledged,
    Refused,    // the other end wants our last packet again
    Interrupt,  // 03h between packets: Ctrl-C
  };
  Event take(arch::u8 byte);
  /// Of the last packet, without escapes.
  const std::string& body() const { return body_; }

 private:
  enum class State : arch::u8 { Between, Body, Escaped, FirstDigit, SecondDigit };
  Event between(arch::u8 byte);
  void in_body(arch::u8 byte);
  void add(arch::u8 byte);
  Event finish(arch::u8 second_digit);

  State state_ = State::Between;
  std::string body_;
  bool too_long_ = false;
  arch::u8 sum_ = 0;
  char first_digit_ = 0;
};

}  // namespace faultline::gdb
