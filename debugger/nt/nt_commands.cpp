// The commands that read the kernel's own structures.
#include <fmt/format.h>

#include "debugger/call_stack.hpp"
#include "debugger/command.hpp"
#include "debugger/nt/address_report.hpp"
#include "debugger/nt/analyze_report.hpp"
#include "debugger/nt/memory_report.hpp"
#include "debugger/nt/pfn_report.hpp"
#include "debugger/nt/process_report.hpp"
#include "debugger/nt/pte_report.hpp"

namespace faultline {
namespace {

using namespace nt;

u32 data_block_of(DebugSession& session) {
  const Module* kernel = session.symbols().kernel();
  const auto block = kernel == nullptr ? std::nullopt : kernel->address_of("KdDebuggerDataBlock");
  if (!block) throw CommandError("the system disk's kernel has no KdDebuggerDataBlock");
  return *block;
}

/// A report of the system, as data and as text; what it can't find is the command's error.
CommandResult answer(DebugSession& session, auto&& report) {
  try {
    const NtSystem system(session.memory(), data_block_of(session), session.context());
    CommandResult result = report(system);
    result.text.erase(result.text.find_last_not_of('\n') + 1);
    return result;
  } catch (const NtError& error) {
    throw CommandError(error.what());
  }
}

/// The process named by the next word, by address or id; the one that runs without one.
ProcessView chosen_process(const NtSystem& system, Arguments& arguments) {
  if (arguments.empty()) {
    if (const auto process = system.current_process()) return *process;
    throw CommandError("no process runs yet");
  }
  const u32 wanted = arguments.value("a process");
  if (const auto process = system.find_process(wanted)) return *process;
  throw CommandError("no process has that address or id; `!process 0 0` lists them");
}

CommandResult pte(DebugSession& session, Arguments& arguments) {
  const u32 address = arguments.value("an address");
  return answer(session, [&](const NtSystem& system) -> CommandResult {
    std::optional<ProcessView> process;
    if (!arguments.empty()) process = chosen_process(system, arguments);
    arguments.finish();
    const PteReport report = report_pte(system, address, process);
    return {to_json(report, system.mm()), to_text(report)};
  });
}

CommandResult vad(DebugSession& session, Arguments& arguments) {
  const u32 address = arguments.value_or(0);
  return answer(session, [&](const NtSystem& system) -> CommandResult {
    const ProcessView process = chosen_process(system, arguments);
    arguments.finish();
    VadReport report = report_vads(system, process);
    if (address == 0) return {to_json(report), to_text(report)};
    const auto found = find_vad(system, process, address);
    if (!found) throw CommandError("no region of " + process.name + " lies there: it is free");
    report.vads = {*found};
    return {to_json(report), to_text(report)};
  });
}

CommandResult pfn(DebugSession& session, Arguments& arguments) {
  const u32 number = arguments.value("a frame's number");
  arguments.finish();
  return answer(session, [&](const NtSystem& system) -> CommandResult {
    const PfnReport report = report_pfn(system, number);
    return {to_json(report, system.mm()), to_text(report)};
  });
}

CommandResult address(DebugSession& session, Arguments& arguments) {
  const u32 where = arguments.value("an address");
  return answer(session, [&](const NtSystem& system) -> CommandResult {
    auto process = system.current_process();
    if (!arguments.empty()) process = chosen_process(system, arguments);
    arguments.finish();
    const AddressReport report = report_address(system, process, where);
    return {to_json(report), to_text(report)};
  });
}

/// `!process 0 0` lists all, `!process 0` all with everything; else one, the running one by
/// default.
CommandResult process(DebugSession& session, Arguments& arguments) {
  return answer(session, [&](const NtSystem& system) -> CommandResult {
    std::vector<ProcessView> chosen;
    const bool all = arguments.peek() == "0";
    if (all) {
      arguments.word("a process");
      chosen = system.processes();
    } else {
      chosen = {chosen_process(system, arguments)};
    }
    const bool detail = arguments.value_or(1) != 0;
    arguments.finish();
    CommandResult result{Json::array(), all ? "**** NT ACTIVE PROCESS DUMP ****\n" : ""};
    for (const ProcessView& view : chosen) {
      const ProcessReport report = report_process(system, view);
      result.data.push_back(to_json(report));
      result.text += to_text(report, detail) + '\n';
    }
    return result;
  });
}

CommandResult thread(DebugSession& session, Arguments& arguments) {
  const u32 wanted = arguments.value_or(0);
  arguments.finish();
  return answer(session, [&](const NtSystem& system) -> CommandResult {
    const auto current = system.objects().current_thread();
    if (wanted == 0 && !current) throw NtError("no thread runs yet");
    const ThreadReport report = find_thread(system, wanted == 0 ? current->address : wanted);
    return {to_json(report), to_text(report)};
  });
}

/// Those that take no argument.
template <auto report_of>
CommandResult figures(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  return answer(session, [&](const NtSystem& system) -> CommandResult {
    const auto report = report_of(system);
    return {to_json(report), to_text(report)};
  });
}

CommandResult memusage(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  return answer(session, [&](const NtSystem& system) -> CommandResult {
    const MemusageReport report = report_memusage(system, data_block_of(session));
    return {to_json(report), to_text(report)};
  });
}

CommandResult analysis(DebugSession& session, Arguments& arguments) {
  if (arguments.peek() == "-v") arguments.word("-v");  // the whole report is the only one
  arguments.finish();
  return answer(session, [&](const NtSystem& system) -> CommandResult {
    AnalyzeReport report = analyze(system);
    if (report.frame) report.symbol = session.symbols().describe(report.frame->eip);
    for (const StackFrame& frame : call_stack(session, 16)) {
      report.stack.push_back(
          fmt::format("{:08x} {:08x} {}", frame.slot, frame.address, frame.symbol));
    }
    return {to_json(report), to_text(report)};
  });
}

constexpr Command table[] = {
    {"!process", "", "[0|PROCESS] [0]", "Processes: `!process 0 0` lists them all, in short",
     CommandGroup::Nt, process},
    {"!thread", "", "[THREAD]", "A thread: its state, what it waits for, its stack",
     CommandGroup::Nt, thread},
    {"!vad", "", "[ADDR|0] [PROCESS]", "The regions of a process, or the one around an address",
     CommandGroup::Nt, vad},
    {"!pte", "", "ADDR [PROCESS]", "The page-table entries of an address, and all that follows",
     CommandGroup::Nt, pte},
    {"!pfn", "", "FRAME", "A frame of physical memory in the frame database", CommandGroup::Nt,
     pfn},
    {"!address", "", "ADDR [PROCESS]", "What an address is for", CommandGroup::Nt, address},
    {"!vm", "", "", "Memory, paging files and commitment in figures", CommandGroup::Nt,
     figures<report_vm>},
    {"!memusage", "", "", "Every frame by its list and by who uses it", CommandGroup::Nt, memusage},
    {"!pool", "", "", "Both pools by tag", CommandGroup::Nt, figures<report_pool>},
    {"!analyze", "", "[-v]", "The bugcheck, its trap frame, and what ran", CommandGroup::Nt,
     analysis},
};

}  // namespace

std::span<const Command> nt_commands() { return table; }

}  // namespace faultline
