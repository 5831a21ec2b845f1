// The ten answers to a page fault: which address, why, which instruction, the entries, the TLB,
// what the processor touched, what the system meant, how it was resolved, who wrote the PTE, the
// cycles.
#pragma once

#include <utility>
#include <vector>

#include "debugger/explain/fault_recorder.hpp"
#include "debugger/explain/os_view.hpp"
#include "debugger/explain/translation.hpp"

namespace faultline {

/// What the processor read or wrote by itself, as one line.
struct Touch {
  std::string what;  // "IDT read"
  u32 linear = 0, physical = 0, bytes = 0, accesses = 0;
  std::string detail{};
};

struct ExplainReport {
  u32 address = 0;
  bool fault = false;  // of a fault that was recorded; else a dry run of a user's read
  FaultRecord record{};
  unsigned cpl = 3;
  std::string why;                                  // 2: which bit refused it
  std::string instruction, source;                  // 3
  std::optional<TableEntry> pde{}, pte{};           // 4: as the walk met them
  TlbPlace tlb{};                                   // 5: now,
  std::string lookup;                               //    and what the access met
  std::vector<Touch> touched;                       // 6
  OsView os{};                                      // 7: as the fault found it
  std::string resolution, invalidation;             // 8
  std::optional<EntryWrite> before{}, after{};      // 9: before the fault, and since
  std::vector<std::pair<std::string, u64>> cycles;  // 10
  std::vector<std::string> more;                    // commands
};

/// Of a recorded fault.
ExplainReport explain(DebugSession& session, const RecordedFault& fault);
/// Of an address nobody has faulted on: what a read or write would meet.
ExplainReport explain(DebugSession& session, u32 address, const FaultRecorder& recorder);

/// How it ended: "demand zero (00000111), the instruction began again"; empty while it did not.
std::string resolution_text(const RecordedFault& fault);
/// A line of `faults`.
std::string to_text(const RecordedFault& fault);

std::string to_text(const ExplainReport& report);
Json to_json(const ExplainReport& report);

}  // namespace faultline
