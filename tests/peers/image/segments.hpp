// GDT, LDT, IDT and TSS, and the descriptors under test in them.
#pragma once

#include "arch/descriptor.hpp"
#include "tests/peers/image/case.hpp"

namespace peers {

/// A TSS with an I/O bitmap of 32 ports and its byte of ones. [386 §8.3.2]
struct TaskState : TaskStateSegment {
  u8 io_map[17 + 1];
};

inline constexpr u32 task_state_offset = 0x800;  // behind the other tables
inline TaskState& task_state() {
  return *reinterpret_cast<TaskState*>(physical::tables + task_state_offset);
}

/// Tables as they are between cases; LDTR and TR loaded.
void reset_segments();

/// The descriptor under test `slot`, wherever its table lies.
void set_slot(u32 slot, Descriptor descriptor);
u16 slot_selector(u32 slot, u32 rpl);
/// Puts the LDT into the arena; to be called before its slots are set.
void move_ldt_to_arena(Case& c);

/// A data or code segment for an operand of `size` bytes at `linear`: mostly usable in the case's
/// ring, often just too short. Gives the offset of the operand.
struct Shaped {
  Descriptor descriptor;
  u32 offset;
};
Shaped shape_segment(Case& c, u32 linear, u32 size, bool stack);

/// Any descriptor: code, data, gate or system; what can be jumped to lands in the landing code.
Descriptor random_descriptor(Random& random);

Descriptor random_interrupt_gate(Random& random);
/// The gate of test_vector.
void set_test_gate(Descriptor gate);
Descriptor test_gate();

/// The descriptor as set_slot left it.
Descriptor wanted_slot(u32 slot);
/// Where LDTR points, if not to the LDT in low memory.
u32 moved_ldt();

/// Type bits 0 (accessed) of the slots, and everything else in them.
u32 accessed_slots();
u32 digest_slots(u32 sum);

}  // namespace peers
