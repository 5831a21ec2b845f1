// Task switching: the outgoing task's registers into its TSS, the incoming task's out of its own.
// [386 §7.5, §7.6] The order of checks and the fault rules are the manual's; what is touched before
// the commit is touched for write, so that a page fault leaves the old task whole.
#pragma once

#include "cpu/interpreter/segmentation.hpp"

namespace faultline {

namespace detail {

/// Offsets of one TSS format. [386 fig. 7-1; the 286 format, §13.1]
struct TssLayout {
  bool wide;
  u32 eip, eflags, registers, segments, ldt, minimum_limit;
  unsigned segment_count, step;
};
inline constexpr TssLayout tss32{true, 0x20, 0x24, 0x28, 0x48, 0x60, 103, 6, 4};
inline constexpr TssLayout tss16{false, 0x0E, 0x10, 0x12, 0x22, 0x2A, 43, 4, 2};

constexpr const TssLayout& layout_of(SystemType type) {
  return type == SystemType::TSS32 || type == SystemType::TSS32Busy ? tss32 : tss16;
}

template <class Core>
u32 read_field(Core& core, const TssLayout& layout, u32 address) {
  return layout.wide ? core.template read_system<u32>(address, MicroEvent::TssRead)
                     : core.template read_system<u16>(address, MicroEvent::TssRead);
}
template <class Core>
void write_field(Core& core, const TssLayout& layout, u32 address, u32 value) {
  if (layout.wide)
    core.template write_system<u32>(address, value, MicroEvent::TssWrite);
  else
    core.template write_system<u16>(address, static_cast<u16>(value), MicroEvent::TssWrite);
}

/// What the incoming TSS holds.
struct TaskImage {
  u32 cr3 = 0, eip = 0, eflags = 0, general[8] = {};
  u16 segment[6] = {}, ldt = 0;
  bool trap = false;
};

template <class Core>
TaskImage read_task(Core& core, const TssLayout& layout, u32 base) {
  TaskImage image;
  image.eip = read_field(core, layout, base + layout.eip);
  image.eflags = read_field(core, layout, base + layout.eflags);
  for (unsigned i = 0; i < 8; ++i) {
    image.general[i] = read_field(core, layout, base + layout.registers + i * layout.step);
    if (!layout.wide) image.general[i] |= 0xFFFF0000u;  // parts set the upper halves
  }
  for (unsigned i = 0; i < layout.segment_count; ++i)
    image.segment[i] = core.template read_system<u16>(base + layout.segments + i * layout.step,
                                                      MicroEvent::TssRead);
  image.ldt = core.template read_system<u16>(base + layout.ldt, MicroEvent::TssRead);
  if (layout.wide) {
    image.cr3 = core.template read_system<u32>(base + 0x1C, MicroEvent::TssRead);
    image.trap = (core.template read_system<u16>(base + 0x64, MicroEvent::TssRead) & 1) != 0;
  }
  return image;
}

template <class Core>
void save_task(Core& core, const TssLayout& layout, u32 base, u32 eip, u32 eflags) {
  State& s = core.s;
  write_field(core, layout, base + layout.eip, eip);
  write_field(core, layout, base + layout.eflags, eflags);
  for (unsigned i = 0; i < 8; ++i)
    write_field(core, layout, base + layout.registers + i * layout.step, s.general[i]);
  for (unsigned i = 0; i < layout.segment_count; ++i)
    core.template write_system<u16>(base + layout.segments + i * layout.step, s.segment[i].selector,
                                    MicroEvent::TssWrite);
}

}  // namespace detail

/// A task gate names a TSS in the GDT. [386 §7.4]
template <Timing t, class O>
void Core<t, O>::task_through_gate(const Descriptor& gate, TaskSwitch how, u32 return_eip, u32 ext,
                                   std::optional<u32> error_code) {
  const Selector selector = gate.gate_selector();
  if (selector.null() || selector.local()) raise(Vector::GP, (selector.value & ~3u) | ext);
  spend(task_gate_clocks(context.column));
  switch_task(selector, how, return_eip, ext, error_code);
}

template <Timing t, class O>
void Core<t, O>::switch_task(Selector selector, TaskSwitch how, u32 return_eip, u32 ext,
                             std::optional<u32> error_code) {
  const bool returning = how == TaskSwitch::Return;
  const u32 error = (selector.value & ~3u) | ext;
  Descriptor d = fetch_descriptor(selector, returning ? Vector::TS : Vector::GP, error);
  const SystemType type = d.system_type();
  const bool available =
      !d.is_segment() && (type == SystemType::TSS16 || type == SystemType::TSS32);
  if (!returning && (!available || selector.local())) raise(Vector::GP, error);
  if (!d.present()) raise(Vector::NP, error);
  const detail::TssLayout& in = detail::layout_of(type);
  const detail::TssLayout& out = detail::layout_of(static_cast<SystemType>(s.tr.access & 15));
  if (d.limit() < in.minimum_limit) raise(Vector::TS, error);
  const u32 descriptor_at = *descriptor_address(selector);
  const u32 base = d.base();

  // Everything that will be written is touched first. [386 §9.8.14.1]
  mmu.probe_write({s.tr.base}, out.minimum_limit + 1, Privilege::Supervisor);
  mmu.probe_write({base}, in.minimum_limit + 1, Privilege::Supervisor);
  const std::optional<u32> old_descriptor = descriptor_address({s.tr.selector});
  if (old_descriptor) mmu.probe_write({*old_descriptor + 5}, 1, Privilege::Supervisor);
  mmu.probe_write({descriptor_at + 5}, 1, Privilege::Supervisor);
  const detail::TaskImage image = detail::read_task(*this, in, base);

  u32 old_flags = s.flags.value();
  if (returning) old_flags &= ~eflags::NT;
  detail::save_task(*this, out, s.tr.base, return_eip, old_flags);
  if (how == TaskSwitch::Call) write_system<u16>(base, s.tr.selector, MicroEvent::TssWrite);
  if (how != TaskSwitch::Call && old_descriptor)
    write_system<u8>(*old_descriptor + 5, static_cast<u8>(s.tr.access & ~2u),
                     MicroEvent::DescriptorWrite);
  if (!returning) {
    d.high |= 0x200;  // busy
    write_system<u8>(descriptor_at + 5, d.access(), MicroEvent::DescriptorWrite);
  }

  // Commit. From here on faults are the new task's. [386 §7.5]
  spend_task_switch(task_switch_clocks(context.column), (image.eflags & eflags::VM) != 0, in.wide);
  [[maybe_unused]] const u16 old_task = s.tr.selector;
  load_cache(s.tr, selector, d);
  if constexpr (O::watching)
    tell({.what = MicroEvent::TaskSwitch,
          .number = selector.value,
          .linear = {base},
          .before = old_task});
  u32& r0 = context.mmu.registers.cr0;
  r0 |= cr0::TS;
  if (in.wide && (r0 & cr0::PG) != 0 && image.cr3 != context.mmu.registers.cr3)
    write_cr3(image.cr3);  // the TLB is flushed only when CR3 changes
  s.flags.set(image.eflags &
              (eflags::arithmetic | eflags::TF | eflags::IF | eflags::DF | eflags::IOPL |
               eflags::NT | (in.wide ? eflags::VM : 0) | (is486() && in.wide ? eflags::AC : 0) |
               (context.model.has(Identification) && in.wide ? eflags::ID : 0)));
  if (how == TaskSwitch::Call) s.flags.set_bits(eflags::NT);
  for (unsigned i = 0; i < 8; ++i) s.general[i] = image.general[i];
  s.eip = target = image.eip;
  switched_ = true;
  s.debug[7] &= ~0x155u;  // local breakpoints end with their task [386 §12.2.2]
  arm_breakpoints();
  for (unsigned i = 0; i < 6; ++i) {
    s.segment[i].selector = image.segment[i];
    s.segment[i].access = 0;
    s.segment[i].derive();
  }
  s.segment[SS].dpl = virtual8086() ? 3 : static_cast<u8>(image.segment[CS] & 3);
  privilege_changed();
  s.ldtr.access = 0;
  s.ldtr.selector = image.ldt;
  load_ldt({image.ldt}, Vector::TS, (image.ldt & ~3u) | ext);
  if (virtual8086()) {
    for (unsigned i = 0; i < 6; ++i) load_real_segment(i, image.segment[i]);
  } else {
    for (unsigned i : {SS, CS, ES, DS, FS, GS}) load_task_segment(i, image.segment[i], ext);
  }
  if (error_code) {  // onto the new task's stack, at the width of its TSS [386 §9.7]
    if (in.wide)
      push<u32>(*error_code, MicroEvent::Push);
    else
      push<u16>(static_cast<u16>(*error_code), MicroEvent::Push);
  }
  if (s.eip > s.segment[CS].limit) raise(Vector::GP, 0);
  if (image.trap) {
    s.debug_trap |= dr6::BT;  // [386 §12.3.1.5]
  }
  look_around();
}

/// A segment register of the incoming task: errors are #TS but for a segment not present.
/// [386 §7.5 table 7-1]
template <Timing t, class O>
void Core<t, O>::load_task_segment(unsigned number, u16 raw, u32 ext) {
  const Selector selector{raw};
  const u32 error = (raw & ~3u) | ext;
  const unsigned level = cpl();
  if (selector.null()) {
    if (number == CS || number == SS) raise(Vector::TS, error);
    return;
  }
  Descriptor d = fetch_descriptor(selector, Vector::TS, error);
  bool good;
  if (number == CS)
    good = d.is_code() && (conforming_code(d) ? d.dpl() <= level : d.dpl() == level);
  else if (number == SS)
    good = writable_data(d) && d.dpl() == level && selector.rpl() == level;
  else
    good = readable_segment(d) && data_privilege_allows(d, level, selector.rpl());
  if (!good) raise(Vector::TS, error);
  if (!d.present()) raise(number == SS ? Vector::SS : Vector::NP, error);
  mark_accessed(*descriptor_address(selector), d);
  load_cache(s.segment[number], selector, d);
  if (number == CS) set_cs(s.segment[CS], level);
}

}  // namespace faultline
