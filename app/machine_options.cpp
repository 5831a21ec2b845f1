// From words on the command line to a machine's configuration.
#include "app/machine_options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <random>

#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/outcome.hpp"
#include "debugger/suggestion.hpp"

namespace faultline::app {
namespace {

/// The whole of `text` as a number.
template <class T = u32>
std::optional<T> parse_number(std::string_view text, int base) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

void MachineOptions::add_hardware_to(CLI::App& command) {
  // The parser by itself takes -1 for 2^64 - 1, and nothing for 0.
  const auto whole_number = [](const std::string& text) -> std::string {
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    if (parse_number<u64>(std::string_view(text).substr(hex ? 2 : 0), hex ? 16 : 10)) return {};
    return "'" + text + "' is not a whole number of 64 bits";
  };
  command.add_option("--cpu", cpu, "CPU model; `faultline models` lists them")->type_name("MODEL");
  command.add_option("-m,--mem", memory, "RAM, 1M to 256M (default 16M)")->type_name("SIZE");
  command.add_option("--timing", timing, "table: the manual's clocks; none: one an instruction")
      ->type_name("table|none");
  command
      .add_option("--clock-column", clock_column,
                  "Which clocks of a 386: the manual's, or counted from its microcode")
      ->type_name("manual|microcode");
  command.add_flag("--no-blocks", no_blocks,
                   "Decode every instruction anew: slower, the same to the clock");
  command.add_flag("--no-shadow", no_shadow,
                   "Every access asks the TLB itself: slower, the same to the clock");
  command.add_flag("--errata", errata, "Show the errata of a 386's stepping");
  command.add_option("--firmware", firmware, "ROM image, 64 to 256 KB (default: our own)")
      ->type_name("FILE")
      ->check(not_empty);
  command.add_option("--cycle-limit", cycle_limit, "End with status 83 after N CPU clocks")
      ->type_name("N")
      ->check(whole_number);
  command.add_option("--seed", seed, "RAM holds noise at power-on, determined by N (0: zeros)")
      ->type_name("N")
      ->check(whole_number);
}

void MachineOptions::add_to(CLI::App& command) {
  add_hardware_to(command);
  command
      .add_option("--port-log", port_logs, "Write every byte sent to I/O port PORT (hex) to FILE")
      ->type_name("PORT=FILE");
  command.add_option("--result", result_file, "Write the outcome as JSON")
      ->type_name("FILE")
      ->check(not_empty);
  command
      .add_option("--expect", expectation,
                  "Status 0 if the run ends like this, else 84: exit=N, bugcheck, bugcheck=CODE, "
                  "triple-fault, halt, cycle-limit")
      ->type_name("END")
      ->check(not_empty);
}

MachineConfig MachineOptions::configuration() const {
  MachineConfig config;
  config.model = &parse_model(cpu);
  config.memory_mb = parse_memory(memory);
  if (config.memory_mb > config.model->address_limit_mb()) {
    throw UsageError(fmt::format("--mem {}: the {} reaches {} MB", memory, config.model->name,
                                 config.model->address_limit_mb()));
  }
  config.timing = parse_timing(timing);
  config.clock_column = parse_clock_column(clock_column, *config.model);
  config.blocks = !no_blocks;
  config.shadow = !no_shadow;
  if (errata) require_errata(*config.model);
  config.errata = errata;
  for (const std::string& log : port_logs) {
    config.port_logs.push_back(parse_port_log(log));
    require_writable(config.port_logs.back().path);
  }
  if (!result_file.empty()) require_writable(result_file);
  if (!expectation.empty()) Expectation::parse(expectation);
  config.cycle_limit = cycle_limit;
  config.firmware =
      read_firmware(firmware.empty() ? default_firmware() : std::filesystem::path(firmware));
  return config;
}

std::string not_empty(const std::string& value) { return value.empty() ? "must not be empty" : ""; }

unsigned parse_memory(const std::string& text) {
  std::string_view digits = text;
  for (const char* unit : {"MB", "Mb", "mb", "M", "m"}) {
    if (!digits.ends_with(unit)) continue;
    digits.remove_suffix(std::string_view(unit).size());
    break;
  }
  const auto megabytes = parse_number(digits, 10);
  if (!megabytes) throw UsageError(fmt::format("--mem {}: RAM is given in MB, like 16M", text));
  if (*megabytes < 1 || *megabytes > 256) {
    throw UsageError(fmt::format("--mem {}: RAM is 1 to 256 MB", text));
  }
  return *megabytes;
}

PortLogFile parse_port_log(const std::string& text) {
  const auto equals = text.find('=');
  std::string_view port = std::string_view(text).substr(0, equals);
  if (port.starts_with("0x") || port.starts_with("0X")) port.remove_prefix(2);
  const auto number = parse_number(port, 16);
  if (!number || *number > 0xFFFF || equals == std::string::npos || equals + 1 == text.size()) {
    throw UsageError(
        fmt::format("--port-log {}: give a port in hex and a file, like E9=FILE", text));
  }
  return {static_cast<u16>(*number), text.substr(equals + 1)};
}

const Model& parse_model(const std::string& name) {
  if (const Model* model = find_model(name)) return *model;
  std::vector<std::string> names;
  for (const Model& model : models()) names.emplace_back(model.name);
  throw UsageError(fmt::format("--cpu {}: no such model{}; there are: {}", name,
                               suggestion(name, names), fmt::join(names, ", ")));
}

Timing parse_timing(const std::string& name) {
  if (name == "table") return Timing::Table;
  if (name == "none") return Timing::None;
  throw UsageError(fmt::format("--timing {}: it must be table or none", name));
}

ClockColumn parse_clock_column(const std::string& name, const Model& model) {
  if (name == "manual") return model.column;
  if (name != "microcode")
    throw UsageError(fmt::format("--clock-column {}: it must be manual or microcode", name));
  if (model.column != ClockColumn::I386)
    throw UsageError(
        fmt::format("--clock-column microcode: only a 386's is published, and the {} "
                    "is none",
                    model.name));
  return ClockColumn::I386Microcode;
}

void require_errata(const Model& model) {
  if (model.errata != 0) return;
  std::vector<std::string_view> names;
  for (const Model& each : models())
    if (each.errata != 0) names.push_back(each.name);
  throw UsageError(
      fmt::format("--errata: the {} has none; these have: {}", model.name, fmt::join(names, ", ")));
}

std::vector<u8> read_firmware(const std::filesystem::path& path) {
  std::vector<u8> rom = read_file(path);
  constexpr std::size_t unit = 64 << 10;
  if (rom.empty() || rom.size() % unit != 0 || rom.size() > 4 * unit) {
    throw InputError(fmt::format("{}: a ROM is 64, 128, 192 or 256 KB; this has {} bytes",
                                 path.string(), rom.size()));
  }
  return rom;
}

void fill_memory(PhysicalMemory& memory, u64 seed) {
  if (seed == 0) return;
  std::mt19937_64 noise(seed);
  std::vector<u8> page(PhysicalMemory::granule_size);
  for (u32 at = 0; at < memory.ram_size(); at += PhysicalMemory::granule_size) {
    for (std::size_t i = 0; i < page.size(); i += 8) {
      const u64 value = noise();
      for (std::size_t b = 0; b < 8; ++b) page[i + b] = static_cast<u8>(value >> (8 * b));
    }
    memory.write_bytes({at}, page);
  }
}

}  // namespace faultline::app
