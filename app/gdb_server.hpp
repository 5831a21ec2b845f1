// A session under gdb, from the first connection to the end.
#pragma once

#include <filesystem>

#include "app/gdb_options.hpp"
#include "app/guest_disk.hpp"
#include "app/serial_input.hpp"
#include "debugger/gdb/session_target.hpp"

namespace faultline::app {

/// Why it is over.
enum class GdbEnd {
  RunEnded,  // session.last_stop() says how
  Killed,    // gdb ended it, or its line on standard input has closed
  Signal,
};

/// Serves one gdb after the other. Between them the guest runs if the last has detached, and stands
/// still if its line broke; `stopped`: it stands still before the first.
GdbEnd serve_gdb(const GdbOptions& options, bool stopped, DebugSession& session,
                 gdb::Interruptible& host, gdb::SessionTarget& target);

/// Whom `run` and `boot` let gdb come to.
struct GdbRun {
  std::vector<Module> modules;  // of the disk; may be empty
  std::string program;          // that runs instead of the shell, or empty
  gdb::ImageReader images;
  Observation* listener = nullptr;  // watches besides; may be null
};
/// Runs the machine to its end as run_session does, with gdb.
RunResult run_with_gdb(const GdbOptions& options, const GdbRun& run, Machine& machine,
                       SerialInput& input, const std::function<bool()>& flush);

/// Reads the images that are on `disk` now. Those that have debugging information beside the
/// disk image `base` (in symbols/) come with it.
gdb::ImageReader image_reader(const GuestDisk& disk, const std::filesystem::path& base);

}  // namespace faultline::app
