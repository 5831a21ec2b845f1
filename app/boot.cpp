// faultline boot: starts the machine from its disk, in a window or on this terminal.
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/guest_disk.hpp"
#include "app/machine_options.hpp"
#include "app/outcome.hpp"
#include "app/session.hpp"
#include "app/terminal.hpp"
#include "app/window.hpp"

namespace faultline::app {
namespace {

struct BootOptions {
  MachineOptions machine;
  std::string disk, disk2, serial, screenshot;
  bool headless = false, overlay = false;
};

bool display_there() {
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return true;
  }
  return false;
}

std::unique_ptr<DiskImage> attach(const std::string& path, bool overlay) {
  return overlay ? open_disk_overlay(path) : open_disk(path);
}

/// Who is at the other end of COM1's cable.
std::unique_ptr<SerialInput> connect_stdin(bool terminal) {
  if (!terminal) return std::make_unique<PipedInput>(0);
  fmt::print(stderr, "faultline: Ctrl-A x ends the session\n");
  return std::make_unique<TerminalInput>(0, true);
}

RunResult show_window(Machine& machine, SerialInput& input) {
  try {
    return run_window(machine, input);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{} (--headless does without)", error.what()));
  }
}

int boot(const BootOptions& options) {
  MachineConfig config = options.machine.configuration();
  if (!options.screenshot.empty()) require_writable(options.screenshot);
  const std::string disk = options.disk.empty() ? default_disk().string() : options.disk;
  config.disks[0] = attach(disk, options.overlay);
  if (!options.disk2.empty()) config.disks[1] = attach(options.disk2, options.overlay);
  check_kernel(disk);

  const bool headless = options.headless || !display_there();
  const std::string serial = !options.serial.empty() ? options.serial : headless ? "stdio" : "none";
  const bool on_stdio = serial == "stdio";
  std::ofstream serial_file;
  SharedConsole console;
  config.console_out = [&console](u8 byte) { console.debug(byte); };
  if (on_stdio) {
    config.serial_out = [&console](u8 byte) { console.serial(byte); };
  } else if (serial != "none") {
    serial_file.open(serial, std::ios::binary);
    if (!serial_file) throw InputError(serial + ": cannot be written");
    config.serial_out = [&serial_file](u8 byte) { serial_file.put(static_cast<char>(byte)); };
  }
  const bool terminal = on_stdio && stdin_is_terminal();
  config.interactive = on_stdio || !headless;
  Machine machine(std::move(config));
  fill_memory(machine.memory(), options.machine.seed);

  std::unique_ptr<SerialInput> input = std::make_unique<NoInput>();
  if (on_stdio) input = connect_stdin(terminal);
  std::unique_ptr<RawTerminal> raw;
  if (terminal) raw = std::make_unique<RawTerminal>();
  const RunResult result =
      headless ? run_session(machine, *input, flush_stdout) : show_window(machine, *input);
  raw.reset();
  console.finish();
  if (!options.screenshot.empty()) write_png(machine.screenshot(), options.screenshot);
  return conclude(machine, result, options.machine);
}

}  // namespace

Command add_boot(CLI::App& app) {
  CLI::App* parser = app.add_subcommand("boot", "Start the machine from its disk");
  parser->allow_extras();
  auto options = std::make_shared<BootOptions>();
  parser->add_option("--disk", options->disk, "First disk (default: this build's system disk)")
      ->type_name("FILE");
  parser->add_option("--disk2", options->disk2, "Second disk")->type_name("FILE");
  parser->add_flag("--overlay", options->overlay, "Keep what the guest writes in memory only");
  parser->add_flag("--headless", options->headless, "No window; the default without a display");
  parser
      ->add_option("--serial", options->serial,
                   "COM1: stdio (default without a window), none (default with one), or an output "
                   "file")
      ->type_name("stdio|none|FILE");
  parser->add_option("--screenshot", options->screenshot, "Write the last screen as PNG")
      ->type_name("FILE");
  options->machine.add_to(*parser);
  return {parser, [options] { return boot(*options); }};
}

}  // namespace faultline::app
