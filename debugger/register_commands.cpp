// Commands that show the processor's registers.
#include <fmt/format.h>

#include "debugger/command.hpp"
#include "debugger/expression.hpp"

namespace faultline {
namespace {

struct FlagName {
  u32 bit;
  std::string_view name;
};
constexpr FlagName flag_names[] = {{eflags::ID, "ID"}, {eflags::AC, "AC"}, {eflags::VM, "VM"},
                                   {eflags::RF, "RF"}, {eflags::NT, "NT"}, {eflags::OF, "OF"},
                                   {eflags::DF, "DF"}, {eflags::IF, "IF"}, {eflags::TF, "TF"},
                                   {eflags::SF, "SF"}, {eflags::ZF, "ZF"}, {eflags::AF, "AF"},
                                   {eflags::PF, "PF"}, {eflags::CF, "CF"}};
constexpr FlagName cr0_names[] = {{cr0::PG, "PG"}, {cr0::CD, "CD"}, {cr0::NW, "NW"},
                                  {cr0::AM, "AM"}, {cr0::WP, "WP"}, {cr0::NE, "NE"},
                                  {cr0::ET, "ET"}, {cr0::TS, "TS"}, {cr0::EM, "EM"},
                                  {cr0::MP, "MP"}, {cr0::PE, "PE"}};

std::string set_bits(u32 value, std::span<const FlagName> names) {
  std::string text;
  for (const FlagName& flag : names)
    if ((value & flag.bit) != 0) text += fmt::format("{}{}", text.empty() ? "" : " ", flag.name);
  return text;
}

CommandResult all_registers(DebugSession& session) {
  static constexpr std::string_view names[] = {"eax", "ebx", "ecx", "edx",    "esi", "edi",
                                               "ebp", "esp", "eip", "eflags", "cs",  "ss",
                                               "ds",  "es",  "fs",  "gs"};
  CommandResult result;
  const auto of = [&](std::string_view name) { return *register_value(session, name); };
  for (const std::string_view name : names) result.data[std::string(name)] = hex_text(of(name));
  result.data["cpl"] = session.state().cpl();
  std::string flags = set_bits(of("eflags"), flag_names);
  if (!flags.empty()) flags.insert(0, 1, ' ');
  result.text = fmt::format(
      "eax={:08X} ebx={:08X} ecx={:08X} edx={:08X} esi={:08X} edi={:08X}\n"
      "eip={:08X} esp={:08X} ebp={:08X} cpl={} efl={:08X}{}\n"
      "cs={:04X} ss={:04X} ds={:04X} es={:04X} fs={:04X} gs={:04X}",
      of("eax"), of("ebx"), of("ecx"), of("edx"), of("esi"), of("edi"), of("eip"), of("esp"),
      of("ebp"), session.state().cpl(), of("eflags"), flags, of("cs"), of("ss"), of("ds"), of("es"),
      of("fs"), of("gs"));
  return result;
}

CommandResult registers(DebugSession& session, Arguments& arguments) {
  if (arguments.empty()) return all_registers(session);
  CommandResult result{Json::object(), {}};
  while (!arguments.empty()) {
    const std::string name = arguments.word("a register");
    const auto value = register_value(session, name);
    if (!value) throw CommandError(fmt::format("no register '{}'", name));
    result.data[name] = hex_text(*value);
    result.text += fmt::format("{}{}={:08X}", result.text.empty() ? "" : " ", name, *value);
  }
  return result;
}

void add_segment(CommandResult& result, std::string_view name, const DescriptorCache& segment) {
  result.data[std::string(name)] = {{"selector", hex_text(segment.selector)},
                                    {"base", hex_text(segment.base)},
                                    {"limit", hex_text(segment.limit)},
                                    {"access", segment.access},
                                    {"dpl", segment.dpl},
                                    {"big", segment.big}};
  result.text +=
      fmt::format("{}{:<4} {:04X}  base {:08X}  limit {:08X}  access {:02X}  DPL {}{}",
                  result.text.empty() ? "" : "\n", name, segment.selector, segment.base,
                  segment.limit, segment.access, segment.dpl, segment.big ? "  32-bit" : "");
}

CommandResult segments(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  static constexpr std::string_view names[] = {"es", "cs", "ss", "ds", "fs", "gs"};
  const State& s = session.state();
  CommandResult result;
  for (unsigned i = 0; i < std::size(names); ++i) add_segment(result, names[i], s.segment[i]);
  add_segment(result, "ldtr", s.ldtr);
  add_segment(result, "tr", s.tr);
  for (const auto& [name, table] : {std::pair{"gdtr", s.gdtr}, std::pair{"idtr", s.idtr}}) {
    result.data[name] = {{"base", hex_text(table.base)}, {"limit", hex_text(table.limit)}};
    result.text +=
        fmt::format("\n{}       base {:08X}  limit {:04X}", name, table.base, table.limit);
  }
  return result;
}

CommandResult control(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  CommandResult result;
  for (const std::string_view name :
       {"cr0", "cr2", "cr3", "dr0", "dr1", "dr2", "dr3", "dr6", "dr7"}) {
    result.data[std::string(name)] = hex_text(*register_value(session, name));
  }
  const auto of = [&](std::string_view name) { return *register_value(session, name); };
  result.text = fmt::format(
      "cr0={:08X} {}\ncr2={:08X} cr3={:08X}\n"
      "dr0={:08X} dr1={:08X} dr2={:08X} dr3={:08X} dr6={:08X} dr7={:08X}",
      of("cr0"), set_bits(of("cr0"), cr0_names), of("cr2"), of("cr3"), of("dr0"), of("dr1"),
      of("dr2"), of("dr3"), of("dr6"), of("dr7"));
  return result;
}

constexpr Command commands[] = {
    {"r", "registers", "[NAME]...", "General registers, segments and flags, or those named",
     CommandGroup::Look, registers},
    {"sreg", "", "", "Segment registers with what their descriptors said when they were loaded",
     CommandGroup::Look, segments},
    {"creg", "", "", "Control and debug registers", CommandGroup::Look, control},
};

}  // namespace

std::span<const Command> register_commands() { return commands; }

}  // namespace faultline
