// What a watched core tells of the inside of an instruction, beside what the paging unit does.
#pragma once

#include "cpu/interpreter/core.hpp"
#include "mmu/segmentation_unit.hpp"

namespace faultline {

template <Timing t, class O>
void Core<t, O>::tell(MicroStep step) {
  if (!observer.observation->micro_steps) return;
  step.clock = s.clock.now;
  observer.observation->micro(step);
}

/// The check of an access through a segment register, whatever comes of it. [386 §6.3]
template <Timing t, class O>
void Core<t, O>::tell_check(unsigned segment, const DescriptorCache& d, u32 offset, unsigned bytes,
                            AccessKind kind) {
  const bool inside = kind == AccessKind::Execute
                          ? within_limit(d, offset, bytes)
                          : permits(d, offset, bytes, kind == AccessKind::Write);
  tell({.what = MicroEvent::SegmentCheck,
        .kind = kind,
        .user = privilege_ == Privilege::User,
        .allowed = inside,
        .bytes = static_cast<u8>(bytes),
        .number = static_cast<u16>(segment),
        .linear = {d.base + offset},
        .value = offset});
}

template <Timing t, class O>
void Core<t, O>::tell_register(MicroEvent what, unsigned number, u32 before, u32 value) {
  tell({.what = what, .number = static_cast<u16>(number), .value = value, .before = before});
}

template <Timing t, class O>
void Core<t, O>::tell_stack_switch(u16 ss, u32 esp) {
  tell({.what = MicroEvent::StackSwitch, .number = ss, .value = esp, .before = s.general[ESP]});
}

template <Timing t, class O>
void Core<t, O>::tell_delivered(u8 vector, u32 eip) {
  tell({.what = MicroEvent::Delivered, .number = vector, .linear = {s.segment[CS].base + eip}});
}

}  // namespace faultline
