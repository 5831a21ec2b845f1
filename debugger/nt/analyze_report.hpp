// !analyze -v: why the system stopped, or what it is doing.
#pragma once

#include "debugger/nt/json_hex.hpp"
#include "debugger/nt/process_report.hpp"
#include "debugger/nt/trap_frame.hpp"

namespace faultline::nt {

struct AnalyzeReport {
  u32 bugcheck = 0;  // 0: none
  u32 parameters[4] = {};
  std::vector<std::string> explained;  // what each parameter is; as many as have a meaning
  std::optional<TrapFrame> frame;
  std::string symbol;  // of the frame's EIP
  std::optional<ThreadReport> thread;
  std::optional<ProcessView> process;
  u32 irql = 0;
  std::vector<std::string> stack;  // a line a frame
};

/// Without what needs symbols: `symbol` and `stack` are the caller's to fill in.
AnalyzeReport analyze(const NtSystem& system);

std::string to_text(const AnalyzeReport& report);
Json to_json(const AnalyzeReport& report);

}  // namespace faultline::nt
