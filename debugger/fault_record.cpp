// Fault records as text and as JSON lines.
#include "debugger/fault_record.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace faultline {
namespace {

constexpr std::string_view name_of(AccessKind kind) {
  switch (kind) {
    case AccessKind::Write:
      return "write";
    case AccessKind::Execute:
      return "execute";
    case AccessKind::Read:
      break;
  }
  return "read";
}

std::string hex(u32 value) { return fmt::format("0x{:08X}", value); }

}  // namespace

std::string_view resolution_name(u32 status) {
  switch (status) {
    case 0x00000000:
      return "already resolved";
    case 0x00000110:
      return "transition";
    case 0x00000111:
      return "demand zero";
    case 0x00000112:
      return "copy on write";
    case 0x00000113:
      return "guard page";
    case 0x00000114:
      return "paging file";
    case 0x80000001:
      return "guard page violation";
    case 0xC0000005:
      return "access violation";
    case 0xC0000006:
    case 0xC000009C:  // STATUS_DEVICE_DATA_ERROR: the program sees C0000006 with this behind it
      return "in-page error";
    case 0xC0000017:
      return "no memory";
    case 0xC000012D:
      return "commitment limit";
    case 0xC00000FD:
      return "stack overflow";
    default:
      return (status >> 30) == 3 ? "refused" : "resolved";
  }
}

std::string to_text(const FaultRecord& r) {
  std::string line = fmt::format(
      "{:>12}  {:<12} {:08X} {:<28}  {:08X} {:<7} {:<6} {:<11}", r.cycle,
      r.process.empty() ? "-" : r.process, r.eip, r.symbol.empty() ? "-" : r.symbol, r.address,
      name_of(r.access), r.user() ? "user" : "kernel", r.present() ? "protection" : "not present");
  line += r.status ? fmt::format("  {} ({:08X})", resolution_name(*r.status), *r.status)
                   : std::string("  unresolved");
  if (r.cycles) line += fmt::format(", {} cycles", *r.cycles);
  return line;
}

std::string to_json(const FaultRecord& r) {
  nlohmann::ordered_json json;
  json["cycle"] = r.cycle;
  json["process"] = r.process;
  json["process_id"] = r.process_id;
  json["thread_id"] = r.thread_id;
  json["eip"] = hex(r.eip);
  json["symbol"] = r.symbol;
  json["address"] = hex(r.address);
  json["access"] = name_of(r.access);
  json["mode"] = r.user() ? "user" : "kernel";
  json["error_code"] = r.error_code;
  json["cause"] = r.present() ? "protection" : "not present";
  json["status"] = r.status ? nlohmann::ordered_json(hex(*r.status)) : nullptr;
  json["resolution"] = r.status ? resolution_name(*r.status) : "unresolved";
  json["cycles"] = r.cycles ? nlohmann::ordered_json(*r.cycles) : nullptr;
  // Names come from guest memory: whatever is not UTF-8 is replaced, never thrown at.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace faultline
