// Connections, and the guest between them.
#include "app/gdb_server.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "app/attendant.hpp"
#include "app/files.hpp"
#include "app/gdb_stream.hpp"
#include "app/outcome.hpp"
#include "app/terminal.hpp"
#include "debugger/gdb/server.hpp"

namespace faultline::app {
namespace {

using arch::u8;
using Bytes = std::vector<u8>;

/// Lets the guest run until gdb comes or the run ends.
void run_alone(DebugSession& session, gdb::Interruptible& host, const GdbListener* listener) {
  host.asked = [listener] { return listener != nullptr && listener->pending(); };
  session.go();
  host.asked = nullptr;
}

/// The same code and data at the same places: only what no loader reads may differ.
bool same_image(const Bytes& a, const Bytes& b) {
  try {
    const PeImage x = read_pe_image(a), y = read_pe_image(b);
    if (x.base != y.base || x.entry_point != y.entry_point || x.sections.empty()) return false;
    for (const ImageSection& section : x.sections) {
      const auto same = [&section](const ImageSection& other) {
        return other.name == section.name && other.rva == section.rva && other.size == section.size;
      };
      if (std::find_if(y.sections.begin(), y.sections.end(), same) == y.sections.end())
        return false;
    }
    return true;
  } catch (const MalformedImage&) {
    return false;
  }
}

}  // namespace

GdbEnd serve_gdb(const GdbOptions& options, bool stopped, DebugSession& session,
                 gdb::Interruptible& host, gdb::SessionTarget& target) {
  const GdbAddress address = options.address();
  std::optional<GdbListener> listener;
  if (!address.stdio) {
    listener.emplace(address.host, address.port);
    fmt::print(stderr, "faultline: gdb may connect: target remote {}\n", listener->address());
  }
  gdb::Server server(target);
  bool running = !stopped;
  bool first = true;
  while (pending_signal() == 0) {
    if (running && (listener || !first)) run_alone(session, host, listener ? &*listener : nullptr);
    if (running && session.ended()) return GdbEnd::RunEnded;
    if (pending_signal() != 0) break;
    if (!listener && !first) return GdbEnd::Killed;
    first = false;
    const auto stream =
        listener ? listener->accept()
                 : std::make_unique<DescriptorStream>(STDIN_FILENO, STDOUT_FILENO, false);
    if (!stream) break;
    switch (server.serve(*stream)) {
      case gdb::Server::End::Detached:
        running = true;
        break;
      case gdb::Server::End::Disconnected:
        if (!listener) return pending_signal() != 0 ? GdbEnd::Signal : GdbEnd::Killed;
        running = false;
        break;
      case gdb::Server::End::Killed:
        return GdbEnd::Killed;
      case gdb::Server::End::Exited:
        return GdbEnd::RunEnded;
    }
    if (running && session.ended()) return GdbEnd::RunEnded;
  }
  return GdbEnd::Signal;
}

RunResult run_with_gdb(const GdbOptions& options, const GdbRun& run, Machine& machine,
                       SerialInput& input, const std::function<bool()>& flush) {
  Attendant attendant(machine, input, flush);
  AttendedHost host(attendant);
  gdb::Interruptible interruptible(host);
  DebugSession session(machine, interruptible, run.modules);
  if (run.listener != nullptr) session.listen(*run.listener);
  gdb::SessionTarget target(session, interruptible, run.program, run.images,
                            [](const RunResult& end) { return static_cast<u8>(exit_status(end)); });
  const GdbEnd end = serve_gdb(options, options.stopped, session, interruptible, target);
  if (run.listener != nullptr) session.unlisten(*run.listener);
  attendant.flush();
  if (end == GdbEnd::RunEnded) return session.last_stop().end;
  RunResult result;
  result.reason = EndReason::Requested;
  result.text = end == GdbEnd::Killed ? "ended by gdb" : "stopped from outside";
  result.clocks = machine.clocks();
  result.instructions = machine.context().state.instructions;
  return result;
}

gdb::ImageReader image_reader(const GuestDisk& disk, const std::filesystem::path& base) {
  auto images = std::make_shared<std::map<std::string, Bytes>>();
  for (const char* pattern : {"*.EXE", "*.DLL"}) images->merge(disk.read_all(pattern));
  const auto symbols = std::filesystem::absolute(base).parent_path() / "symbols";
  return [images, symbols](const std::string& name) -> std::optional<Bytes> {
    const auto found = images->find(name);
    if (found == images->end()) return std::nullopt;
    std::error_code error;
    if (std::filesystem::is_regular_file(symbols / name, error)) {
      Bytes debugged = read_file(symbols / name);
      if (same_image(found->second, debugged)) {
        const auto as_elf = symbols / (name + ".elf");
        return std::filesystem::is_regular_file(as_elf, error) ? read_file(as_elf) : debugged;
      }
    }
    return found->second;
  };
}

}  // namespace faultline::app
