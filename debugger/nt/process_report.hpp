// !process and !thread.
#pragma once

#include "debugger/nt/json_hex.hpp"
#include "debugger/nt/nt_system.hpp"

namespace faultline::nt {

struct ThreadReport {
  u32 address = 0, process_id = 0, id = 0;
  u32 process = 0;  // its own; an address
  std::string image;
  u32 teb = 0, state = 0, wait_reason = 0;
  bool waits_in_user_mode = false;
  u32 priority = 0, base_priority = 0, suspend_count = 0;
  u32 context_switches = 0, kernel_time = 0, user_time = 0;  // ticks
  u32 start_address = 0, win32_start_address = 0;
  u32 initial_stack = 0, stack_limit = 0, kernel_stack = 0;
  bool running = false;
  struct WaitObject {
    u32 address = 0, type = 0;
  };
  std::vector<WaitObject> waits_for;
};

struct ProcessReport {
  ProcessView process;
  u32 parent_id = 0, peb = 0, directory_base = 0, object_table = 0, handles = 0;
  u32 exit_status = 0, base_priority = 0, kernel_time = 0, user_time = 0, section_base = 0;
  u32 vad_root = 0, vads = 0;
  u32 virtual_size = 0, peak_virtual_size = 0;                                      // bytes
  u32 working_set = 0, minimum = 0, maximum = 0, peak = 0, locked = 0, faults = 0;  // pages
  u32 commit_charge = 0, peak_commit_charge = 0;                                    // pages
  std::vector<ThreadReport> threads;
};

ThreadReport report_thread(const NtSystem& system, u32 address);
/// Throws NtError where no thread has that address or id.
ThreadReport find_thread(const NtSystem& system, u32 address_or_id);
ProcessReport report_process(const NtSystem& system, const ProcessView& process);

/// The three lines of `!process 0 0`; with `detail` everything.
std::string to_text(const ProcessReport& report, bool detail);
std::string to_text(const ThreadReport& report);
Json to_json(const ProcessReport& report);
Json to_json(const ThreadReport& report);

}  // namespace faultline::nt
