// Commands that show code: disassembly, the call stack, the images.
#include <fmt/format.h>

#include <algorithm>

#include "debugger/call_stack.hpp"
#include "debugger/command.hpp"

namespace faultline {
namespace {

constexpr u64 most_lines = 4096;

CommandResult disassembly(DebugSession& session, Arguments& arguments) {
  u32 address = arguments.value_or(session.linear_eip());
  const u64 count = std::min(arguments.count_or(8), most_lines);
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
    if (!symbol.empty() && (i == 0 || symbol.find('+') == symbol.npos))
      result.text += fmt::format("{}{}:", result.text.empty() ? "" : "\n", symbol);
    result.text += fmt::format("{}{:08X} {:<20} {}", result.text.empty() ? "" : "\n", address,
                               bytes, line.text);
    if (line.bytes.empty()) break;
    address += static_cast<u32>(line.bytes.size());
  }
  return result;
}

CommandResult stack(DebugSession& session, Arguments& arguments) {
  const u64 most = std::min(arguments.count_or(20), most_lines);
  arguments.finish();
  CommandResult result{Json::array(), "  stack     address   function"};
  for (const StackFrame& frame : call_stack(session, static_cast<unsigned>(most))) {
    result.data.push_back({{"stack", hex_text(frame.slot)},
                           {"address", hex_text(frame.address)},
                           {"symbol", frame.symbol},
                           {"guessed", frame.guessed}});
    result.text += fmt::format("\n  {:08X}  {:08X}", frame.slot, frame.address);
    if (!frame.symbol.empty()) result.text += "  " + frame.symbol;
    if (frame.guessed) result.text += "  (by an indirect call)";
  }
  return result;
}

CommandResult modules(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  CommandResult result{Json::array(), "  start     end       module"};
  for (const Module* module : session.symbols().loaded()) {
    const PeImage& image = module->image();
    result.data.push_back({{"name", module->name()},
                           {"base", hex_text(module->base())},
                           {"size", image.size},
                           {"symbols", image.symbols.size()}});
    result.text += fmt::format("\n  {:08X}  {:08X}  {:<14} {} symbols", module->base(),
                               module->base() + image.size, module->name(), image.symbols.size());
  }
  return result;
}

constexpr Command commands[] = {
    {"u", "", "[ADDR] [COUNT]", "Disassemble", CommandGroup::Look, disassembly},
    {"k", "bt", "[COUNT]", "The call stack", CommandGroup::Look, stack},
    {"lm", "", "", "The kernel and the images of the process that runs", CommandGroup::Look,
     modules},
};

}  // namespace

std::span<const Command> code_commands() { return commands; }

}  // namespace faultline
