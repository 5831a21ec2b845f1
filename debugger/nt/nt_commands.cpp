// The commands that read the kernel's own structures.
#include "debugger/command.hpp"
#include "debugger/nt/pte_report.hpp"

namespace faultline {
namespace {

using namespace nt;

NtSystem system_of(DebugSession& session) {
  const Module* kernel = session.symbols().kernel();
  const auto block = kernel == nullptr ? std::nullopt : kernel->address_of("KdDebuggerDataBlock");
  if (!block) throw CommandError("the system disk's kernel has no KdDebuggerDataBlock");
  return {session.memory(), *block, session.context()};
}

/// A report of the system, as data and as text; what it can't find is the command's error.
CommandResult answer(DebugSession& session, auto&& report) {
  try {
    const NtSystem system = system_of(session);
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

constexpr Command table[] = {
    {"!pte", "", "ADDR [PROCESS]", "The page-table entries of an address, and all that follows",
     CommandGroup::Nt, pte},
    {"!vad", "", "[ADDR|0] [PROCESS]", "The regions of a process, or the one around an address",
     CommandGroup::Nt, vad},
};

}  // namespace

std::span<const Command> nt_commands() { return table; }

}  // namespace faultline
