// The memory map the kernel gets.
#pragma once

#include "arch/loader_parameter_block.hpp"

namespace loader {

using namespace arch;

/// RAM as the BIOS tells it, by INT 15h E820h or else AH=88h.
struct RamRanges {
  struct Range {
    u32 base, size;
  };
  static constexpr u32 capacity = 8;
  Range range[capacity];
  u32 count;
};
void query_memory(RamRanges& ram);
/// End of the RAM that starts at 1 MB.
u32 extended_memory_end(const RamRanges& ram);

/// Splits the RAM by use: BIOS data, what the loader occupies, the kernel's image, free.
void describe_memory(const RamRanges& ram, LoaderParameterBlock& block);

}  // namespace loader
