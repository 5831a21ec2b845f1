// KERNEL.EXE from the file to its place in memory.
#pragma once

#include "arch/integers.hpp"

namespace loader {

using namespace arch;

struct KernelImage {
  u32 physical_base, size, entry;  // entry: offset in the kernel's segment
};

/// Maps the sections where the image's base says; ends the boot with a message when it cannot.
/// `memory_end` is where RAM above 1 MB ends.
KernelImage load_kernel(u32 memory_end);

}  // namespace loader
