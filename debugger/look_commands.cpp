// Commands that show registers, memory and code.
#include <fmt/format.h>

#include "debugger/command.hpp"
#include "debugger/expression.hpp"

namespace faultline {
namespace {

constexpr u64 most_items = 4096;  // of one command

CommandResult registers(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  static constexpr std::string_view names[] = {"eax", "ebx", "ecx", "edx",    "esi", "edi",
                                               "ebp", "esp", "eip", "eflags", "cs",  "ss",
                                               "ds",  "es",  "fs",  "gs"};
  CommandResult result;
  for (const std::string_view name : names) {
    const u32 value = *register_value(session, name);
    result.data[std::string(name)] = hex_text(value);
  }
  const auto of = [&](std::string_view name) { return *register_value(session, name); };
  result.data["cpl"] = session.state().cpl();
  result.text = fmt::format(
      "eax={:08X} ebx={:08X} ecx={:08X} edx={:08X} esi={:08X} edi={:08X}\n"
      "eip={:08X} esp={:08X} ebp={:08X} efl={:08X} cpl={}\n"
      "cs={:04X} ss={:04X} ds={:04X} es={:04X} fs={:04X} gs={:04X}",
      of("eax"), of("ebx"), of("ecx"), of("edx"), of("esi"), of("edi"), of("eip"), of("esp"),
      of("ebp"), of("eflags"), session.state().cpl(), of("cs"), of("ss"), of("ds"), of("es"),
      of("fs"), of("gs"));
  return result;
}

CommandResult memory(DebugSession& session, Arguments& arguments) {
  const u32 address = arguments.value("an address");
  const u64 count = std::min(arguments.count_or(16), most_items);
  arguments.finish();
  CommandResult result;
  result.data["address"] = hex_text(address);
  result.data["dwords"] = Json::array();
  for (u32 i = 0; i < count; ++i) {
    const u32 at = address + 4 * i;
    if (i % 4 == 0) result.text += fmt::format("{}{:08X} ", i == 0 ? "" : "\n", at);
    const auto value = session.memory().dword(at);
    result.data["dwords"].push_back(value ? Json(hex_text(*value)) : Json());
    result.text += value ? fmt::format(" {:08X}", *value) : " ????????";
  }
  return result;
}

CommandResult disassembly(DebugSession& session, Arguments& arguments) {
  u32 address = arguments.value_or(session.linear_eip());
  const u64 count = std::min(arguments.count_or(8), most_items);
  arguments.finish();
  CommandResult result{Json::array(), {}};
  for (u64 i = 0; i < count; ++i) {
    const Disassembled line = disassemble_at(session, address);
    std::string bytes;
    for (const u8 byte : line.bytes) bytes += fmt::format("{:02X}", byte);
    const std::string symbol = session.symbols().describe(address);
    result.data.push_back({{"address", hex_text(address)},
                           {"bytes", bytes},
                           {"text", line.text},
                           {"symbol", symbol}});
    if (!symbol.empty() && (i == 0 || symbol.find('+') == symbol.npos)) {
      result.text += fmt::format("{}{}:", result.text.empty() ? "" : "\n", symbol);
    }
    result.text += fmt::format("{}{:08X} {:<20} {}", result.text.empty() ? "" : "\n", address,
                               bytes, line.text);
    if (line.bytes.empty()) break;
    address += static_cast<u32>(line.bytes.size());
  }
  return result;
}

constexpr Command commands[] = {
    {"r", "registers", "", "General registers, segments and flags", CommandGroup::Look, registers},
    {"x", "dd", "ADDR [COUNT]", "Dwords at a linear address", CommandGroup::Look, memory},
    {"u", "", "[ADDR] [COUNT]", "Disassemble", CommandGroup::Look, disassembly},
};

}  // namespace

std::span<const Command> look_commands() { return commands; }

}  // namespace faultline
