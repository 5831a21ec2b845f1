// Post-mortem of the registers.
#include "machine/post_mortem.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>

namespace faultline {

namespace {
[[gnu::format(printf, 2, 3)]] void append(std::string& text, const char* format, ...) {
  char line[160];
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  text += line;
}

/// The flags that are set, by the manual's names, most significant first.
std::string flag_names(u32 value) {
  struct Name {
    u32 bit;
    const char* name;
  };
  static constexpr std::array<Name, 14> names{{{eflags::ID, "ID"},
                                               {eflags::AC, "AC"},
                                               {eflags::VM, "VM"},
                                               {eflags::RF, "RF"},
                                               {eflags::NT, "NT"},
                                               {eflags::OF, "OF"},
                                               {eflags::DF, "DF"},
                                               {eflags::IF, "IF"},
                                               {eflags::TF, "TF"},
                                               {eflags::SF, "SF"},
                                               {eflags::ZF, "ZF"},
                                               {eflags::AF, "AF"},
                                               {eflags::PF, "PF"},
                                               {eflags::CF, "CF"}}};
  std::string text;
  for (const Name& flag : names) {
    if (value & flag.bit) text += std::string(text.empty() ? "" : " ") + flag.name;
  }
  return text;
}

void append_segment(std::string& text, const char* name, const DescriptorCache& segment) {
  append(text, "%-4s %04X  base %08X  limit %08X  access %02X  DPL %u%s\n", name, segment.selector,
         segment.base, segment.limit, segment.access, segment.dpl, segment.big ? "  32-bit" : "");
}
}  // namespace

std::string post_mortem(const CpuContext& context) {
  const State& s = context.state;
  const auto general = [&s](GeneralRegister index) { return s.general[index]; };
  std::string text;
  append(text, "EAX %08X  EBX %08X  ECX %08X  EDX %08X\n", general(EAX), general(EBX), general(ECX),
         general(EDX));
  append(text, "ESI %08X  EDI %08X  EBP %08X  ESP %08X\n", general(ESI), general(EDI), general(EBP),
         general(ESP));
  const u32 flags = s.flags.value();
  append(text, "EIP %08X  EFLAGS %08X [%s]  IOPL %u  CPL %u%s\n", s.eip, flags,
         flag_names(flags).c_str(), s.flags.iopl(), s.cpl(), s.halted ? "  halted" : "");
  static constexpr std::array<const char*, segment_register_count> names{"ES", "CS", "SS",
                                                                         "DS", "FS", "GS"};
  for (unsigned i = 0; i < names.size(); ++i) append_segment(text, names[i], s.segment[i]);
  append_segment(text, "LDTR", s.ldtr);
  append_segment(text, "TR", s.tr);
  append(text, "GDTR base %08X  limit %04X\n", s.gdtr.base, s.gdtr.limit);
  append(text, "IDTR base %08X  limit %04X\n", s.idtr.base, s.idtr.limit);
  const PagingRegisters& paging = context.mmu.registers;
  append(text, "CR0 %08X  CR2 %08X  CR3 %08X\n", paging.cr0, paging.cr2, paging.cr3);
  append(text, "clock %llu  instructions %llu\n", static_cast<unsigned long long>(s.clock.now),
         static_cast<unsigned long long>(s.instructions));
  return text;
}

}  // namespace faultline
