// Reads the stop code and all that was running.
#include "debugger/nt/analyze_report.hpp"

#include <fmt/format.h>

#include "debugger/nt/names.hpp"

namespace faultline::nt {

namespace {

std::vector<std::string> explain(u32 code, const u32* p) {
  const auto access = [](u32 kind) { return kind == 0 ? "read" : "write"; };
  switch (code) {
    case 0x0A:
      return {fmt::format("{:08x}, memory referenced", p[0]), fmt::format("{:08x}, IRQL", p[1]),
              fmt::format("{:08x}, {}", p[2], access(p[2])),
              fmt::format("{:08x}, address which referenced memory", p[3])};
    case 0x50:
    case 0xBE:
      return {fmt::format("{:08x}, memory referenced", p[0]),
              fmt::format("{:08x}, {}", p[1], code == 0xBE ? "the PTE" : access(p[1])),
              fmt::format("{:08x}, address which referenced memory", p[2])};
    case 0x1E:
      return {fmt::format("{:08x}, the exception code", p[0]),
              fmt::format("{:08x}, the address at which it occurred", p[1])};
    case 0x7F:
      return {fmt::format("{:08x}, the trap's number", p[0])};
    default:
      return {};
  }
}

}  // namespace

AnalyzeReport analyze(const NtSystem& system) {
  const GuestMemory& memory = system.memory();
  const auto& data = system.data();
  AnalyzeReport report;
  report.bugcheck = memory.dword(data.bugcheck_data).value_or(0);
  for (u32 i = 0; i < 4; ++i) {
    report.parameters[i] = memory.dword(data.bugcheck_data + 4 + i * 4).value_or(0);
  }
  if (report.bugcheck != 0) report.explained = explain(report.bugcheck, report.parameters);
  const u32 frame = memory.dword(data.bugcheck_frame).value_or(0);
  if (frame != 0) report.frame = read_trap_frame(memory, frame);
  if (const auto thread = system.objects().current_thread()) {
    report.thread = report_thread(system, thread->address);
  }
  report.process = system.current_process();
  report.irql = memory.read_as<arch::u8>(data.pcr + system.mm().pcr_irql).value_or(0);
  return report;
}

std::string to_text(const AnalyzeReport& report) {
  std::string text;
  if (report.bugcheck == 0) {
    text = "No bugcheck: the system runs.\n\n";
  } else {
    const std::string_view name = bugcheck_name(report.bugcheck);
    text = fmt::format("{} ({:x})\n", name.empty() ? "UNKNOWN" : name, report.bugcheck);
    if (!name.empty()) text += fmt::format("{}\n", bugcheck_meaning(report.bugcheck));
    text += "Arguments:\n";
    for (std::size_t i = 0; i < 4; ++i) {
      text +=
          fmt::format("Arg{}: {}\n", i + 1,
                      i < report.explained.size() ? report.explained[i]
                                                  : fmt::format("{:08x}", report.parameters[i]));
    }
    text += '\n';
  }
  if (report.process) text += "PROCESS_NAME:  " + report.process->name + '\n';
  text += fmt::format("CURRENT_IRQL:  {}\n", report.irql);
  if (report.thread) text += fmt::format("THREAD:        {:08x}\n", report.thread->address);
  if (const auto& frame = report.frame) {
    text += fmt::format(
        "\nTRAP_FRAME:  {:08x}\neax={:08x} ebx={:08x} ecx={:08x} edx={:08x} esi={:08x} "
        "edi={:08x}\neip={:08x} esp={:08x} ebp={:08x} cs={:04x} efl={:08x} errcode={:x}\n",
        frame->address, frame->eax, frame->ebx, frame->ecx, frame->edx, frame->esi, frame->edi,
        frame->eip, frame->esp, frame->ebp, frame->cs & 0xFFFF, frame->eflags, frame->error_code);
    text += fmt::format("\nFAULTING_IP: \n{}\n{:08x}\n", report.symbol, frame->eip);
  }
  if (!report.stack.empty()) {
    text += "\nSTACK_TEXT:  \n";
    for (const std::string& line : report.stack) text += line + '\n';
  }
  text += "\nMore info: !process";
  if (report.thread) text += fmt::format(", !thread {:x}", report.thread->address);
  if (report.bugcheck == 0x0A || report.bugcheck == 0x50) {
    text += fmt::format(", !pte {:x}", report.parameters[0]);
  }
  return text + '\n';
}

Json to_json(const AnalyzeReport& report) {
  Json json = {{"bugcheck", report.bugcheck}, {"name", bugcheck_name(report.bugcheck)}};
  json["parameters"] = Json::array();
  for (const u32 parameter : report.parameters) json["parameters"].push_back(hex(parameter));
  if (report.process) json["process"] = report.process->name;
  if (report.thread) json["thread"] = to_json(*report.thread);
  json["irql"] = report.irql;
  if (report.frame) {
    json["trap_frame"] = {
        {"at", hex(report.frame->address)}, {"eip", hex(report.frame->eip)},
        {"symbol", report.symbol},          {"esp", hex(report.frame->esp)},
        {"ebp", hex(report.frame->ebp)},    {"error_code", report.frame->error_code}};
  }
  json["stack"] = report.stack;
  return json;
}

}  // namespace faultline::nt
