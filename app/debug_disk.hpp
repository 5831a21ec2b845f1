// The system disk of a session: a program put on a copy of it, and what its images tell.
#pragma once

#include <filesystem>

#include "debugger/gdb/images.hpp"
#include "machine/machine.hpp"

namespace faultline::app {

struct DebugDisk {
  /// Its snapshots belong to the image it was made of.
  std::unique_ptr<DiskImage> disk;
  std::string program;          // its name on the disk; empty: the shell
  std::string command_line;     // the program's
  std::vector<Module> modules;  // none on a disk of another system
  gdb::ImageReader images;      // if asked for
};

/// `base` stays as it is. `words` are a program and its arguments, or none. The model for the
/// program goes into `config` unless one was given. Throws InputError and DiskError.
DebugDisk make_debug_disk(MachineConfig& config, const std::filesystem::path& base,
                          bool model_given, const std::vector<std::string>& words,
                          bool with_images);

}  // namespace faultline::app
