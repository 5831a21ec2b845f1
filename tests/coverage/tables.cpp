// Descriptors, gates and page tables as the manual draws them; the same places in every mode.
// [386 §5.1.1, §5.2, §6.3.4, §9.5, §14.3]
#include "mmu/segmentation_unit.hpp"
#include "tests/coverage/machine.hpp"

namespace faultline::coverage {
namespace {

using arch::make_gate;
using arch::make_segment;
using arch::SystemType;

constexpr u32 everything = 7;  // present, writable, user

u32 entry_at(u32 linear) { return table + linear / test::page_size * 4; }

}  // namespace

void Machine::build_tables() {
  for (unsigned v = 0; v < 256; ++v) {  // real mode's vectors, and the gates
    set_dword(4 * v, handlers >> 4 << 16 | v * 16);
    set_byte(handlers + v * 16, 0xF4);
    set_gate(v, make_gate({handler_code}, handlers + v * 16, SystemType::InterruptGate32, 3));
  }
  constexpr u8 D = arch::segment_flags::D;
  const auto flat64 = [&](u16 selector, u32 base, u8 access) {
    set_descriptor(selector, make_segment(base, segment_limit, access, D));
  };
  flat64(code0, code_base, 0x9B);
  flat64(data0, data_base, 0x93);
  flat64(stack0, stack_base, 0x93);
  flat64(code3, code_base, 0xFB);
  flat64(data3, data_base, 0xF3);
  flat64(stack3, stack_base, 0xF3);
  flat64(read_only, data_base, 0xF1);
  flat64(execute_only, code_base, 0xF9);
  flat64(code1, code_base, 0xBB);
  set_descriptor(handler_code, make_segment(0, segment_limit, 0x9B, D));
  set_descriptor(tss_selector, make_segment(tss, tss_limit, 0x8B, 0));
  set_descriptor(other_tss_selector, make_segment(other_tss, 0x67, 0x89, 0));
  set_descriptor(ldt_selector, make_segment(ldt, 0x1F, 0x82, 0));
  set_dword(tss + 4, inner_stack_at);
  set_dword(tss + 8, stack0);
  set_word(tss + 0x66, io_map);  // all of its ports are open
  for (u32 at = 0; at < mapped_bytes; at += test::page_size)
    set_dword(entry_at(at), test::raw_entry(at, everything));
  set_dword(directory, test::raw_entry(table, everything));
}

u16 Machine::code() const {
  return mode_ == Mode::Ring0 ? code0 : mode_ == Mode::Ring3 ? code3 : u16{code_base >> 4};
}
u16 Machine::data() const {
  return mode_ == Mode::Ring0 ? data0 : mode_ == Mode::Ring3 ? data3 : u16{data_base >> 4};
}
u16 Machine::stack() const {
  return mode_ == Mode::Ring0 ? stack0 : mode_ == Mode::Ring3 ? stack3 : u16{stack_base >> 4};
}

void Machine::set_descriptor(u16 selector, arch::Descriptor d) {
  set_dword(gdt + (selector & 0xFFF8u), d.low);
  set_dword(gdt + (selector & 0xFFF8u) + 4, d.high);
}
void Machine::set_gate(unsigned vector, arch::Descriptor d) {
  set_dword(idt + 8 * vector, d.low);
  set_dword(idt + 8 * vector + 4, d.high);
}
void Machine::clear_present(u16 selector) {
  const u32 at = gdt + (selector & 0xFFF8u) + 5;
  set_byte(at, byte(at) & 0x7F);
}

void Machine::reload(unsigned segment, u16 selector) {
  if (!descriptors(mode_))
    return load_paragraph(s.segment[segment], selector, mode_ == Mode::Virtual);
  const u32 at = gdt + (selector & 0xFFF8u);
  load_descriptor(s.segment[segment], {selector}, {dword(at), dword(at + 4)});
}

void Machine::page_rights(u32 linear, u32 rights) {
  const u32 page = linear / test::page_size * test::page_size;
  set_dword(entry_at(linear), test::raw_entry(page, rights));
}

}  // namespace faultline::coverage
