// The figures of a run: how many page faults of each kind and what they cost, from the fault log;
// what the memory manager counts itself, from its own variables.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "debugger/fault_record.hpp"
#include "debugger/guest_memory.hpp"
#include "debugger/symbols.hpp"

namespace faultline {

class FaultSummary {
 public:
  void add(const FaultRecord& record);
  /// The kernel's counters at this moment.
  void read_counters(const GuestMemory& memory, const Module& kernel);

  std::string to_text() const;  // a table for a person
  std::string to_json() const;  // one object (docs/debugger.md, "The figures of a run")

 private:
  struct Cost {
    u64 count = 0, least = 0, median = 0, mean = 0, most = 0;
  };
  Cost cost_of(std::vector<u64> cycles) const;

  struct Kind {
    u64 count = 0;
    std::vector<u64> cycles;  // of those that have a cost
  };
  struct Counter {
    std::string name;
    u32 value = 0;
  };
  struct Clusters {
    std::string name;
    std::vector<u32> transfers;  // by pages, from one
  };
  std::map<std::string, Kind> kinds_;
  std::vector<Counter> counters_;
  std::vector<Clusters> clusters_;
};

}  // namespace faultline
