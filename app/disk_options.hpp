// The disks on the command line: up to four images, and what goes wrong on them.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "machine/faulty_disk.hpp"
#include "machine/machine.hpp"

namespace faultline::app {

struct DiskOptions {
  std::vector<std::string> images;  // the first one is the system's; empty: this build's
  std::vector<std::string> injections;

  /// `help` says what becomes of the images.
  void add_to(CLI::App& command, const std::string& help);
  /// The first disk. Throws UsageError for too many disks and for one file given twice, and
  /// InputError or DiskError for an image that is missing or broken.
  std::filesystem::path system_disk() const;
  /// The machine gets `system` and the other disks, which keep what is written to them in memory
  /// if they are overlays. Throws UsageError when an injection does not fit them.
  void attach(MachineConfig& config, std::unique_ptr<DiskImage> system, bool overlay) const;
};

struct Injection {
  unsigned disk = 0;
  DiskFault fault;
};
/// "disk-read-error@LBA", "disk-write-error@DISK:LBA+SECTORSxTIMES". Throws UsageError.
Injection parse_injection(const std::string& text);

}  // namespace faultline::app
