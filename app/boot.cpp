// faultline boot: starts the machine from its disk, in a window or on this terminal.
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <optional>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/disk_options.hpp"
#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/gdb_server.hpp"
#include "app/guest_disk.hpp"
#include "app/machine_options.hpp"
#include "app/outcome.hpp"
#include "app/output.hpp"
#include "app/program_disk.hpp"
#include "app/session.hpp"
#include "app/terminal.hpp"
#include "app/window.hpp"

namespace faultline::app {
namespace {

struct BootOptions {
  MachineOptions machine;
  DiskOptions disks;
  GdbOptions gdb;
  std::string serial, screenshot;
  bool headless = false, overlay = false;
};

bool display_there() {
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return true;
  }
  return false;
}

/// Who is at the other end of COM1's cable.
std::unique_ptr<SerialInput> connect_stdin(bool terminal) {
  if (!terminal) return std::make_unique<PipedInput>(0);
  fmt::print(stderr, "faultline: Ctrl-A x ends the session\n");
  return std::make_unique<TerminalInput>(0, true);
}

RunResult show_window(Machine& machine, SerialInput& input, const std::function<bool()>& flush) {
  try {
    return run_window(machine, input, flush);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{} (--headless does without)", error.what()));
  }
}

void save_screenshot(const Machine& machine, const std::string& path) {
  try {
    write_png(machine.screenshot(), path);
  } catch (const std::runtime_error& error) {
    throw OutputError(error.what());
  }
}

/// The images on a system disk of ours; a disk of another system has none.
GdbRun look_at(const std::string& disk) {
  GdbRun run;
  run.images = [](const std::string&) { return std::nullopt; };
  try {
    const GuestDisk volume(disk);
    run.modules = load_modules(volume, true);
    run.images = image_reader(volume, disk);
  } catch (const InputError&) {
    run.modules.clear();
  }
  return run;
}

int boot(const BootOptions& options) {
  MachineConfig config = options.machine.configuration();
  if (!options.screenshot.empty()) require_writable(options.screenshot);
  const std::string disk = options.disks.system_disk().string();
  options.disks.attach(config, options.overlay ? open_disk_overlay(disk) : open_disk(disk),
                       options.overlay);
  check_kernel(disk);

  const bool with_gdb = options.gdb.wanted(), line_taken = options.gdb.on_stdio();
  if (line_taken && options.serial == "stdio") {
    throw UsageError("--gdb stdio and --serial stdio: one of them");
  }
  const bool headless = options.headless || with_gdb || !display_there();
  const bool talks = headless && !line_taken;
  const std::string serial = !options.serial.empty() ? options.serial : talks ? "stdio" : "none";
  const bool on_stdio = serial == "stdio";
  std::optional<Output> serial_file;
  SharedConsole console;
  config.console_out = [&console, line_taken](u8 byte) {
    if (line_taken) {
      std::fputc(byte, stderr);
    } else {
      console.debug(byte);
    }
  };
  if (on_stdio) {
    config.serial_out = [&console](u8 byte) { console.serial(byte); };
  } else if (serial != "none") {
    serial_file.emplace(serial);
    config.serial_out = [&serial_file](u8 byte) { serial_file->put(byte); };
  }
  const bool terminal = on_stdio && stdin_is_terminal();
  config.interactive = on_stdio || !headless;
  Machine machine(std::move(config));
  fill_memory(machine.memory(), options.machine.seed);

  std::unique_ptr<SerialInput> input = std::make_unique<NoInput>();
  if (on_stdio) input = connect_stdin(terminal);
  std::unique_ptr<RawTerminal> raw;
  if (terminal) raw = std::make_unique<RawTerminal>();
  const auto flush = [&serial_file] {
    return (!serial_file || serial_file->flush()) & flush_stdout();
  };
  const RunResult result = with_gdb
                               ? run_with_gdb(options.gdb, look_at(disk), machine, *input, flush)
                           : headless ? run_session(machine, *input, flush)
                                      : show_window(machine, *input, flush);
  raw.reset();
  console.finish();
  if (!options.screenshot.empty()) save_screenshot(machine, options.screenshot);
  const int status = conclude(machine, result, options.machine);
  if (serial_file) serial_file->finish();
  return status;
}

}  // namespace

Command add_boot(CLI::App& app) {
  CLI::App* parser = app.add_subcommand("boot", "Start the machine from its disk");
  parser->allow_extras();
  auto options = std::make_shared<BootOptions>();
  options->disks.add_to(*parser,
                        "Disk image, for up to four disks in the order given; the machine starts "
                        "from the first (default: this build's system disk)");
  parser->add_flag("--overlay", options->overlay, "Keep what the guest writes in memory only");
  parser->add_flag("--headless", options->headless, "No window; the default without a display");
  parser
      ->add_option("--serial", options->serial,
                   "COM1: stdio (default without a window), none (default with one), or an output "
                   "file")
      ->type_name("stdio|none|FILE")
      ->check(not_empty);
  parser->add_option("--screenshot", options->screenshot, "Write the last screen as PNG")
      ->type_name("FILE")
      ->check(not_empty);
  options->gdb.add_to(*parser);
  options->machine.add_to(*parser);
  return {parser, [options] { return boot(*options); }};
}

}  // namespace faultline::app
