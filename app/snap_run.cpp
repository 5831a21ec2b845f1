// faultline snap save and load: a run of one program in two parts.
#include <fmt/format.h>

#include <cstdio>

#include "app/console.hpp"
#include "app/debug_disk.hpp"
#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/guest_disk.hpp"
#include "app/outcome.hpp"
#include "app/output.hpp"
#include "app/session.hpp"
#include "app/snap.hpp"
#include "app/terminal.hpp"
#include "debugger/snapshot_list.hpp"
#include "machine/disk_contents.hpp"

namespace faultline::app {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<SerialInput> connect_stdin() {
  if (stdin_is_terminal()) return std::make_unique<TerminalInput>(0, false);
  return std::make_unique<PipedInput>(0, PipedInput::ends_typed);
}

/// The first part's input: over once the snapshot is taken.
class InputUntil final : public SerialInput {
 public:
  explicit InputUntil(const bool& over) : over_(over), input_(connect_stdin()) {}
  std::string poll(int wait_ms) override { return input_->poll(wait_ms); }
  std::string when_idle() override { return input_->when_idle(); }
  bool ended() const override { return input_->ended(); }
  bool live() const override { return input_->live(); }
  bool quit() const override { return over_ || input_->quit(); }

 private:
  const bool& over_;
  std::unique_ptr<SerialInput> input_;
};

/// Of the image files themselves, whatever has been written on top of them.
SnapshotOrigin origin_of(const SnapOptions& options, const fs::path& system) {
  SnapshotOrigin origin{.seed = options.machine.seed};
  origin.bases[0] = hash_of_image(system.string());
  for (std::size_t i = 1; i < options.disks.images.size(); ++i)
    origin.bases[i] = hash_of_image(options.disks.images[i]);
  return origin;
}

}  // namespace

int save_snapshot_of(const SnapOptions& options, bool model_given,
                     const std::vector<std::string>& program) {
  if (program.empty()) {
    throw UsageError("snap save needs a program; `faultline snap save --help` shows how");
  }
  const std::string& path = options.file;
  MachineConfig config = options.machine.configuration();
  const fs::path base = options.disks.system_disk();
  require_writable(path);
  DebugDisk system = make_debug_disk(config, base, model_given, program, false);
  options.disks.attach(config, std::move(system.disk), true);

  bool taken = false;
  OutputTail system_console;
  config.serial_out = [&](u8 byte) { system_console.add(byte); };
  config.console_out = [&](u8 byte) {
    if (!taken) put_stdout(byte);
  };
  config.interactive = true;
  Machine machine(std::move(config));
  fill_memory(machine.memory(), options.machine.seed);

  InputUntil input(taken);
  Snapshot snapshot;
  const RunResult result = run_session(machine, input, flush_stdout, [&](u64 until) {
    if (until < options.at || taken) return;
    const u64 now = machine.clocks();
    if (machine.run_for(options.at - std::min(options.at, now)).ended()) return;
    snapshot = take_snapshot(machine);
    taken = true;
  });
  if (!taken) {
    if (result.reason == EndReason::Requested) return interrupted;
    throw UsageError(fmt::format("--at {}: the run was over at clock {}: {}", options.at,
                                 result.clocks, result.text));
  }
  SnapshotOrigin origin = origin_of(options, base);
  origin.program = system.command_line;
  const SnapshotHeader header = header_of(machine, origin, snapshot);
  SnapshotEntry entry{.file = path, .header = header};
  entry.file_bytes = write_snapshot(path, header, snapshot);
  std::fflush(stdout);
  fmt::print(stderr, "{}\n", saved_text(entry));
  return success;
}

int go_on_from(SnapOptions options) {
  const SnapshotFile file = read_snapshot(options.file);
  const SnapshotHeader& header = file.header;
  if (find_model(header.model) == nullptr) {
    throw SnapshotError(fmt::format("{}: CPU model {}: there is none", file.name, header.model));
  }
  // The machine is the file's; the result file tells of it in the words of the options.
  options.machine.cpu = header.model;
  options.machine.memory = fmt::format("{}M", header.memory_mb);
  options.machine.timing = header.timing == Timing::Table ? "table" : "none";
  options.machine.clock_column =
      header.column == ClockColumn::I386Microcode ? "microcode" : "manual";
  options.machine.errata = header.errata;
  options.machine.seed = header.seed;
  MachineConfig config = options.machine.configuration();
  const fs::path system = options.disks.system_disk();
  options.disks.attach(config, open_disk_overlay(system.string()), true);
  for (auto& disk : config.disks)  // as far as errors were injected, the snapshot says so
    if (disk) disk = std::make_unique<FaultyDisk>(std::move(disk), std::vector<DiskFault>());
  OutputTail system_console;
  config.serial_out = [&](u8 byte) { system_console.add(byte); };
  config.console_out = [](u8 byte) { put_stdout(byte); };
  config.interactive = true;
  Machine machine(std::move(config));
  load_snapshot(machine, origin_of(options, system), file);
  const auto input = connect_stdin();
  const RunResult result = run_session(machine, *input, flush_stdout);
  return conclude(machine, result, options.machine, system_console.text());
}

}  // namespace faultline::app
