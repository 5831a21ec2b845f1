// faultline snap: what its subcommands do.
#pragma once

#include "app/disk_options.hpp"
#include "app/machine_options.hpp"

namespace faultline::app {

struct SnapOptions {
  MachineOptions machine;
  DiskOptions disks;
  u64 at = 0;                      // save: the clock
  std::string file;                // save and load
  std::vector<std::string> files;  // list, and the two of diff
  bool json = false;
};

/// Each returns the exit status.
int save_snapshot_of(const SnapOptions& options, bool model_given,
                     const std::vector<std::string>& program);
int go_on_from(SnapOptions options);

}  // namespace faultline::app
