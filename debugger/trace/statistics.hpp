// Sums over a run: clocks by cause, faults by kind, system calls, and the TLB set by set.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "debugger/trace/slice.hpp"
#include "mmu/micro_step.hpp"

namespace faultline {

class RunStatistics final : public SliceSink {
 public:
  void slice(const Slice& slice) override;
  /// A look-up of the TLB; other steps are ignored.
  void micro(const MicroStep& step);

  struct Sum {
    u64 count = 0, clocks = 0, longest = 0;
  };
  struct Set {
    u64 lookups = 0, hits = 0;
  };
  struct Buffer {
    std::string name;  // "TLB", "data TLB", "instruction TLB"
    std::vector<Set> sets;
  };
  struct Report {
    u64 clocks = 0, halted = 0, instructions = 0;
    std::vector<std::pair<std::string, Sum>> causes;        // the most costly first
    std::vector<std::pair<std::string, Sum>> faults;        // by kind
    std::vector<std::pair<std::string, Sum>> system_calls;  // by name
    Sum walks;
    std::vector<Buffer> buffers;
  };
  /// Clocks and instructions are the whole run's; `halted` of them passed in HLT.
  Report report(u64 clocks, u64 halted, u64 instructions) const;

 private:
  std::map<std::string, Sum> causes_, faults_, system_calls_;
  Sum walks_;
  std::vector<Set> sets_[2];  // of the data or only TLB, and of a split one's other part
};

std::string to_text(const RunStatistics::Report& report);
std::string to_json(const RunStatistics::Report& report);

}  // namespace faultline
