// Queries: what we can do, threads, documents, commands of the monitor.
#include <fmt/format.h>

#include <algorithm>

#include "debugger/gdb/server.hpp"
#include "debugger/gdb/xml.hpp"

namespace faultline::gdb {

std::span<const Server::Command> Server::queries() {
  static constexpr Command table[] = {
      {"qSupported", &Server::supported},
      {"QStartNoAckMode", &Server::stop_acknowledging},
      {"qAttached", &Server::attached},
      {"qfThreadInfo", &Server::first_threads},
      {"qsThreadInfo", &Server::more_threads},
      {"qThreadExtraInfo,", &Server::thread_description},
      {"qGetTIBAddr:", &Server::thread_block},
      {"qSymbol:", &Server::symbols},
      {"qXfer:", &Server::transfer},
      {"qRcmd,", &Server::carry_out},
      {"qqemu.Supported", &Server::qemu_supported},
      {"qqemu.PhyMemMode", &Server::qemu_memory_mode},
      {"Qqemu.PhyMemMode:", &Server::set_qemu_memory_mode},
      {"qC", &Server::current_thread},
  };
  return table;
}

Server::Reply Server::supported(Fields& fields) {
  if (!fields.empty()) fields.expect(':');
  if (fields.failed()) return error::malformed;
  return fmt::format(
      "PacketSize={:x};QStartNoAckMode+;vContSupported+;swbreak+;hwbreak+;{}"
      "qXfer:features:read+;qXfer:exec-file:read+;qXfer:threads:read+;qXfer:libraries:read+;qXfer:"
      "osdata:read+",
      packet_size, target_.reverses() ? "ReverseStep+;ReverseContinue+;" : "");
}

Server::Reply Server::stop_acknowledging(Fields& fields) {
  if (!fields.complete()) return error::malformed;
  connection_->stop_acknowledging();
  return "OK";
}

/// The guest was there before gdb came: when gdb leaves, it detaches.
Server::Reply Server::attached(Fields& fields) {
  if (fields.accept(':')) fields.number();
  return fields.complete() ? "1" : error::malformed;
}

Server::Reply Server::current_thread(Fields& fields) {
  if (!fields.complete()) return "";  // qCRC and what else begins so
  return fmt::format("QC{:x}", target_.current_thread());
}

Server::Reply Server::first_threads(Fields& fields) {
  if (!fields.complete()) return error::malformed;
  std::string list;
  for (const Thread& thread : target_.threads()) {
    if (list.size() > packet_size - 16) break;
    list += fmt::format("{}{:x}", list.empty() ? 'm' : ',', thread.id);
  }
  return list.empty() ? "l" : list;
}

Server::Reply Server::more_threads(Fields& fields) {
  return fields.complete() ? "l" : error::malformed;
}

Server::Reply Server::thread_description(Fields& fields) {
  const auto id = read_thread(fields).id;
  if (!fields.complete() || !id) return error::malformed;
  for (const Thread& thread : target_.threads()) {
    if (thread.id == *id) return to_hex(fmt::format("{} {}", thread.name, thread.description));
  }
  return error::no_thread;
}

Server::Reply Server::thread_alive(Fields& fields) {
  const auto id = read_thread(fields).id;
  if (!fields.complete() || !id) return error::malformed;
  const auto threads = target_.threads();
  const bool there =
      std::ranges::any_of(threads, [&id](const Thread& thread) { return thread.id == *id; });
  return there ? "OK" : error::no_thread;
}

/// Hg: whose registers and memory. Hc, whom c and s move, is the older way to say what vCont does.
Server::Reply Server::select_thread(Fields& fields) {
  const bool general = fields.accept('g');
  if (!general) fields.expect('c');
  const auto id = read_thread(fields).id;
  if (!fields.complete()) return error::malformed;
  if (!general) return "OK";
  return target_.select_thread(id.value_or(target_.current_thread())) ? "OK" : error::no_thread;
}

Server::Reply Server::thread_block(Fields& fields) {
  const auto id = read_thread(fields).id;
  if (!fields.complete()) return error::malformed;
  const auto block = target_.thread_information_block(id.value_or(target_.current_thread()));
  return block ? fmt::format("{:x}", *block) : error::no_thread;
}

/// gdb offers to look up symbols; we know them.
Server::Reply Server::symbols(Fields&) { return "OK"; }

std::optional<std::string> Server::document(std::string_view object, std::string_view annex) const {
  if (object == "features" && annex == "target.xml") return target_.description();
  if (object == "exec-file") {  // of any process
    const std::string path = target_.executable();
    return path.empty() ? std::nullopt : std::optional(path);
  }
  if (object == "threads" && annex.empty()) return xml::threads(target_.threads());
  if (object == "libraries" && annex.empty()) return xml::libraries(target_.libraries());
  if (object != "osdata") return std::nullopt;
  if (annex.empty()) return xml::table_names(target_.tables());
  const auto table = target_.table(annex);
  return table ? std::optional(xml::table(annex, *table)) : std::nullopt;
}

/// OBJECT:read:ANNEX:OFFSET,LENGTH. A document is made when its beginning is read. [GDB, General
/// Query Packets, qXfer]
Server::Reply Server::transfer(Fields& fields) {
  const std::string_view object = fields.until(':'), operation = fields.until(':'),
                         annex = fields.until(':');
  const u64 offset = fields.number(16);
  fields.expect(',');
  const u64 length = std::min<u64>(fields.number(16), packet_size - 1);
  if (operation != "read") return "";
  if (!fields.complete()) return error::malformed;
  const std::string name = fmt::format("{}:{}", object, annex);
  if (offset == 0 || name != document_name_) {
    auto made = document(object, annex);
    if (!made) return object == "osdata" || object == "features" ? "E00" : "";
    document_name_ = name;
    document_ = std::move(*made);
  }
  if (offset > document_.size()) return error::malformed;
  const std::string part = document_.substr(offset, length);
  return (offset + part.size() < document_.size() ? "m" : "l") + part;
}

Server::Reply Server::carry_out(Fields& fields) {
  const auto command = from_hex(fields.rest());
  if (!command) return error::malformed;
  std::string text =
      target_.monitor({reinterpret_cast<const char*>(command->data()), command->size()},
                      [this] { return connection_->interrupted(); });
  if (!text.empty() && text.back() != '\n') text += '\n';
  print(text);
  return "OK";
}

Server::Reply Server::qemu_supported(Fields& fields) {
  return fields.complete() ? "PhyMemMode" : error::malformed;
}

Server::Reply Server::qemu_memory_mode(Fields& fields) {
  if (!fields.complete()) return error::malformed;
  return target_.physical() ? "1" : "0";
}

Server::Reply Server::set_qemu_memory_mode(Fields& fields) {
  const u64 mode = fields.number();
  if (!fields.complete()) return error::malformed;
  target_.set_physical(mode != 0);
  return "OK";
}

Server::Reply Server::file(Fields& fields) { return files_.answer(fields); }

}  // namespace faultline::gdb
