// \BOOT.INI
#pragma once

#include "arch/integers.hpp"

namespace loader {

/// Copies what follows "options=" in \BOOT.INI, NUL-terminated; empty when there is no such line
/// or no such file.
void read_boot_options(char* options, arch::u32 capacity);

}  // namespace loader
