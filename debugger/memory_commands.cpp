// Commands that show memory: by linear address as the page tables say, or by physical address.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "debugger/command.hpp"
#include "debugger/expression.hpp"

namespace faultline {
namespace {

constexpr u64 most_items = 4096;  // of one command

/// gdb's and Bochs's /NUF: a number, a unit b, h or w, a format x, d, u, c, s or i.
struct Format {
  u64 count = 0;  // 0: not given
  u32 bytes = 4;
  char shape = 'x';
};

Format parse_format(std::string_view text) {
  Format format;
  for (const char c : text.substr(1)) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      format.count = std::min<u64>(format.count * 10 + static_cast<u64>(c - '0'), most_items);
    } else if (c == 'b' || c == 'h' || c == 'w') {
      format.bytes = c == 'b' ? 1 : c == 'h' ? 2 : 4;
    } else if (std::string_view("xduci s").find(c) != std::string_view::npos && c != ' ') {
      format.shape = c;
      if (c == 'c') format.bytes = 1;
    } else {
      throw CommandError(fmt::format("'{}': /COUNT, then b h w, then x d u c s i", text));
    }
  }
  return format;
}

bool read_memory(DebugSession& session, bool physical, u32 address, std::span<u8> to) {
  if (!physical) return session.memory().read(address, to);
  session.context().memory.read_bytes({address}, to);
  return true;
}

std::string item_text(u32 value, const Format& format) {
  switch (format.shape) {
    case 'd':
      return fmt::format("{:>11}", format.bytes == 1   ? static_cast<s8>(value)
                                   : format.bytes == 2 ? static_cast<s16>(value)
                                                       : static_cast<s32>(value));
    case 'u':
      return fmt::format("{:>10}", value);
    case 'c':
      return value >= 0x20 && value < 0x7F ? fmt::format("'{}'", static_cast<char>(value))
                                           : fmt::format(" {:02X}", value);
    default:
      return fmt::format("{:0{}X}", value, format.bytes * 2);
  }
}

CommandResult items(DebugSession& session, bool physical, u32 address, const Format& format,
                    u64 count) {
  CommandResult result;
  result.data["address"] = hex_text(address);
  result.data["physical"] = physical;
  result.data["bytes"] = format.bytes;
  Json& values = result.data["values"] = Json::array();
  const u64 a_line = 16 / format.bytes;
  std::string characters;
  for (u64 i = 0; i < count; ++i) {
    const u32 at = address + static_cast<u32>(i) * format.bytes;
    if (i % a_line == 0) result.text += fmt::format("{}{:08X} ", i == 0 ? "" : "\n", at);
    u8 raw[4] = {};
    const bool there = read_memory(session, physical, at, {raw, format.bytes});
    const u32 value = raw[0] | raw[1] << 8 | raw[2] << 16 | u32{raw[3]} << 24;
    values.push_back(there ? Json(hex_text(value)) : Json());
    result.text += ' ' + (there ? item_text(value, format) : std::string(format.bytes * 2, '?'));
    if (format.bytes != 1 || format.shape != 'x') continue;
    characters += there && raw[0] >= 0x20 && raw[0] < 0x7F ? static_cast<char>(raw[0]) : '.';
    if (characters.size() == a_line || i + 1 == count) {
      result.text += std::string((a_line - characters.size()) * 3 + 2, ' ') + characters;
      characters.clear();
    }
  }
  return result;
}

CommandResult string_at(DebugSession& session, bool physical, u32 address) {
  std::string text;
  u8 byte = 0;
  for (u32 i = 0; i < most_items && read_memory(session, physical, address + i, {&byte, 1}); ++i) {
    if (byte == 0) break;
    text += byte >= 0x20 && byte < 0x7F ? static_cast<char>(byte) : '.';
  }
  return {{{"address", hex_text(address)}, {"string", text}},
          fmt::format("{:08X}  \"{}\"", address, text)};
}

CommandResult examine(DebugSession& session, Arguments& arguments, bool physical, Format format) {
  if (arguments.peek().starts_with('/')) format = parse_format(arguments.word("a format"));
  const u32 address = arguments.value("an address");
  u64 count = format.count != 0 ? format.count : 64 / format.bytes;
  count = std::min(arguments.length_or(count), most_items);
  arguments.finish();
  if (format.shape == 's') return string_at(session, physical, address);
  if (format.shape != 'i') return items(session, physical, address, format, count);
  if (physical) throw CommandError("instructions are shown by linear address only");
  return execute_command(session, fmt::format("u {:X} {}", address, format.count == 0 ? 8 : count));
}

CommandResult linear(DebugSession& session, Arguments& arguments) {
  return examine(session, arguments, false, {});
}
CommandResult physical(DebugSession& session, Arguments& arguments) {
  return examine(session, arguments, true, {});
}
CommandResult bytes(DebugSession& session, Arguments& arguments) {
  return examine(session, arguments, false, {.bytes = 1});
}
CommandResult words(DebugSession& session, Arguments& arguments) {
  return examine(session, arguments, false, {.bytes = 2});
}
CommandResult text(DebugSession& session, Arguments& arguments) {
  return examine(session, arguments, false, {.shape = 's'});
}
CommandResult physical_bytes(DebugSession& session, Arguments& arguments) {
  return examine(session, arguments, true, {.bytes = 1});
}

CommandResult value_of(DebugSession& session, Arguments& arguments) {
  if (arguments.empty()) throw CommandError("an expression is missing");
  const u32 value = evaluate(session, arguments.rest());
  const std::string symbol = session.symbols().describe(value);
  return {{{"value", hex_text(value)}, {"decimal", value}, {"symbol", symbol}},
          fmt::format("{:08X} = {}{}", value, value, symbol.empty() ? "" : "  " + symbol)};
}

constexpr Command commands[] = {
    {"x", "", "[/COUNT b|h|w x|d|u|c|s|i] ADDR [COUNT]", "Memory by linear address",
     CommandGroup::Look, linear},
    {"xp", "", "[/...] PHYS [COUNT]", "Memory by physical address", CommandGroup::Look, physical},
    {"dd", "", "ADDR [COUNT]", "Dwords by linear address", CommandGroup::Look, linear},
    {"db", "", "ADDR [COUNT]", "Bytes and characters", CommandGroup::Look, bytes},
    {"dw", "", "ADDR [COUNT]", "Words", CommandGroup::Look, words},
    {"da", "", "ADDR", "A string", CommandGroup::Look, text},
    {"!dd", "", "PHYS [COUNT]", "Dwords by physical address", CommandGroup::Look, physical},
    {"!db", "", "PHYS [COUNT]", "Bytes by physical address", CommandGroup::Look, physical_bytes},
    {"print", "", "EXPRESSION", "A value: symbols, registers, + - *, poi()", CommandGroup::Look,
     value_of},
};

}  // namespace

std::span<const Command> memory_commands() { return commands; }

}  // namespace faultline
