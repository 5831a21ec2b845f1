// A stop in words and as JSON.
#include "debugger/stop_report.hpp"

#include <fmt/format.h>

namespace faultline {

std::string_view name_of(StopReason reason) {
  switch (reason) {
    case StopReason::None:
      return "none";
    case StopReason::Step:
      return "step";
    case StopReason::MicroStep:
      return "micro-step";
    case StopReason::Arrived:
      return "arrived";
    case StopReason::Breakpoint:
      return "breakpoint";
    case StopReason::Watchpoint:
      return "watchpoint";
    case StopReason::Catch:
      return "catch";
    case StopReason::Interrupted:
      return "interrupted";
    case StopReason::Waiting:
      return "waiting";
    case StopReason::Ended:
      return "ended";
  }
  return "unknown";
}

std::string hex_text(u64 value) { return fmt::format("0x{:08X}", value); }

std::string access_word(AccessKind kind) {
  return kind == AccessKind::Read ? "read" : kind == AccessKind::Write ? "write" : "execute";
}

std::string describe_fault(const PageFault& fault) {
  const char* preposition = fault.kind == AccessKind::Write ? " to" : " of";
  return fmt::format("{}{} {:08X}, {}, {}", access_word(fault.kind), preposition,
                     fault.address.value,
                     (fault.error_code & page_fault::U) != 0 ? "user" : "kernel",
                     (fault.error_code & page_fault::P) != 0 ? "protection" : "not present");
}

std::string to_text(const StopReport& report) {
  std::string text;
  if (!report.what.empty()) text = report.what + '\n';
  if (!report.shutdown.empty()) text += to_text(report.shutdown) + '\n';
  const Position& at = report.position;
  text += fmt::format(
      "cycle {}, instruction {}{}, ring {}\n", at.clock, at.instructions,
      at.micro != 0 ? fmt::format(" + {} micro-step{}", at.micro, at.micro == 1 ? "" : "s") : "",
      report.cpl);
  text += fmt::format("{:04X}:{:08X}", report.cs, report.eip);
  if (!report.symbol.empty()) text += ' ' + report.symbol;
  if (!report.instruction.empty()) text += "  " + report.instruction;
  return text;
}

Json to_json(const StopReport& report) {
  Json json;
  json["reason"] = name_of(report.reason);
  json["text"] = report.what;
  json["cycle"] = report.position.clock;
  json["instructions"] = report.position.instructions;
  json["micro"] = report.position.micro;
  json["cs"] = hex_text(report.cs);
  json["eip"] = hex_text(report.eip);
  json["linear"] = hex_text(report.linear);
  json["cpl"] = report.cpl;
  json["symbol"] = report.symbol;
  json["instruction"] = report.instruction;
  if (report.breakpoint) json["breakpoint"] = *report.breakpoint;
  if (report.vector) json["vector"] = *report.vector;
  if (report.fault) {
    json["fault"] = {{"address", hex_text(report.fault->address.value)},
                     {"error_code", report.fault->error_code},
                     {"access", access_word(report.fault->kind)}};
  }
  if (report.access) {
    const DataAccess& access = *report.access;
    json["access"] = {{"kind", access_word(access.kind)},      {"linear", hex_text(access.linear)},
                      {"physical", hex_text(access.physical)}, {"bytes", access.bytes},
                      {"value", hex_text(access.value)},       {"eip", hex_text(access.eip)}};
    if (access.before) json["access"]["before"] = hex_text(*access.before);
  }
  if (report.reason == StopReason::Ended) {
    json["end"] = {{"reason", name_of(report.end.reason)},
                   {"code", report.end.code},
                   {"text", report.end.text}};
    if (!report.shutdown.empty()) json["shutdown"] = to_json(report.shutdown);
  }
  return json;
}

}  // namespace faultline
