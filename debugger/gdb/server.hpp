// The remote protocol's other end: answers gdb's packets about one target. [GDB, Remote Protocol]
#pragma once

#include "debugger/gdb/connection.hpp"
#include "debugger/gdb/hex.hpp"
#include "debugger/gdb/remote_files.hpp"
#include "debugger/gdb/target.hpp"

namespace faultline::gdb {

/// Answers to packets that cannot be obeyed. The numbers are those of errno.
namespace error {
inline constexpr char failed[] = "E01", no_thread[] = "E03", no_memory[] = "E14",
                      malformed[] = "E22";
}

class Server {
 public:
  explicit Server(GdbTarget& target) : target_(target), files_(target) {}

  enum class End : u8 {
    Detached,      // the guest is to run on
    Killed,        // everything is to end
    Disconnected,  // the guest stays as it is
    Exited,        // gdb knows that the run has ended
  };
  /// Talks with one gdb to the end. The target is stopped when it begins.
  End serve(ByteStream& stream);

 private:
  /// Nothing: the packet has no answer.
  using Reply = std::optional<std::string>;
  using Handler = Reply (Server::*)(Fields&);
  struct Command {
    std::string_view name;  // the packet's first characters
    Handler handler;
  };
  static std::span<const Command> commands();
  static std::span<const Command> queries();
  Reply answer(std::string_view packet);

  // Registers and memory (server_data.cpp).
  std::string register_text(unsigned number) const;
  Reply read_registers(Fields&);
  Reply write_registers(Fields&);
  Reply read_register(Fields&);
  Reply write_register(Fields&);
  Reply read_memory(Fields&);
  Reply write_memory(Fields&);
  Reply write_binary(Fields&);
  Reply insert_point(Fields&);
  Reply remove_point(Fields&);

  // Running (server_run.cpp).
  Reply why_stopped(Fields&);
  Reply go_on(Fields&);
  Reply go_on_with_signal(Fields&);
  Reply step(Fields&);
  Reply step_with_signal(Fields&);
  Reply step_back(Fields&);
  Reply go_back(Fields&);
  Reply list_motions(Fields&);
  Reply move(Fields&);
  Reply detach(Fields&);
  Reply kill(Fields&);
  Reply kill_process(Fields&);
  Reply resume(Resumption how);
  std::string tell(const Stop& stop);
  std::string tell_position(std::string_view reason) const;

  // Queries (server_queries.cpp).
  Reply supported(Fields&);
  Reply stop_acknowledging(Fields&);
  Reply attached(Fields&);
  Reply current_thread(Fields&);
  Reply first_threads(Fields&);
  Reply more_threads(Fields&);
  Reply thread_description(Fields&);
  Reply thread_alive(Fields&);
  Reply select_thread(Fields&);
  Reply thread_block(Fields&);
  Reply symbols(Fields&);
  Reply transfer(Fields&);
  Reply carry_out(Fields&);
  Reply qemu_supported(Fields&);
  Reply qemu_memory_mode(Fields&);
  Reply set_qemu_memory_mode(Fields&);
  Reply file(Fields&);
  std::optional<std::string> document(std::string_view object, std::string_view annex) const;
  void print(std::string_view text);

  GdbTarget& target_;
  RemoteFiles files_;
  Connection* connection_ = nullptr;
  std::optional<End> end_;
  Stop last_stop_{};
  std::optional<Stop> held_back_;  // told after gdb has heard of new libraries
  std::vector<Library> libraries_;
  std::string document_name_, document_;  // the one that gdb reads piece by piece
};

/// "5", "-1" or "0": a thread; nothing for all or any of them.
struct ThreadName {
  std::optional<u32> id;
};
ThreadName read_thread(Fields& fields);

}  // namespace faultline::gdb
