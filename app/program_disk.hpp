// A system disk that will run one program: files on it, and what the debugger reads from it.
#pragma once

#include <string>
#include <vector>

#include "app/guest_disk.hpp"
#include "debugger/symbols.hpp"

namespace faultline::app {

/// The program's name on the disk; a host file is copied there first. Throws InputError.
std::string place_program(GuestDisk& disk, const std::string& program);

/// Tells the kernel what to run instead of the shell. [docs/kernel.md, "Boot options"]
void write_boot_options(GuestDisk& disk, const std::string& command_line);

/// The kernel first, then, if their symbols are wanted, every other image on the disk.
std::vector<Module> load_modules(const GuestDisk& disk, bool all);

}  // namespace faultline::app
