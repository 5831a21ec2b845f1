// The options that boot and run share: which machine, how long, what to leave behind.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "machine/machine.hpp"

namespace faultline::app {

struct MachineOptions {
  std::string cpu{default_model().name};
  std::string memory = "16M";
  std::string timing = "table", clock_column = "manual";
  bool errata = false;
  std::string firmware;  // empty: this build's own
  std::vector<std::string> port_logs;
  bool no_blocks = false, no_shadow = false;
  u64 cycle_limit = 0;
  u64 seed = 0;
  std::string result_file;
  std::string expectation;

  void add_to(CLI::App& command);
  /// Without those about files to write and about how the run should end.
  void add_hardware_to(CLI::App& command);
  /// Checks every option; throws UsageError or InputError. Disks and outputs are the caller's.
  MachineConfig configuration() const;
};

/// For an option's check: what is wrong with an empty value.
std::string not_empty(const std::string& value);
/// "16M", "16MB", "16": megabytes. Throws UsageError.
unsigned parse_memory(const std::string& text);
/// "E9=console.log", "0x80=post.bin": the port is hexadecimal. Throws UsageError.
PortLogFile parse_port_log(const std::string& text);
/// Throws UsageError, with a suggestion.
const Model& parse_model(const std::string& name);
Timing parse_timing(const std::string& name);
/// The column that the model's clocks come from: the manual's or, of a 386, its microcode's.
ClockColumn parse_clock_column(const std::string& name, const Model& model);
/// Throws UsageError when the model has none to show.
void require_errata(const Model& model);
/// Throws InputError unless 64 to 256 KB in whole 64 KB.
std::vector<u8> read_firmware(const std::filesystem::path& path);

/// What RAM holds at power-on: zeros for seed 0, otherwise noise that the seed determines.
void fill_memory(PhysicalMemory& memory, u64 seed);

}  // namespace faultline::app
