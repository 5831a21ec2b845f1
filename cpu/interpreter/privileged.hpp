// EFLAGS, I/O permission and the control registers as privilege allows them.
// [386 §4.1, §6.3.5, §8.3] [486 §4.1]
#pragma once

#include "cpu/interpreter/core.hpp"
#include "cpu/interpreter/transfer_spending.hpp"

namespace faultline {

template <Timing t, class O>
void Core<t, O>::load_flags(u32 image, unsigned bytes, unsigned level) {
  u32 writable = eflags::arithmetic | eflags::TF | eflags::DF | eflags::NT;
  if (is486()) writable |= eflags::AC;  // with alignment checks [486 §4.1]
  if (context.model.has(Identification)) writable |= eflags::ID;  // [AP-485 §3]
  if (!protected_mode() || level == 0) writable |= eflags::IOPL;
  if (!protected_mode() || level <= s.flags.iopl()) writable |= eflags::IF;
  if (bytes == 2) writable &= 0xFFFF;
  const u32 old = s.flags.value(), flags = (old & ~writable) | (image & writable);
  s.flags.set(flags);
  privilege_changed();
  if ((flags & eflags::TF) != 0 || (flags & ~old & eflags::IF) != 0) look_around();
}

template <Timing t, class O>
void Core<t, O>::check_port(u16 port, unsigned bytes) {
  // Virtual-8086 mode asks the map whatever IOPL is. [386 §15.3.2.2]
  if (!protected_mode() || (!virtual8086() && cpl() <= s.flags.iopl())) return;
  // The bit map lies in a 32-bit TSS, at the offset its last word gives. [386 §8.3.2]
  const auto type = static_cast<SystemType>(s.tr.access & 15);
  if (type != SystemType::TSS32 && type != SystemType::TSS32Busy) raise(Vector::GP, 0);
  if (s.tr.limit < sizeof(TaskStateSegment) - 1) raise(Vector::GP, 0);
  const u32 map =
      read_system<u16>(s.tr.base + offsetof(TaskStateSegment, io_map_base), MicroEvent::TssRead);
  const u32 at = map + port / 8;
  // Two bytes are read, so that a port pair may cross a byte of the map. [386 §8.3.2]
  if (at + 1 > s.tr.limit) raise(Vector::GP, 0);
  const u32 permission = read_system<u16>(s.tr.base + at, MicroEvent::TssRead) >> (port % 8);
  if ((permission & low_bits(bytes)) != 0) raise(Vector::GP, 0);
}

template <Timing t, class O>
inline u32 Core<t, O>::port_read(u16 port, unsigned bytes) {
  const u32 value = context.bus.port_read(port, bytes);
  if constexpr (O::watching)
    tell({.what = MicroEvent::PortRead,
          .bytes = static_cast<u8>(bytes),
          .number = port,
          .value = value});
  return value;
}
template <Timing t, class O>
inline void Core<t, O>::port_write(u16 port, unsigned bytes, u32 value) {
  context.bus.port_write(port, bytes, value);
  if constexpr (O::watching)
    tell({.what = MicroEvent::PortWrite,
          .kind = AccessKind::Write,
          .bytes = static_cast<u8>(bytes),
          .number = port,
          .value = value});
}

/// The combinations that MOV CR0 refuses. [386 §4.1.3] [486 §4.1.3]
template <Timing t, class O>
bool Core<t, O>::cr0_allows(u32 value) const {
  if ((value & cr0::PG) != 0 && (value & cr0::PE) == 0) return false;
  return !is486() || (value & cr0::NW) == 0 || (value & cr0::CD) != 0;
}

template <Timing t, class O>
void Core<t, O>::write_cr0(u32 value) {
  const bool is_486 = is486();
  if (!cr0_allows(value)) raise(Vector::GP, 0);
  const u32 common = cr0::PE | cr0::MP | cr0::EM | cr0::TS | cr0::PG;
  u32& r = context.mmu.registers.cr0;
  [[maybe_unused]] const u32 before = r;
  // ET says that a 387 is there; the 486 has it hard-wired. [386 §4.1.1] [486 §4.1.3]
  const u32 et = context.model.fpu == FpuKind::I387 ? value & cr0::ET : 0;
  r = is_486 ? (value & (common | cr0::NE | cr0::WP | cr0::AM | cr0::NW | cr0::CD)) | cr0::ET
             : (value & common) | et;
  if constexpr (O::watching) tell_register(MicroEvent::ControlWrite, 0, before, r);
  drive_ferr();
  mmu.drop_shadow();
  privilege_changed();
}

template <Timing t, class O>
void Core<t, O>::write_cr3(u32 value) {
  const u32 low = is486() ? 0x18u : 0;  // PCD, PWT [486 §4.1.3]
  u32& r = context.mmu.registers.cr3;
  [[maybe_unused]] const u32 before = r;
  r = value & (0xFFFFF000u | low);
  if constexpr (O::watching) tell_register(MicroEvent::ControlWrite, 3, before, r);
  mmu.flush_all();
  if constexpr (O::watching)
    if (((before ^ r) & arch::Geometry<Paging>::page_mask) != 0)
      tell_register(MicroEvent::AddressSpaceSwitch, 3, before, r);
}

template <Timing t, class O>
bool Core<t, O>::load_control(unsigned number, u32 value) {
  if (number == 0 && !cr0_allows(value)) return false;
  if (number == 0) write_cr0(value);
  if (number == 2) context.mmu.registers.cr2 = value;
  if (number == 3) write_cr3(value);
  look_around();
  return true;
}

template <Timing t, class O>
void Core<t, O>::state_changed() {
  privilege_changed();
  code_page_ = {1};
  arm_breakpoints();
}

/// Early-out multiply: n, the logarithm of the multiplier's magnitude rounded up, counts, but at
/// least three (five for a negative multiplier on the 486). [386 §17.2.2 MUL] [UC] [486 §26 MUL]
template <Timing t, class O>
void Core<t, O>::spend_multiply(u32 magnitude, bool negative) {
  const u32 n = magnitude == 0 ? 0 : static_cast<u32>(std::bit_width(magnitude - 1));
  if (context.column == ClockColumn::I486)
    spend(std::max(n, negative ? 5u : 3u) - 3);  // 10+n, of which the row's 13 holds the least
  else
    spend(std::max(n, 3u));  // 9+n
}

/// RESET. EAX 0: the self-test passed; DX names the part. [386 §10.1] [486 §10.1]
template <Timing t, class O>
void Core<t, O>::reset() {
  const Clock clock = s.clock;
  const u64 instructions = s.instructions;
  s = State{};
  s.clock = clock;
  s.instructions = instructions;
  s.general[EDX] = context.model.reset_dx;
  s.eip = 0xFFF0;
  for (DescriptorCache& d : s.segment) {
    d.access = segment_access::kernel_data | segment_access::accessed;
    d.limit = 0xFFFF;
    d.derive();
  }
  s.segment[CS].selector = 0xF000;
  s.segment[CS].base = 0xFFFF0000;
  s.ldtr.limit = s.tr.limit = 0xFFFF;
  s.idtr = {0, 0x3FF};
  s.gdtr = {0, 0xFFFF};
  s.debug[6] = is486() ? 0xFFFF0FF0 : 0;
  context.mmu.registers = {is486()                              ? cr0::CD | cr0::NW | cr0::ET
                           : context.model.fpu == FpuKind::I387 ? u32{cr0::ET}
                                                                : 0,
                           0, 0};
  context.mmu.timing = timing == Timing::Table
                           ? memory_timing(context.column, context.model.data_lines)
                           : MmuTiming{};
  context.mmu.tlb_test = {};
  context.mmu.cache.flush();
  mmu.flush_all();
  mmu.drop_shadow();
  drive_ferr();
  privilege_changed();
  arm_breakpoints();
  delivering_.reset();
  twice_ = false;
  switched_ = false;
  look_around();
}

}  // namespace faultline
