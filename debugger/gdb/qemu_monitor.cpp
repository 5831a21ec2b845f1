// Registers and page tables in the layout that QEMU 7.2 prints. [QEMU]
#include "debugger/gdb/qemu_monitor.hpp"

#include <fmt/format.h>

#include <vector>

#include "debugger/gdb/register_places.hpp"
#include "mmu/peek.hpp"

namespace faultline::gdb {
namespace {

using Geometry = arch::Geometry<Paging>;

std::string flag_letters(const Flags& f) {
  const auto letter = [](bool set, char c) { return set ? c : '-'; };
  return {letter(f.df(), 'D'), letter(f.of(), 'O'), letter(f.sf(), 'S'), letter(f.zf(), 'Z'),
          letter(f.af(), 'A'), letter(f.pf(), 'P'), letter(f.cf(), 'C')};
}

std::string segment_type(const DescriptorCache& d) {
  if ((d.access & segment_access::S) == 0) return "";
  const auto letter = [&d](u8 bit, char c) { return (d.access & bit) != 0 ? c : '-'; };
  const u8 readable_writable = segment_access::writable;
  if (d.code()) {
    return fmt::format("{} [{}{}{}]", d.big ? "CS32" : "CS16",
                       letter(segment_access::conforming, 'C'), letter(readable_writable, 'R'),
                       letter(segment_access::accessed, 'A'));
  }
  return fmt::format("{} [{}{}{}]", d.big ? "DS  " : "DS16",
                     letter(segment_access::expand_down, 'E'), letter(readable_writable, 'W'),
                     letter(segment_access::accessed, 'A'));
}

std::string segment_line(const char* name, const DescriptorCache& d, bool protected_mode) {
  std::string line = fmt::format("{:<3}={:04x} {:08x} {:08x} {:08x}", name, d.selector, d.base,
                                 d.limit, attributes_of(d));
  if (protected_mode) line += fmt::format(" DPL={} {}", d.dpl, segment_type(d));
  return line + '\n';
}

std::string registers_text(const CpuContext& context) {
  const State& s = context.state;
  const PagingRegisters& control = context.mmu.registers;
  const u32* r = s.general;
  const bool protected_mode = (control.cr0 & cr0::PE) != 0 && !s.flags.virtual8086();
  std::string text = fmt::format(
      "EAX={:08x} EBX={:08x} ECX={:08x} EDX={:08x}\nESI={:08x} EDI={:08x} EBP={:08x} ESP={:08x}\n"
      "EIP={:08x} EFL={:08x} [{}] CPL={} II={} A20={} SMM=0 HLT={}\n",
      r[EAX], r[EBX], r[ECX], r[EDX], r[ESI], r[EDI], r[EBP], r[ESP], s.eip, s.flags.value(),
      flag_letters(s.flags), s.cpl(), s.shadow ? 1 : 0, context.memory.a20() ? 1 : 0,
      s.halted ? 1 : 0);
  const char* const names[] = {"ES", "CS", "SS", "DS", "FS", "GS"};
  for (unsigned i = 0; i < segment_register_count; ++i)
    text += segment_line(names[i], s.segment[i], protected_mode);
  text += segment_line("LDT", s.ldtr, false) + segment_line("TR", s.tr, false);
  text += fmt::format("GDT=     {:08x} {:08x}\nIDT=     {:08x} {:08x}\n", s.gdtr.base, s.gdtr.limit,
                      s.idtr.base, s.idtr.limit);
  text += fmt::format("CR0={:08x} CR2={:08x} CR3={:08x} CR4=00000000\n", control.cr0, control.cr2,
                      control.cr3);
  text += fmt::format("DR0={:08x} DR1={:08x} DR2={:08x} DR3={:08x}\nDR6={:08x} DR7={:08x}\n",
                      s.debug[0], s.debug[1], s.debug[2], s.debug[3], s.debug[6], s.debug[7]);
  return text;
}

struct Mapped {
  u32 linear = 0, frame = 0;
  arch::PageEntry pde, pte;
  bool user() const { return pde.user && pte.user; }
  bool writable() const { return pde.writable && pte.writable; }
};

/// Every page that the page tables map.
template <class Action>
void for_each_page(const CpuContext& context, Action action) {
  const Peek<Paging> peek(context.mmu.registers, context.memory);
  for (u32 d = 0; d < Geometry::directory_entries; ++d) {
    const u32 first = d << Geometry::directory_shift;
    const arch::PageEntry pde = Paging::decode(peek.path({first}).pde);
    if (!pde.present) continue;
    for (u32 t = 0; t < Geometry::table_entries; ++t) {
      const u32 linear = first + t * Geometry::page_size;
      const arch::PageEntry pte = Paging::decode(peek.path({linear}).pte);
      if (pte.present) action(Mapped{linear, pte.frame << Geometry::page_shift, pde, pte});
    }
  }
}

std::string tlb_text(const CpuContext& context) {
  std::string text;
  for_each_page(context, [&text](const Mapped& page) {
    text += fmt::format("{:016x}: {:016x} ---{}{}--{}{}\n", page.linear, page.frame,
                        page.pte.dirty ? 'D' : '-', page.pte.accessed ? 'A' : '-',
                        page.pte.user ? 'U' : '-', page.pte.writable ? 'W' : '-');
  });
  return text;
}

std::string mem_text(const CpuContext& context) {
  std::string text;
  struct {
    u64 start = 0, end = 0;
    bool user = false, writable = false;
  } range;
  const auto put = [&] {
    if (range.end == range.start) return;
    text +=
        fmt::format("{:016x}-{:016x} {:016x} {}r{}\n", range.start, range.end,
                    range.end - range.start, range.user ? 'u' : '-', range.writable ? 'w' : '-');
  };
  for_each_page(context, [&](const Mapped& page) {
    if (page.linear != range.end || page.user() != range.user ||
        page.writable() != range.writable) {
      put();
      range = {page.linear, page.linear, page.user(), page.writable()};
    }
    range.end += Geometry::page_size;
  });
  put();
  return text;
}

}  // namespace

std::optional<std::string> qemu_answer(const CpuContext& context, std::string_view command) {
  if (command == "info registers") return registers_text(context);
  if (command != "info mem" && command != "info tlb") return std::nullopt;
  if (!context.mmu.registers.paging()) return "PG disabled\n";
  return command == "info mem" ? mem_text(context) : tlb_text(context);
}

}  // namespace faultline::gdb
