// One page fault from access to resolution, and how it is written down.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mmu/page_fault.hpp"

namespace faultline {

struct FaultRecord {
  u64 cycle = 0;  // when the fault was found
  std::string process;
  u32 process_id = 0;
  u32 thread_id = 0;
  u32 eip = 0;
  std::string symbol;  // of eip; empty when no module holds it
  u32 address = 0;     // CR2
  u32 error_code = 0;  // arch::page_fault bits
  AccessKind access = AccessKind::Read;
  /// What MmAccessFault returned; nothing when the fault never reached it, or it never returned.
  std::optional<u32> status;
  /// From the fault to the instruction's restart, or, where the handler refused, to its return.
  std::optional<u64> cycles;

  bool user() const { return (error_code & page_fault::U) != 0; }
  bool present() const { return (error_code & page_fault::P) != 0; }
};

/// "demand zero", "access violation", ...: NT's word for what the fault handler returned.
std::string_view resolution_name(u32 status);

/// One line for a person, without a newline (docs/debugger.md, "The fault log").
std::string to_text(const FaultRecord& record);
/// One line of JSON, without a newline (docs/debugger.md, "The fault log as JSON").
std::string to_json(const FaultRecord& record);

}  // namespace faultline
