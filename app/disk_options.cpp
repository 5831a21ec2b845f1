// --disk and --inject.
#include "app/disk_options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/machine_options.hpp"

namespace faultline::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_disks = std::tuple_size_v<decltype(MachineConfig::disks)>;

/// A number at the start of `text`, which loses it.
std::optional<u32> take_number(std::string_view& text) {
  u32 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// Two drives that write to one file would undo each other's work.
void require_different_files(const std::vector<std::string>& images) {
  for (std::size_t i = 0; i < images.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      std::error_code absent;
      if (!fs::equivalent(images[j], images[i], absent)) continue;
      throw UsageError(fmt::format("--disk {}: is the file of disk {} already", images[i], j));
    }
  }
}

/// [DISK:]LBA[+SECTORS][xTIMES]
bool parse_place(std::string_view text, Injection& injection) {
  std::optional<u32> number = take_number(text);
  if (number && take(text, ':')) {
    injection.disk = *number;
    number = take_number(text);
  }
  if (!number) return false;
  injection.fault.first = *number;
  if (take(text, '+')) {
    number = take_number(text);
    if (!number || *number == 0) return false;
    injection.fault.sectors = *number;
  }
  if (take(text, 'x')) {
    number = take_number(text);
    if (!number || *number == 0) return false;
    injection.fault.times = *number;
  }
  return text.empty();
}

}  // namespace

Injection parse_injection(const std::string& text) {
  struct Kind {
    std::string_view name;
    DiskFault::Direction direction;
  };
  constexpr Kind kinds[] = {{"disk-read-error@", DiskFault::Direction::Read},
                            {"disk-write-error@", DiskFault::Direction::Write}};
  for (const Kind& kind : kinds) {
    if (!text.starts_with(kind.name)) continue;
    Injection injection;
    injection.fault.direction = kind.direction;
    if (parse_place(std::string_view(text).substr(kind.name.size()), injection)) return injection;
  }
  throw UsageError(
      fmt::format("--inject {}: it must be disk-read-error@[DISK:]LBA[+SECTORS][xTIMES] or "
                  "disk-write-error@...",
                  text));
}

void DiskOptions::add_to(CLI::App& command, const std::string& help) {
  command.add_option("--disk", images, help)
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->check(not_empty);
  command
      .add_option("--inject", injections,
                  "Sectors that fail: disk-read-error@[DISK:]LBA[+SECTORS][xTIMES], "
                  "disk-write-error@...; disks count from 0. May be repeated")
      ->type_name("ERROR@PLACE")
      ->allow_extra_args(false)
      ->check(not_empty);
}

fs::path DiskOptions::system_disk() const {
  if (images.size() > most_disks) {
    throw UsageError(fmt::format("--disk {}: the machine has room for {} disks", images[most_disks],
                                 most_disks));
  }
  require_different_files(images);
  const fs::path system = images.empty() ? default_disk() : fs::path(images.front());
  open_disk_overlay(system.string());  // complains about a missing or truncated image in its words
  return system;
}

void DiskOptions::attach(MachineConfig& config, std::unique_ptr<DiskImage> system,
                         bool overlay) const {
  config.disks[0] = std::move(system);
  for (std::size_t i = 1; i < images.size(); ++i) {
    config.disks[i] = overlay ? open_disk_overlay(images[i]) : open_disk(images[i]);
  }
  std::array<std::vector<DiskFault>, most_disks> faults;
  for (const std::string& text : injections) {
    const Injection injection = parse_injection(text);
    if (injection.disk >= most_disks || !config.disks[injection.disk]) {
      throw UsageError(fmt::format("--inject {}: there is no disk {}", text, injection.disk));
    }
    const u32 sectors = config.disks[injection.disk]->sectors();
    if (injection.fault.first >= sectors ||
        injection.fault.sectors > sectors - injection.fault.first) {
      throw UsageError(
          fmt::format("--inject {}: disk {} has {} sectors", text, injection.disk, sectors));
    }
    faults[injection.disk].push_back(injection.fault);
  }
  for (std::size_t i = 0; i < most_disks; ++i) {
    if (faults[i].empty()) continue;
    config.disks[i] =
        std::make_unique<FaultyDisk>(std::move(config.disks[i]), std::move(faults[i]));
  }
}

}  // namespace faultline::app
