// The packet layer's conversation.
#include "debugger/gdb/connection.hpp"

#include <utility>

namespace faultline::gdb {

std::optional<std::string> Connection::receive() {
  while (!waiting_) {
    if (!advance() && !fill(-1)) return std::nullopt;
  }
  return std::exchange(waiting_, std::nullopt);
}

bool Connection::interrupted() {
  while (!waiting_ && !closed_) {
    if (!advance() && (!fill(0) || at_ == end_)) break;
  }
  if (waiting_ == "\x03")
    waiting_.reset();  // the stop is its answer
  else if (!waiting_)
    return closed_;
  return true;
}

bool Connection::advance() {
  using Event = PacketReader::Event;
  while (at_ < end_ && !waiting_) {
    switch (reader_.take(buffer_[at_++])) {
      case Event::None:
        break;
      case Event::Packet:
        if (acknowledging_) put("+");
        if (acknowledging_ && unanswered_ && reader_.body() == previous_) break;  // sent twice
        unanswered_ = true;
        waiting_ = previous_ = reader_.body();
        break;
      case Event::TooLong:
        if (acknowledging_) put("+");
        send("E07");
        break;
      case Event::BadChecksum:
        if (acknowledging_) put("-");
        break;
      case Event::Acknowledged:
        repeats_ = 0;
        unanswered_ = false;
        break;
      case Event::Refused:
        repeat();
        break;
      case Event::Interrupt:
        waiting_.emplace(1, '\x03');
        break;
    }
  }
  return waiting_.has_value();
}

bool Connection::fill(int milliseconds) {
  if (closed_) return false;
  const auto read = stream_.read(buffer_, milliseconds);
  at_ = 0;
  end_ = read.value_or(0);
  closed_ = closed_ || !read;
  return !closed_;
}

void Connection::send(std::string_view body) {
  last_ = frame(body);
  repeats_ = 0;
  put(last_);
}

void Connection::repeat() {
  if (!acknowledging_ || last_.empty() || ++repeats_ > most_repeats) return;
  put(last_);
}

void Connection::put(std::string_view bytes) {
  if (closed_) return;
  closed_ = !stream_.write({reinterpret_cast<const arch::u8*>(bytes.data()), bytes.size()});
}

}  // namespace faultline::gdb
