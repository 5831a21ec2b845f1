// The conversation, and which packet goes where.
#include "debugger/gdb/server.hpp"

#include <algorithm>

namespace faultline::gdb {

/// Of two that fit, the longer name stands first.
std::span<const Server::Command> Server::commands() {
  static constexpr Command table[] = {
      {"?", &Server::why_stopped},
      {"g", &Server::read_registers},
      {"G", &Server::write_registers},
      {"p", &Server::read_register},
      {"P", &Server::write_register},
      {"m", &Server::read_memory},
      {"M", &Server::write_memory},
      {"X", &Server::write_binary},
      {"Z", &Server::insert_point},
      {"z", &Server::remove_point},
      {"bs", &Server::step_back},
      {"bc", &Server::go_back},
      {"c", &Server::go_on},
      {"C", &Server::go_on_with_signal},
      {"s", &Server::step},
      {"S", &Server::step_with_signal},
      {"vCont?", &Server::list_motions},
      {"vCont", &Server::move},
      {"vKill", &Server::kill_process},
      {"vFile:", &Server::file},
      {"D", &Server::detach},
      {"k", &Server::kill},
      {"H", &Server::select_thread},
      {"T", &Server::thread_alive},
  };
  return table;
}

Server::Reply Server::answer(std::string_view packet) {
  for (const auto table : {queries(), commands()}) {
    for (const Command& command : table) {
      if (!packet.starts_with(command.name)) continue;
      Fields fields(packet.substr(command.name.size()));
      return (this->*command.handler)(fields);
    }
  }
  return "";  // not a packet that we know [GDB, Overview]
}

Server::End Server::serve(ByteStream& stream) {
  Connection connection(stream);
  connection_ = &connection;
  end_.reset();
  held_back_.reset();
  libraries_ = target_.libraries();
  target_.select_thread(target_.current_thread());
  while (!end_) {
    const auto packet = connection.receive();
    if (!packet) break;
    if (packet == "\x03") continue;  // it stands still already
    const Reply reply = answer(*packet);
    if (reply) connection.send(*reply);
  }
  connection_ = nullptr;
  files_.close_all();
  target_.remove_all();
  target_.set_physical(false);
  return end_.value_or(End::Disconnected);
}

void Server::print(std::string_view text) {
  constexpr std::size_t most = packet_size / 2 - 1;
  for (; !text.empty(); text.remove_prefix(std::min(most, text.size()))) {
    connection_->send("O" + to_hex(text.substr(0, most)));
  }
}

ThreadName read_thread(Fields& fields) {
  if (fields.accept('-')) {
    fields.expect('1');
    return {};
  }
  const u32 id = fields.address();
  return {id == 0 ? std::nullopt : std::optional(id)};
}

}  // namespace faultline::gdb
