// Packets to and from gdb over a byte stream: acknowledgements, repeats, Ctrl-C while the guest
// runs. [GDB, Packet Acknowledgment]
#pragma once

#include <array>
#include <optional>

#include "debugger/gdb/byte_stream.hpp"
#include "debugger/gdb/packet.hpp"

namespace faultline::gdb {

class Connection {
 public:
  explicit Connection(ByteStream& stream) : stream_(stream) {}

  /// Waits for the next packet. Nothing: the connection is over. A Ctrl-C that comes while nothing
  /// runs is a packet, too: "\x03".
  std::optional<std::string> receive();
  void send(std::string_view body);
  /// While the guest runs: has gdb asked for a stop, in whatever way? Takes no time.
  bool interrupted();
  bool closed() const { return closed_; }
  /// QStartNoAckMode was agreed upon.
  void stop_acknowledging() { acknowledging_ = false; }

 private:
  static constexpr unsigned most_repeats = 8;  // of one packet

  /// Bytes up to the next packet, or up to the last that came.
  bool advance();
  bool fill(int milliseconds);
  void put(std::string_view bytes);
  void repeat();

  ByteStream& stream_;
  PacketReader reader_;
  std::array<arch::u8, 4096> buffer_;
  std::size_t at_ = 0, end_ = 0;
  std::optional<std::string> waiting_;  // a packet, or Ctrl-C, that was not asked for yet
  std::string last_;                    // that we sent
  std::string previous_;     // that came; gdb sends it again when it waits too long for our answer,
  bool unanswered_ = false;  // which it has not acknowledged
  unsigned repeats_ = 0;
  bool acknowledging_ = true, closed_ = false;
};

}  // namespace faultline::gdb
