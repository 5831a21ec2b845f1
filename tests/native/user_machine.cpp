// Page tables, LDT and handlers of our side.
#include "tests/native/user_machine.hpp"

#include <algorithm>

namespace faultline::native {
namespace {

constexpr u32 ldt = 0x30000, kernel_end = 0x40000;

arch::Descriptor descriptor_of(const Segment& s) {
  using namespace segment_access;
  u8 access = S | 3 << DPL_shift | accessed;  // Linux sets the accessed bit itself
  if (s.contents == code_segment) access |= code;
  if (s.contents == expand_down_segment) access |= expand_down;
  if (s.read_only == 0) access |= writable;  // of code: readable
  if (s.absent == 0) access |= P;
  const u32 flags = (s.pages != 0 ? segment_flags::G : 0) | (s.big != 0 ? segment_flags::D : 0);
  return arch::make_segment(s.base, s.limit, access, static_cast<u8>(flags));
}

}  // namespace

UserMachine::UserMachine() {
  test::ProtectedMachine& m = machine_;
  for (u32 i = 1; i < segments().size(); ++i) {
    const arch::Descriptor d = descriptor_of(segments()[i]);
    m.set_dword(ldt + 8 * i, d.low);
    m.set_dword(ldt + 8 * i + 4, d.high);
  }
  m.descriptor(test::free0, (ldt << 16) | static_cast<u32>(8 * segments().size() - 1),
               0x00008200 | ldt >> 16);
  m.s.ldtr = m.cached(test::free0);
  for (unsigned vector : {test::BP, test::OF_})  // INT 3 and INTO are for ring 3
    m.gate(vector, test::code0, m.handler(vector), 0xEE00);
  m.gate(0x40, test::code0, m.handler(0x40), 0x8E00);  // no other INT is

  // Supervisor pages for the tables and handlers; nothing else but the regions.
  m.enable_paging();
  m.cr0() |= cr0::AM;
  for (u32 at = 0; at < 4u << 20; at += test::page_size) m.page_bits(at, at < kernel_end ? 3 : 0);
  for (const Region& r : regions)
    for (u32 at = r.address; at < r.address + r.size; at += test::page_size)
      m.page_bits(at, r.present != 0 ? 5 | r.writable << 1 : 0);

  for (u32 i = 0; i < segments().size(); ++i) {
    m.descriptor(test::free1, m.dword(ldt + 8 * i), m.dword(ldt + 8 * i + 4));
    local_.push_back(m.cached(test::free1));
    local_.back().selector = static_cast<u16>(local(i));
  }
  const Layout all = layout();
  const std::vector<u8> halts(all.code_size, all.filler);
  m.memory.write_bytes({all.code_first}, halts);
  local_[0].selector = 0;
  code_.fill(all.filler);
}

void UserMachine::place_code(const Slot& slot) {
  if (code_address_ == slot.code_address && std::ranges::equal(code_, slot.code)) return;
  const std::vector<u8> halts(slot_code, layout().filler);
  machine_.memory.write_bytes({code_address_}, halts);
  machine_.memory.write_bytes({slot.code_address}, slot.code);
  code_address_ = slot.code_address;
  std::ranges::copy(slot.code, code_.begin());
}

void UserMachine::run(Slot& slot) {
  place_code(slot);
  State& s = machine_.s;
  Context& context = slot.context;
  std::ranges::copy(context.general, s.general);
  s.eip = context.eip;
  s.flags.set(context.eflags);
  for (unsigned i = 0; i < segment_register_count; ++i)
    s.segment[i] = local_[context.segment[i] >> 3];
  s.shadow = false;
  s.debug_trap = 0;
  const test::Entered entered = machine_.run_on();

  std::copy_n(s.general, 8, context.general);
  for (unsigned i = 0; i < segment_register_count; ++i) context.segment[i] = s.segment[i].selector;
  context.general[ESP] = entered.esp;
  context.eip = entered.eip;
  context.eflags = entered.eflags;
  context.segment[SS] = entered.ss;
  context.segment[CS] = entered.cs;
  slot.event = {entered.vector, entered.error, machine_.cr2()};
  if (entered.vector > 0xFF) slot.event.vector = runaway_vector;
}

}  // namespace faultline::native
