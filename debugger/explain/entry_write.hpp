// A write of memory and who made it.
#pragma once

#include <optional>
#include <string>

#include "debugger/stop_report.hpp"
#include "mmu/micro_step.hpp"

namespace faultline {

struct EntryWrite {
  u32 physical = 0;  // of its first byte
  u32 linear = 0;    // by which software reached it; of the walker, the address it walked for
  unsigned bytes = 4;
  u32 value = 0, before = 0;
  bool walker = false;  // A or D, set by the processor itself
  u32 eip = 0;          // linear address of the instruction
  std::string symbol{};
  std::string process{};
  u64 clock = 0, instructions = 0;
};

/// The step as a write of memory; nothing for one that writes none.
std::optional<EntryWrite> write_of(const MicroStep& step);

std::string to_text(const EntryWrite& write);  // one line
Json to_json(const EntryWrite& write);

}  // namespace faultline
